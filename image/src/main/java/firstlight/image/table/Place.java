package firstlight.image.table;

/**
 * Where a partition is to be.
 *
 * @param start octets from the start of the disk
 * @param length in octets
 */
public record Place(long start, long length) {
    public long end() {
        return start + length;
    }
}
