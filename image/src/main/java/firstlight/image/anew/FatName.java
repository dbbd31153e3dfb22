package firstlight.image.anew;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The name of a file of FAT: the long one, which lies in entries before the file's own (Microsoft's FAT specification 1.03, 2000),
 * else that of 8 and 3 characters. A long name that some old system left behind tells of another file: its sum is wrong then.
 */
final class FatName {
    private static final int ENTRY = FatLayout.ENTRY;
    private static final int LONG_NAME = 0x0F;
    /** Of an entry's number: it is the name's last piece, which lies first. */
    private static final int LAST = 0x40;
    /** Where an entry has its 13 characters of UTF-16; behind a zero there are none. */
    private static final int[] CHARACTERS = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};

    private FatName() {}

    /** Of the file whose own entry is at {@code at}. */
    static String of(byte[] directory, int at) {
        ByteBuffer in = ByteBuffer.wrap(directory).order(ByteOrder.LITTLE_ENDIAN);
        StringBuilder name = new StringBuilder();
        for (int number = 1; at - number * ENTRY >= 0; number++) {
            int entry = at - number * ENTRY;
            boolean ours = (directory[entry + 11] & 0x3F) == LONG_NAME
                    && (directory[entry] & ~LAST) == number
                    && directory[entry + 13] == sum(directory, at);
            if (!ours) {
                break;
            }
            for (int character : CHARACTERS) {
                name.append(in.getChar(entry + character));
            }
            if ((directory[entry] & LAST) != 0) {
                int end = name.indexOf("\0");
                return end < 0 ? name.toString() : name.substring(0, end);
            }
        }
        return shortName(directory, at);
    }

    private static String shortName(byte[] directory, int at) {
        String stem = new String(directory, at, 8, StandardCharsets.ISO_8859_1).stripTrailing();
        String extension = new String(directory, at + 8, 3, StandardCharsets.ISO_8859_1).stripTrailing();
        int lower = directory[at + 12]; // since Windows NT, of names that are all small
        String shown = (lower & 0x08) != 0 ? stem.toLowerCase(Locale.ROOT) : stem;
        String shownExtension = (lower & 0x10) != 0 ? extension.toLowerCase(Locale.ROOT) : extension;
        return extension.isEmpty() ? shown : shown + "." + shownExtension;
    }

    /** Of the 11 characters of the short name: each piece of its long name has it at 13. */
    private static byte sum(byte[] directory, int at) {
        int sum = 0;
        for (int i = 0; i < 11; i++) {
            sum = ((sum & 1) << 7 | sum >> 1) + (directory[at + i] & 0xFF) & 0xFF;
        }
        return (byte) sum;
    }
}
