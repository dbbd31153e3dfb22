package firstlight.image.store;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What was read last of the few packs that are being read. */
final class ReadAhead {
    private static final int PACKS = 16;

    private final Map<String, Window> windows = new LinkedHashMap<>(PACKS, 0.75f, true);

    /**
     * Octets of a pack.
     *
     * @param next where a reader that goes on would read next; -1 when nobody has read yet
     */
    @SuppressWarnings("ArrayRecordComponent") // never changed, never compared
    record Window(long start, byte[] octets, long next) {
        Optional<byte[]> slice(long offset, int length) {
            return offset >= start && offset + length <= end()
                    ? Optional.of(Arrays.copyOfRange(octets, (int) (offset - start), (int) (offset - start) + length))
                    : Optional.empty();
        }

        long end() {
            return start + octets.length;
        }
    }

    synchronized Optional<Window> of(String pack) {
        return Optional.ofNullable(windows.get(pack));
    }

    synchronized void put(String pack, Window window) {
        windows.put(pack, window);
        if (windows.size() > PACKS) {
            windows.remove(windows.keySet().iterator().next());
        }
    }

    synchronized void forget(String pack) {
        windows.remove(pack);
    }
}
