package firstlight.image.extents;

import java.util.List;

/**
 * Reads what {@code partclone.FS -D} writes, a map in ddrescue's form:
 *
 * <pre>
 * # comments
 * 0x00000000     ?                        current position and status: of no use to us
 * 0x00000000 0x00010000 +                 position, size, + in use, ? free
 * </pre>
 */
final class DomainMap {
    private DomainMap() {}

    static UsedMap parse(List<String> lines) {
        Extents.Builder used = new Extents.Builder();
        long end = 0;
        for (String line : lines) {
            String[] fields = line.isBlank() || line.startsWith("#")
                    ? new String[0]
                    : line.strip().split("\\s+", -1);
            if (fields.length < 3 || !(fields[2].equals("+") || fields[2].equals("?"))) {
                continue; // comments and the line of the current position
            }
            long start = Long.decode(fields[0]);
            long length = Long.decode(fields[1]);
            if (start != end || length < 0) {
                throw new IllegalArgumentException("the map has a hole at " + end + ": " + line);
            }
            end = Math.addExact(start, length);
            if (fields[2].equals("+")) {
                used.add(start, end);
            }
        }
        if (end == 0) {
            throw new IllegalArgumentException("the map is empty");
        }
        return new UsedMap(used.build(), end);
    }
}
