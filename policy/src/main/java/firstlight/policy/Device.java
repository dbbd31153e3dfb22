package firstlight.policy;

import firstlight.model.Facts;
import firstlight.policy.level.Group;
import firstlight.policy.level.PolicyValues;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A PC that the server knows. Changes by these methods only; the repository keeps what they return.
 *
 * @param name unique, and the restored system's computer name
 * @param group its group, or {@link Group#NONE}
 * @param values what is set at the device itself
 * @param facts everything that was ever learned of it
 * @param marks what a person said is this device's as well, whatever its facts say now
 * @param note what a person wrote of it, or what it said when it registered itself
 * @param lastSeen {@link #NEVER} until it boots
 */
public record Device(
        long id,
        String name,
        Registration registration,
        long group,
        PolicyValues values,
        Facts facts,
        Set<IdentityKey> marks,
        Optional<LastImage> lastImage,
        String note,
        Instant lastSeen) {
    /** When a device was seen that a person entered and that has not booted yet. */
    public static final Instant NEVER = Instant.EPOCH;

    /** RFC 1123 host label; Windows refuses names of digits alone. */
    private static final Pattern NAME = Pattern.compile("(?![0-9]+$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

    public Device {
        marks = Set.copyOf(marks);
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "'" + name + "' is no computer name: use up to 63 letters, digits and hyphens, not digits alone");
        }
    }

    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** One of which nothing is known but its facts. */
    public static Device fresh(long id, String name, Registration registration, Facts facts, Instant seen) {
        return new Device(
                id, name, registration, Group.NONE, PolicyValues.NONE, facts, Set.of(), Optional.empty(), "", seen);
    }

    /** Why none of its work is begun, whatever it is given; empty when it is at its next network boot. */
    public Optional<String> waits() {
        if (registration == Registration.PENDING) {
            return Optional.of("it waits for approval: firstlight device approve " + name);
        }
        return WorkCheck.runsEnvironment(facts)
                ? Optional.empty()
                : Optional.of("the imaging environment is for x86-64, and its processor is another");
    }

    /** When it booted last, or showed itself otherwise; empty until then. */
    public Optional<Instant> seen() {
        return lastSeen.equals(NEVER) ? Optional.empty() : Optional.of(lastSeen);
    }

    public Device withId(long value) {
        return new Device(value, name, registration, group, values, facts, marks, lastImage, note, lastSeen);
    }

    public Device withName(String value) {
        return new Device(id, value, registration, group, values, facts, marks, lastImage, note, lastSeen);
    }

    public Device withRegistration(Registration value) {
        return new Device(id, name, value, group, values, facts, marks, lastImage, note, lastSeen);
    }

    public Device withGroup(long value) {
        return new Device(id, name, registration, value, values, facts, marks, lastImage, note, lastSeen);
    }

    public Device withValues(PolicyValues value) {
        return new Device(id, name, registration, group, value, facts, marks, lastImage, note, lastSeen);
    }

    public Device withFacts(Facts newer, Instant seen) {
        return new Device(id, name, registration, group, values, newer, marks, lastImage, note, seen);
    }

    public Device withMarks(Set<IdentityKey> more) {
        Set<IdentityKey> all = new LinkedHashSet<>(marks);
        all.addAll(more);
        return new Device(id, name, registration, group, values, facts, all, lastImage, note, lastSeen);
    }

    /** What its disk's image-safe data call it; empty when none were ever written. */
    public Optional<String> imageSafe() {
        return marks.stream()
                .filter(mark -> mark.kind() == IdentityKey.Kind.IMAGE_SAFE)
                .map(IdentityKey::value)
                .findFirst();
    }

    public Device withLastImage(Optional<LastImage> value) {
        return new Device(id, name, registration, group, values, facts, marks, value, note, lastSeen);
    }

    public Device withNote(String value) {
        return new Device(id, name, registration, group, values, facts, marks, lastImage, value, lastSeen);
    }
}
