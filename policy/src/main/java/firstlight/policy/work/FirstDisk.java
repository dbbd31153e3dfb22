package firstlight.policy.work;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.HeldDisk;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Which disk is meant by work that names none, when it is begun. */
public final class FirstDisk {
    private static final int SERIAL = 2;
    /** Of work that is held to a disk; a note has what stands behind it. */
    private static final String WORD = "first=";

    private FirstDisk() {}

    /**
     * The PC's first disk; but when the one that was first is gone, and its place is taken by one that stood behind it, the one that
     * is gone: a second disk with somebody's data is no replacement of a system disk that failed. A disk that was never seen is one.
     *
     * @param held the one that the work was begun on, if it was
     * @param before what was known of the PC
     * @param now what its engine sees
     * @return empty when there is no disk, or none that can be told from others
     */
    public static Optional<HeldDisk> of(Optional<HeldDisk> held, Facts before, Facts now) {
        List<String> were = serials(before);
        List<String> are = serials(now);
        Optional<HeldDisk> meant = held.or(() -> noted(before))
                .or(() -> were.stream()
                        .limit(1)
                        .filter(serial -> !serial.isEmpty())
                        .map(serial -> new HeldDisk(serial, Collections.frequency(were, serial)))
                        .findFirst());
        String first = are.isEmpty() ? "" : are.getFirst();
        boolean stays = held.isPresent() && are.contains(held.get().serial());
        boolean movedUp = !first.isEmpty()
                && were.contains(first)
                && meant.filter(disk -> !are.contains(disk.serial())).isPresent();
        if (stays || movedUp) {
            return stays ? held : meant;
        }
        // Of several with one number the first may have gone, and the next moved up: the engine must find as many.
        int count = Math.max(Collections.frequency(were, first), Collections.frequency(are, first));
        return first.isEmpty() ? Optional.empty() : Optional.of(new HeldDisk(first, count));
    }

    /**
     * What an engine sees, with a note of the first disk that it misses, if it does: the next work must not take the disk that moved up. An
     * engine that sees no disk at all, or none that can be told from others, has seen no replacement.
     */
    public static Facts noted(Facts before, Facts now) {
        List<String> are = serials(now);
        return of(Optional.empty(), before, now)
                .or(() -> noted(before))
                .filter(disk -> !are.contains(disk.serial()))
                .map(disk ->
                        now.with(FactName.MISSED_DISK, disk.disks().getFirst().substring(WORD.length())))
                .orElse(now);
    }

    /** {@code facts} without that note, where work that was {@code held} to the disk is given again: somebody looked. */
    public static Facts released(Facts facts, Optional<HeldDisk> held) {
        boolean isMissed = noted(facts)
                .filter(missed -> held.filter(disk -> disk.serial().equals(missed.serial()))
                        .isPresent())
                .isPresent();
        return isMissed ? facts.without(Set.of(FactName.MISSED_DISK)) : facts;
    }

    private static Optional<HeldDisk> noted(Facts before) {
        return before.first(FactName.MISSED_DISK).flatMap(note -> HeldDisk.in(List.of(WORD + note)));
    }

    /** In the order of the PC; empty texts for disks that tell none. Internal ones only, which are those whose health is told, where any is. */
    private static List<String> serials(Facts facts) {
        Set<String> internal = facts.all(FactName.DISK_HEALTH).stream()
                .map(health -> health.split(" ", 2)[0])
                .collect(Collectors.toSet());
        return facts.all(FactName.DISK).stream()
                .map(disk -> disk.split(" ", -1))
                .filter(parts -> internal.isEmpty() || internal.contains(parts[0]))
                .map(parts -> parts.length > SERIAL && !parts[SERIAL].equals("-") ? parts[SERIAL] : "")
                .toList();
    }
}
