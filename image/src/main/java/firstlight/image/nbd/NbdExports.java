package firstlight.image.nbd;

import firstlight.image.Disk;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a server has to offer.
 *
 * @param byName in the order in which they are listed; the one that a client gets who names none is the first
 */
public record NbdExports(Map<String, Export> byName) {
    /** @param readOnly writing is refused before the disk hears of it */
    public record Export(Disk disk, boolean readOnly) {}

    public NbdExports {
        if (byName.isEmpty()) {
            throw new IllegalArgumentException("nothing to export");
        }
        byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /** One disk, under no name. */
    public static NbdExports of(Disk disk, boolean readOnly) {
        return new NbdExports(Map.of("", new Export(disk, readOnly)));
    }

    Optional<Export> find(String name) {
        return name.isEmpty() ? byName.values().stream().findFirst() : Optional.ofNullable(byName.get(name));
    }
}
