package firstlight.image.manifest;

import firstlight.image.extents.FileSystem;

/**
 * A stretch of a disk with one kind of content: a partition, the space between partitions, or a disk without a table.
 *
 * @param partition the partition's number; 0 for what is not in a partition
 * @param start octets from the start of the disk
 * @param length in octets
 * @param fileSystem what was found in it: {@code ext4}, {@code ntfs}, {@code swap}...; {@code ""} when not known; the word of
 *     a later version is kept as it is
 */
public record Region(int partition, long start, long length, String fileSystem, Content content) {
    public Region {
        if (partition < 0 || start < 0 || length <= 0) {
            throw new IllegalArgumentException("partition " + partition + " at " + start + ", length " + length);
        }
        if (content instanceof Content.Blocks blocks) {
            if (blocks.used().end() > length) {
                throw new IllegalArgumentException("used blocks end behind their region: " + blocks.used());
            }
            long cells = blocks.used().manyCells(blocks.chunkSize());
            if (cells != blocks.chunks().size()) {
                throw new IllegalArgumentException(
                        cells + " cells but " + blocks.chunks().size() + " chunks");
            }
        }
    }

    /** Decodes {@link #fileSystem}, for whoever acts on it. */
    public FileSystem kind() {
        return FileSystem.of(fileSystem);
    }

    public long usedBytes() {
        return switch (content) {
            case Content.Blocks blocks -> blocks.used().octets();
            case Content.Swap _ -> 0;
        };
    }

    /** For messages. */
    public String name() {
        String where = partition > 0
                ? "partition " + partition
                : start == 0 ? "the whole disk" : "the space at offset " + start; // where there is a table, it is at 0
        return fileSystem.isEmpty() ? where : where + " (" + fileSystem + ")";
    }
}
