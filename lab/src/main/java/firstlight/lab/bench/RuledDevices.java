package firstlight.lab.bench;

import firstlight.database.Database;
import firstlight.database.Kept;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.policy.NewDevice;
import firstlight.policy.Registration;
import firstlight.policy.level.Group;
import firstlight.policy.level.Level;
import firstlight.policy.level.NamingPattern;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.rule.InvalidCondition;
import firstlight.policy.rule.Repeat;
import firstlight.policy.rule.Rule;
import firstlight.policy.work.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A large site: the devices of {@link KnownDevices} with all their facts, in ten schools of nine rooms each, and 200 rules. Of
 * these 102 are looked at for each device (its room's, its school's, the server's), and the last matches one device of ten: the
 * others are the worst case, for which all are false.
 */
final class RuledDevices {
    private static final int SCHOOLS = 10;
    private static final int ROOMS = 90;
    /** With a rule for each of the 100 groups they are the 200. */
    private static final int SERVER_RULES = 100;

    private RuledDevices() {}

    static void fill(Database database, Instant now) {
        List<Long> rooms = new ArrayList<>();
        List<Long> schools = new ArrayList<>();
        for (int i = 0; i < SCHOOLS; i++) {
            schools.add(group(database, "School " + i, Group.NONE));
        }
        for (int i = 0; i < ROOMS; i++) {
            rooms.add(group(database, "Room " + i, schools.get(i % SCHOOLS)));
        }
        int number = 0;
        for (long group : schools) {
            rule(database, new Level.OfGroup(group), condition(number++));
        }
        for (long group : rooms) {
            rule(database, new Level.OfGroup(group), condition(number++));
        }
        for (int i = 1; i < SERVER_RULES; i++) {
            rule(database, Level.SERVER, condition(number++));
        }
        rule(database, Level.SERVER, "serial ends with \"7\" and firmware = uefi");
        for (int i = 0; i < KnownDevices.COUNT; i++) {
            database.devices()
                    .register(
                            new NewDevice(
                                    facts(i),
                                    Registration.REGISTERED,
                                    rooms.get(i % ROOMS),
                                    Optional.empty(),
                                    NamingPattern.USUAL,
                                    ""),
                            now);
        }
    }

    private static long group(Database database, String name, long parent) {
        return done(database.policy().addGroup(new Group(0, name, parent, PolicyValues.NONE)))
                .id();
    }

    private static void rule(Database database, Level level, String when) {
        try {
            Rule rule = Rule.of(0, level, 0, "for " + when.length(), true, when, new Task.Inventory(), Repeat.ONCE, "");
            done(database.policy().addRule(rule));
        } catch (InvalidCondition e) {
            throw new IllegalStateException(when, e);
        }
    }

    private static <T> T done(Kept<T> kept) {
        if (kept instanceof Kept.Done<T>(T value)) {
            return value;
        }
        throw new IllegalStateException(kept.toString());
    }

    /** Four kinds that persons write, none of them true here. */
    private static String condition(int number) {
        return switch (number % 4) {
            case 0 ->
                "model contains \"Model " + number % 40 + "\" and memory >= 512 GiB and not (subnet in 10.1.0.0/16)";
            case 1 -> "manufacturer = \"Maker " + number % 5 + "\" and serial starts with \"ZZ" + number + "\"";
            case 2 -> "disk.size > 4 TB or (cpu-cores >= 64 and gpu contains \"RTX " + number + "\")";
            default ->
                "model matches \"OptiPlex 7[0-9]{3}\" and firmware = uefi or serial in (\"A" + number + "\", \"B2\")";
        };
    }

    /** All that an imaging environment told of device {@code i}. */
    static Facts facts(int i) {
        return preboot(i)
                .with(FactName.MEMORY_MIB, String.valueOf(8192 << i % 3))
                .with(FactName.CPU_MODEL, "Processor " + i % 12)
                .with(FactName.CPU_CORES, String.valueOf(4 << i % 2))
                .with(FactName.DISK, "sda 256060514304 DISK" + i + " Solid State Disk")
                .with(FactName.GPU, "Graphics " + i % 7);
    }

    /** What its preboot client tells. */
    static Facts preboot(int i) {
        return discover(i)
                .with(FactName.SERIAL, serial(i))
                .with(FactName.BOARD_SERIAL, "BOARD" + i)
                .with(FactName.MANUFACTURER, "Maker " + i % 5)
                .with(FactName.MODEL, "Model " + i % 40)
                .with(FactName.NIC_PCI_ID, "8086:15bc");
    }

    /** What its DISCOVER tells. */
    static Facts discover(int i) {
        return Facts.NONE
                .with(FactName.MAC, KnownDevices.mac(i))
                .with(FactName.UUID, uuid(i).toString())
                .with(FactName.FIRMWARE, "uefi")
                .with(FactName.SUBNET, "10.77.1.0/24");
    }

    static String serial(int i) {
        return "SN" + i;
    }

    static UUID uuid(int i) {
        return new UUID(0x4f34_e6b0_c1d2_4000L + i, 0x8000_0000_0000_0001L + i * 7919L);
    }

    /** The question of device {@code i} as iPXE asks it. */
    static String question(int i) {
        return "/preboot?mac=" + KnownDevices.mac(i) + "&uuid=" + uuid(i) + "&serial=" + serial(i) + "&board=BOARD" + i
                + "&manufacturer=Maker%20" + i % 5 + "&product=Model%20" + i % 40
                + "&asset=&buildarch=x86_64&platform=efi&pci=01:80:86:15:bc";
    }
}
