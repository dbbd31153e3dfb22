package firstlight.lab.storm;

import firstlight.database.Database;
import firstlight.database.Storage;
import firstlight.model.FactName;
import firstlight.policy.Device;
import firstlight.policy.NewDevice;
import firstlight.policy.Registration;
import firstlight.policy.level.Level;
import firstlight.policy.rule.InvalidCondition;
import firstlight.policy.rule.Repeat;
import firstlight.policy.rule.Rule;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A boot storm: PCs of which every second is registered and has its work assigned; the others are new, and a rule gives them
 * theirs. Looks into the shared database at the end. Says {@link #HALF} on standard output when half of the PCs are done; the
 * last line is the verdict, as is the exit status.
 */
public final class StormPcs {
    /** Now a server may be killed. */
    public static final String HALF = "half of the PCs are done";

    private static final int SWITCHED_ON_WITHIN_MILLIS = 8_000;

    private StormPcs() {}

    /** @param arguments the database's URL, its user, the file of the password, how many PCs */
    public static void main(String[] arguments) throws IOException, InterruptedException, InvalidCondition {
        Storage storage = new Storage.PostgreSql(
                arguments[0],
                arguments[1],
                Files.readString(Path.of(arguments[2])).strip());
        int count = Integer.parseInt(arguments[3]);
        List<String> wrong = new ArrayList<>();
        try (Database database = Database.open(storage, Instant.now());
                Card card = new Card()) {
            Servers servers = new Servers();
            List<StormPc> pcs = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                pcs.add(new StormPc(new StormPc.Hardware(i, i % 2 == 0), card, servers));
            }
            assign(database, pcs);
            long start = System.nanoTime();
            storm(pcs);
            System.out.printf(
                    Locale.ROOT,
                    "%d PCs in %.1f s: %d boots, %d DISCOVERs repeated, %d PCs booted more than once%n",
                    count,
                    (System.nanoTime() - start) / 1e9,
                    pcs.stream().mapToInt(StormPc::boots).sum(),
                    pcs.stream().mapToInt(StormPc::repeats).sum(),
                    pcs.stream().filter(pc -> pc.boots() > 1).count());
            pcs.stream().filter(pc -> !pc.isDone()).map(StormPc::words).forEach(wrong::add);
            check(database, pcs, wrong);
        }
        wrong.stream().limit(10).forEach(System.out::println);
        System.out.println(
                wrong.isEmpty()
                        ? "all " + count + " PCs were answered, are registered once, and have their work done once"
                        : wrong.size() + " things are wrong");
        System.exit(wrong.isEmpty() ? 0 : 1);
    }

    /** To PCs of an even number their work, and a rule for the others: before the storm, so that no server has anything in its memory. */
    private static void assign(Database database, List<StormPc> pcs) throws InvalidCondition {
        Instant now = Instant.now();
        for (StormPc pc : pcs) {
            if (pc.hardware().known()) {
                Device device = database.devices()
                        .register(NewDevice.of(pc.hardware().preboot(), Registration.REGISTERED), now);
                database.works().create(device.id(), new Task.Inventory(), Terms.by("the storm"), now);
            }
        }
        database.policy()
                .addRule(Rule.of(
                        0,
                        Level.SERVER,
                        0,
                        "newcomers",
                        true,
                        "manufacturer = \"Newcomer\"",
                        new Task.Inventory(),
                        Repeat.ONCE,
                        ""));
    }

    private static void storm(List<StormPc> pcs) throws InterruptedException {
        AtomicInteger done = new AtomicInteger();
        Random dice = new Random(pcs.size());
        List<Thread> all = new ArrayList<>();
        for (StormPc pc : pcs) {
            int wait = dice.nextInt(SWITCHED_ON_WITHIN_MILLIS);
            all.add(Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(wait);
                    pc.run();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                if (done.incrementAndGet() == pcs.size() / 2) {
                    System.out.println(HALF);
                }
            }));
        }
        for (Thread each : all) {
            each.join();
        }
    }

    /** The state must agree with what the PCs saw: what they were told to begin was counted, and nothing that no PC asked for. */
    private static void check(Database database, List<StormPc> pcs, List<String> wrong) {
        List<Device> devices = database.devices().all();
        if (devices.size() != pcs.size()) {
            wrong.add(devices.size() + " devices are registered");
        }
        int attempts = 0;
        for (StormPc pc : pcs) {
            String mac = pc.hardware().mac().toString();
            List<Device> same = devices.stream()
                    .filter(device -> device.facts().all(FactName.MAC).contains(mac))
                    .toList();
            if (same.size() != 1) {
                wrong.add(mac + " is registered " + same.size() + " times");
                continue;
            }
            List<Work> works = database.works().of(same.getFirst().id(), 10);
            if (works.size() != 1 || works.getFirst().state() != WorkState.DONE) {
                wrong.add(mac + " has this work: " + works);
                continue;
            }
            Work work = works.getFirst();
            attempts += work.attempts();
            if (work.attempts() < pc.begun().size() || work.attempts() > pc.boots()) {
                wrong.add(mac + " booted " + pc.boots() + " times and began " + pc.begun() + ", but counted are "
                        + work.attempts());
            }
            if (!pc.begun().contains(work.transaction())) {
                wrong.add(mac + " began " + pc.begun() + ", but " + work.transaction() + " did its work");
            }
        }
        System.out.println(devices.size() + " devices; " + attempts + " attempts for " + pcs.size() + " works");
    }
}
