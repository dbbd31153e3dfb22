package firstlight.server.imaging;

import firstlight.database.Alarm;
import firstlight.database.Database;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.policy.Device;
import java.time.Instant;
import java.util.List;

/** Disks that say of themselves that they are failing: an alarm each, taken back when the PC shows no such disk any more. */
final class FailingDisks {
    /** Alarms that are looked through; PCs have few open at once. */
    private static final int MANY = 1000;

    private static final String SAYS = " says that it is failing";
    private static final String FAILING = " failing";

    private FailingDisks() {}

    /**
     * @param device as it was known before
     * @param facts what its engine gathered just now
     */
    static void look(Device device, Facts facts, Database database, Instant now) {
        List<String> failing = failing(device, facts);
        if (failing.isEmpty() && failing(device, device.facts()).isEmpty()) {
            return; // thousands of PCs in the morning, and none has one
        }
        List<Alarm> open = database.alarms().open(MANY).stream()
                .filter(alarm -> alarm.device() == device.id() && alarm.text().contains(SAYS))
                .toList();
        open.stream()
                .filter(alarm -> failing.stream().noneMatch(text -> isOfOneDisk(text, alarm.text())))
                .forEach(alarm -> database.alarms().dismiss(alarm.id(), "the PC, which has no such disk any more"));
        failing.stream()
                .filter(text -> open.stream().noneMatch(alarm -> isOfOneDisk(text, alarm.text())))
                .forEach(text -> database.alarms().raise(device.id(), text, now));
    }

    /** The alarms' texts, of facts as {@code sda failing: 12 sectors could not be read}. */
    private static List<String> failing(Device device, Facts facts) {
        return facts.all(FactName.DISK_HEALTH).stream()
                .filter(health -> health.matches("\\S+" + FAILING + "(:.*)?"))
                .map(health -> alarm(device, health, facts))
                .toList();
    }

    /** What it counts grows from boot to boot: no new alarm for that. */
    private static boolean isOfOneDisk(String one, String other) {
        return one.substring(0, one.indexOf(SAYS)).equals(other.substring(0, other.indexOf(SAYS)));
    }

    private static String alarm(Device device, String health, Facts facts) {
        String name = health.substring(0, health.indexOf(' '));
        String signs = health.substring(name.length() + FAILING.length()).replaceFirst("^: ", "");
        return "a disk of " + device.name() + ", " + which(name, facts) + "," + SAYS
                + (signs.isEmpty() ? "" : " (" + signs + ")") + "; save what is on it, and replace it";
    }

    /** {@code sda (WDC WD40, serial number WX1)}, of {@code NAME BYTES SERIAL MODEL}. */
    private static String which(String name, Facts facts) {
        return facts.all(FactName.DISK).stream()
                .map(disk -> disk.split(" ", 4))
                .filter(parts -> parts.length > 2 && parts[0].equals(name))
                .map(parts ->
                        name + " (" + (parts.length > 3 ? parts[3] + ", " : "") + "serial number " + parts[2] + ")")
                .findFirst()
                .orElse(name);
    }
}
