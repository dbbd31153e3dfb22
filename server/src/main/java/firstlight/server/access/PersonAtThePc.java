package firstlight.server.access;

import firstlight.database.Boot;
import firstlight.database.Database;
import firstlight.database.Kept;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MenuAccess;
import firstlight.policy.Device;
import firstlight.policy.NewDevice;
import firstlight.policy.Recognition;
import firstlight.policy.Registration;
import firstlight.policy.Settings;
import firstlight.policy.access.AuditEntry;
import firstlight.policy.access.Role;
import firstlight.policy.access.User;
import firstlight.policy.level.Group;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Signs in at a PC's boot menu with the server's users, and registers the PC there. Both are
 * audited. Called by the preboot HTTP door and by {@link firstlight.server.imaging.ManualDesk};
 * what it refuses is in words for a firmware's screen. For several threads: it keeps nothing.
 */
public final class PersonAtThePc implements MenuAccess {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final int NAMED = 10;
    /** An alarm's device where it is of none. */
    private static final long OTHERS = 0;

    private final Access access;
    private final Database database;
    private final Settings settings;
    /** When the alarm of a device was raised last. */
    private final Map<Long, Instant> raised = new HashMap<>();

    public PersonAtThePc(Access access, Database database, Settings settings) {
        this.access = access;
        this.database = database;
        this.settings = settings;
    }

    @Override
    public Admission signIn(long transaction, String user, String password, String entry, String address, Instant now) {
        Optional<Boot> boot = database.journal().boot(transaction);
        Optional<Device> device = boot.flatMap(each -> database.devices().find(each.device()));
        String from = "at the PC "
                + device.map(Device::name).or(() -> boot.map(Boot::mac)).orElse("?");
        try {
            User known = access.verify(user, password, address, now);
            boolean entitled = switch (known.role()) {
                case ADMINISTRATOR -> true;
                case TECHNICIAN -> device.isPresent() && reaches(known, device.get());
                case VIEWER, PEER -> false;
            };
            audit(known.name(), from, entitled ? "menu.sign-in" : "menu.refused", device, entry, now);
            return entitled
                    ? new Admission.Granted(known.role() == Role.ADMINISTRATOR, known.groups(), known.name())
                    : new Admission.Refused(
                            device.isPresent()
                                    ? "this PC is not yours to work on"
                                    : "this PC is not registered, and only an administrator may work on it");
        } catch (AccessFailure failure) {
            String why = failure.getMessage() + (failure.cure().isEmpty() ? "" : "; " + failure.cure());
            String text = "'" + AuditEntry.typed(user) + "' for '" + entry + "': " + why;
            audit("-", from, AuditEntry.FAILED_SIGN_IN, device, text, now);
            // Raised at each further try; the same alarm, while it is open, is counted.
            if (failure.kind() == AccessFailure.Kind.TOO_MANY) {
                alarm(device, now);
            }
            return new Admission.Refused(why);
        }
    }

    /**
     * Anybody can say that he is one PC after the other, and new ones are registered by that: few have an alarm of their own in a day, all
     * others one together, and none of these is raised more often than once a minute.
     */
    private synchronized void alarm(Optional<Device> device, Instant now) {
        raised.values().removeIf(at -> at.isAfter(now) || !now.isBefore(at.plus(DAY)));
        long known = device.map(Device::id).orElse(OTHERS);
        long where = raised.containsKey(known) || raised.size() < NAMED ? known : OTHERS;
        Instant last = raised.get(where);
        if (last != null && now.isBefore(last.plus(MINUTE))) {
            return;
        }
        raised.put(where, now);
        String pc = where == OTHERS
                ? "at many PCs, or at PCs that are not known"
                : device.map(each -> "at the PC " + each.name()).orElse("");
        database.alarms().raise(where, "somebody guesses passwords " + pc + "; firstlight audit tells whose", now);
    }

    private boolean reaches(User user, Device device) {
        return user.role() == Role.TECHNICIAN
                && database.policy().book().groups().upwards(device.group()).stream()
                        .anyMatch(group -> user.groups().contains(group.id()));
    }

    /** Whoever stands there may, where the administrator put an entry for it into the menu; a locked one asks for a sign-in before. */
    @Override
    public Admission register(long transaction, Facts facts, Optional<String> name, Instant now) {
        if (name.isPresent() && !Device.isName(name.get())) {
            return new Admission.Refused("'" + name.get() + "' is no computer name: letters, digits and hyphens");
        }
        return switch (Recognition.of(
                facts, database.devices(), database.policy().book())) {
            case Recognition.Known one -> approved(transaction, one.device(), facts, name, now);
            case Recognition.Unknown _ -> entered(transaction, facts, name, now);
            case Recognition.Nameless _, Recognition.Collision _, Recognition.Doubtful _ ->
                new Admission.Refused("nobody can tell which PC this is; an administrator must look");
        };
    }

    /** A stranger: kept at once, though the settings ignore or hold back new devices. */
    private Admission entered(long transaction, Facts facts, Optional<String> name, Instant now) {
        if (name.isPresent()
                && database.devices().find(name.get()).stream()
                        .anyMatch(each -> each.name().equalsIgnoreCase(name.get()))) {
            return new Admission.Refused("another PC is named '" + name.get() + "'");
        }
        Device made = database.devices()
                .register(
                        NewDevice.in(
                                Group.NONE,
                                facts,
                                Registration.REGISTERED,
                                name,
                                "registered at the PC",
                                database.policy().book(),
                                settings),
                        now);
        return registered(transaction, made, "at the PC " + made.name(), now);
    }

    /** One that waited for approval; a name that it is given now goes before the one by the pattern. */
    private Admission approved(long transaction, Device pending, Facts facts, Optional<String> name, Instant now) {
        if (pending.registration() == Registration.REGISTERED) {
            return new Admission.Refused("this PC is registered already, as '" + pending.name() + "'");
        }
        Kept<Device> kept = database.devices()
                .change(
                        pending.id(),
                        device ->
                                device.withName(name.orElse(device.name())).withRegistration(Registration.REGISTERED));
        return switch (kept) {
            case Kept.Done<Device>(Device done) ->
                registered(
                        transaction,
                        done,
                        "at the PC " + facts.first(FactName.MAC).orElse(""),
                        now);
            case Kept.Refused<Device>(String why) -> new Admission.Refused(why);
            case Kept.Gone<Device> _ -> new Admission.Refused("this PC is not known any more; start it again");
        };
    }

    /** The boot becomes the device's: what it asks next is answered for that. */
    private Admission registered(long transaction, Device device, String from, Instant now) {
        audit("-", from, "device.register", Optional.of(device), device.name(), now);
        database.journal()
                .boot(transaction)
                .ifPresent(boot -> database.journal().change(boot, boot.state(), device.id(), now));
        return new Admission.Granted(false);
    }

    private void audit(String who, String from, String action, Optional<Device> device, String text, Instant now) {
        List<Long> devices = device.map(each -> List.of(each.id())).orElse(List.of());
        database.audit().append(new AuditEntry(0, now, who, from, action, devices, text));
    }
}
