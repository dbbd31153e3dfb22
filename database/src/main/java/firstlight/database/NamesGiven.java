package firstlight.database;

import firstlight.policy.NewDevice;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The names that one transaction gives: the picture shows them only when it has ended. It may be an import of thousands, so it remembers
 * how far it has counted, too. Not for several threads: whoever has it holds {@link DeviceStore}'s lock.
 */
final class NamesGiven {
    private final Set<String> given = new HashSet<>();
    private final Map<String, Integer> counted = new HashMap<>();
    private final Map<String, Integer> others = new HashMap<>();

    boolean isGiven(String name) {
        return given.contains(DevicePicture.key(name));
    }

    void give(String name) {
        given.add(DevicePicture.key(name));
    }

    /** By its pattern. */
    Optional<String> named(NewDevice wanted, Predicate<String> isTaken) {
        return wanted.naming().name(wanted.facts(), isTaken, counted);
    }

    /** {@code base-2}, then {@code base-3}: where a name is taken. */
    String another(String base) {
        return base + "-" + others.merge(DevicePicture.key(base), 2, (number, _) -> number + 1);
    }
}
