package firstlight.database;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.policy.Device;
import firstlight.policy.NewDevice;
import firstlight.policy.Registration;
import firstlight.policy.access.AuditEntry;
import firstlight.policy.level.Group;
import firstlight.policy.level.Level;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.rule.InvalidCondition;
import firstlight.policy.rule.Repeat;
import firstlight.policy.rule.Rule;
import firstlight.policy.work.Beginning;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Writes to a database until it is killed, and says on standard output what it was told is kept: a line each, with a dot at its end. */
final class Scribbler {
    static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    static final int TOGETHER = 3;

    private Scribbler() {}

    /** @param arguments the round's number, then a directory, or a PostgreSQL's URL, user and password */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Storage storage = arguments.length == 2
                ? new Storage.Embedded(Path.of(arguments[1]))
                : new Storage.PostgreSql(arguments[1], arguments[2], arguments[3]);
        Database database = Database.open(storage, NOW);
        for (int i = 0; ; i++) {
            String name = "r" + arguments[0] + "-" + i;
            Facts facts = Facts.NONE.with(FactName.SERIAL, name).with(FactName.MODEL, "Torture " + i);
            Device device = database.devices().register(NewDevice.of(facts, Registration.REGISTERED), NOW);
            database.devices().change(device.id(), each -> each.withName(name));
            out.println("device " + name + " .");
            database.policy().addGroup(new Group(0, name, Group.NONE, PolicyValues.NONE));
            out.println("group " + name + " .");
            database.atomically(() -> {
                for (int number = 0; number < TOGETHER; number++) {
                    database.policy().addRule(rule(name, device, number));
                }
                return true;
            });
            out.println("rules " + name + " .");
            Work work = database.works().create(device.id(), new Task.Inventory(), Terms.by(name), NOW);
            out.println("work " + work.id() + " QUEUED .");
            long transaction = database.journal().open(device.id(), facts, NOW).transaction();
            Beginning begun = database.works().begin(work, transaction, Limits.NONE, NOW);
            out.println("work " + work.id() + " RUNNING .");
            if (begun instanceof Beginning.Begun(Work running)) {
                database.works().keep(running.done("done", NOW));
                out.println("work " + work.id() + " DONE .");
            }
            out.println(
                    "token " + database.journal().open(device.id(), facts, NOW).token() + " .");
            database.audit()
                    .append(new AuditEntry(0, NOW, name, "", "torture", List.of(device.id(), device.id() + 1), ""));
            out.println("audit " + name + " .");
        }
    }

    private static Rule rule(String name, Device device, int number) {
        try {
            return Rule.of(
                    0,
                    new Level.OfDevice(device.id()),
                    0,
                    name + " " + number,
                    true,
                    "model contains \"Torture\"",
                    new Task.Inventory(),
                    Repeat.ONCE,
                    "");
        } catch (InvalidCondition e) {
            throw new IllegalStateException(e);
        }
    }
}
