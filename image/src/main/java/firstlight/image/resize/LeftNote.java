package firstlight.image.resize;

import firstlight.image.table.Place;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where a disk has partitions of which the image has nothing, for as long as it has no table: between the words of a half restored disk's boot
 * record and its disk signature (docs/adr/0022).
 */
public final class LeftNote {
    /** The first octet of it; behind {@value #MOST} of them it ends before the signature. */
    public static final int AT = 355;

    private static final int MAGIC = 0x464C_4C46; // "FLLF"
    private static final int MOST = 4;
    /** An MBR's four. */
    private static final int ENTRIES = 446;
    /** The first instructions of both of {@code UnfinishedNotice}'s records. */
    private static final byte[] BEGINS = {(byte) 0xFA, 0x31, (byte) 0xC0, (byte) 0x8E, (byte) 0xD8};

    /** @param name what {@link #name} makes of its GUID, or of its disk's signature and its number */
    public record Left(int name, Place place) {}

    private LeftNote() {}

    /** By Java's own words: the same in each version. */
    static int name(String partUuid) {
        return partUuid.hashCode();
    }

    /** Into a boot record; for more than {@value #MOST} there is no room. */
    public static void put(List<Left> left, byte[] sector) {
        if (left.isEmpty()) {
            return;
        }
        ByteBuffer note = ByteBuffer.wrap(sector).position(AT).putInt(MAGIC);
        left.stream()
                .limit(MOST)
                .forEach(each -> note.putInt(each.name())
                        .putLong(each.place().start())
                        .putLong(each.place().length()));
    }

    /**
     * What such a record says; nothing, where it is none. The record around it must be there as well: wipefs takes its last two octets alone, and
     * who makes a new table by hand keeps all before that.
     */
    static List<Left> of(byte[] sector) {
        List<Left> left = new ArrayList<>();
        ByteBuffer note = ByteBuffer.wrap(sector);
        if (sector.length < 512
                || (sector[510] & 0xFF) != 0x55
                || (sector[511] & 0xFF) != 0xAA
                || !Arrays.equals(sector, 0, BEGINS.length, BEGINS, 0, BEGINS.length)
                || !Arrays.equals(sector, ENTRIES, 510, new byte[510 - ENTRIES], 0, 510 - ENTRIES)
                || note.position(AT).getInt() != MAGIC) {
            return left;
        }
        for (int i = 0; i < MOST; i++) {
            Left each = new Left(note.getInt(), new Place(note.getLong(), note.getLong()));
            if (each.place().length() > 0) {
                left.add(each);
            }
        }
        return left;
    }
}
