package firstlight.image.table;

/**
 * A partition as both kinds of table know it.
 *
 * @param number as Linux counts: a GPT entry's index + 1, an MBR slot 1 to 4, logical partitions from 5
 * @param start octets from the start of the disk
 * @param length in octets
 * @param type the GPT type GUID, or the MBR type such as {@code 0x83}
 */
public record Partition(int number, long start, long length, String type) {
    public long end() {
        return start + length;
    }
}
