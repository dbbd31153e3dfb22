package firstlight.engine;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What the kernel counts of a disk (Documentation/block/stat.rst): also requests of file system tools, of mounts and of its own
 * cache. Reading them asks nothing of the disk.
 *
 * @param completed reads, writes, discards and flushes that ended
 * @param inFlight what the disk was given and has not answered
 */
record DiskCounters(long completed, long inFlight) {
    /** The ninth field. */
    private static final int IN_FLIGHT = 8;
    /** Reads, writes; discards since Linux 4.18, flushes since 5.5. */
    private static final int[] COMPLETED = {0, 4, 11, 15};

    /** @param name such as {@code sda}; empty where the kernel has no such disk any more, or its words are others */
    static Optional<DiskCounters> of(Path root, String name) {
        return SysFile.text(root.resolve("sys/block").resolve(name).resolve("stat"))
                .flatMap(DiskCounters::parse);
    }

    private static Optional<DiskCounters> parse(String text) {
        String[] fields = text.split("\\s+", -1);
        if (fields.length <= IN_FLIGHT || !text.matches("[\\d\\s]+")) {
            return Optional.empty();
        }
        long completed = 0;
        for (int field : COMPLETED) {
            completed += field < fields.length ? Long.parseUnsignedLong(fields[field]) : 0;
        }
        return Optional.of(new DiskCounters(completed, Long.parseUnsignedLong(fields[IN_FLIGHT])));
    }
}
