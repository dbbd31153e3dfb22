package firstlight.image.windows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Partitions of an MBR disk that lie elsewhere than where a Windows on it knows them. On such a disk it knows a partition by the
 * disk's signature and by its first octet; on a GPT disk by two GUIDs, which a restore keeps.
 *
 * @param signature of the disk, from octet 440 of its first sector
 * @param places where each partition that moved began, and begins now, in octets
 */
public record Moved(int signature, Map<Long, Long> places) {
    private static final Pattern ELEMENT =
            Pattern.compile("(?i)Objects\\\\(\\{[^\\\\]*\\})\\\\Elements\\\\([0-9a-f]{8})");
    /**
     * Of a device in a BCD element: 0 its kind, 8 its length, 0x10 the
     * partition's first octet, 0x24 the kind of table, 0x28 the disk's signature.
     */
    private static final int PARTITION = 6;
    /** Octets of a partition's identifier, with the header that says so. */
    private static final int IDENTIFIER = 0x48;

    private static final int MBR = 1;
    /** Of MountedDevices: signature and first octet. */
    private static final int MOUNTED = 12;

    public Moved {
        places = Map.copyOf(places);
    }

    /**
     * Changes a BCD store or a SYSTEM hive in place, without changing its length.
     *
     * @return what was rewritten, for people; empty when it names none of the partitions that moved
     * @throws Hive.Malformed when the hive cannot be trusted; then nothing was changed
     */
    public List<String> follow(byte[] hive) {
        List<Hive.Value> values = Hive.values(hive);
        ByteBuffer octets = ByteBuffer.wrap(hive).order(ByteOrder.LITTLE_ENDIAN);
        List<String> rewritten = new ArrayList<>();
        for (Hive.Value value : values) {
            var element = ELEMENT.matcher(value.key());
            if (value.name().equals("Element") && element.matches()) {
                if (device(octets, value)) {
                    rewritten.add("BCD " + element.group(1) + " " + element.group(2));
                }
            } else if (value.key().equalsIgnoreCase("MountedDevices")
                    && value.length() == MOUNTED
                    && octets.getInt(value.place()) == signature
                    && move(octets, value.place() + 4)) {
                rewritten.add("MountedDevices " + value.name());
            }
        }
        return rewritten;
    }

    /** A file's or a ramdisk's device names its partition deeper in the element. */
    private boolean device(ByteBuffer octets, Hive.Value value) {
        boolean found = false;
        for (int at = value.place(); at + IDENTIFIER <= value.place() + value.length(); at += 4) {
            boolean ours = octets.getInt(at) == PARTITION
                    && octets.getInt(at + 8) == IDENTIFIER
                    && octets.getInt(at + 0x24) == MBR
                    && octets.getInt(at + 0x28) == signature;
            if (ours && move(octets, at + 0x10)) {
                found = true;
                at += IDENTIFIER - 4;
            }
        }
        return found;
    }

    private boolean move(ByteBuffer octets, int at) {
        Long now = places.get(octets.getLong(at));
        if (now == null) {
            return false;
        }
        octets.putLong(at, now);
        return true;
    }
}
