package firstlight.image.capture;

import firstlight.image.disk.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A record of NTFS's master file table (linux fs/ntfs3/ntfs.h: MFT_REC), little-endian:
 *
 * <pre>
 *  0 'FILE'   4 offset and 6 count of the sectors' checks   20 offset of attributes
 * 22 flags (1 in use)   32 the base record, for one that only adds to another
 * </pre>
 */
final class NtfsRecord {
    private static final int MAGIC = 0x454C4946;
    private static final int STRIDE = 512;
    /** Types of attributes: $FILE_NAME, $DATA, and what ends the list. */
    private static final int NAME = 0x30;

    private static final int DATA = 0x80;
    private static final int END = -1;
    private static final int DOS_NAME = 2;
    /** Of a reference to a record; the upper 16 bits count how often it was used anew. */
    private static final long NUMBER = (1L << 48) - 1;

    private final ByteBuffer in;

    private NtfsRecord(ByteBuffer in) {
        this.in = in;
    }

    /** @param logical octets from the start of the attribute's content */
    record Run(long logical, long start, long length) {
        boolean isIn(List<long[]> ranges) {
            return ranges.stream().anyMatch(range -> range[0] < start + length && range[1] > start);
        }
    }

    /** @param parent the number of the folder's record */
    record Name(String text, long parent) {}

    static ByteBuffer octets(Source source, long offset, int length) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(length);
        source.read(offset, octets);
        return octets.flip().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Takes the checks out of the octets. Empty when it is not in use, was torn or cannot be read. */
    static Optional<NtfsRecord> decode(ByteBuffer in) {
        int checks = Short.toUnsignedInt(in.getShort(4));
        int count = Short.toUnsignedInt(in.getShort(6));
        boolean used = in.getInt(0) == MAGIC && (in.getShort(22) & 1) != 0;
        if (!used || count == 0 || checks + 2 * count > in.limit() || (count - 1) * STRIDE > in.limit()) {
            return Optional.empty();
        }
        for (int i = 1; i < count; i++) {
            int at = i * STRIDE - 2;
            if (in.getShort(at) != in.getShort(checks)) {
                return Optional.empty();
            }
            in.putShort(at, in.getShort(checks + 2 * i));
        }
        return Optional.of(new NtfsRecord(in));
    }

    /** Whether it only adds to another one, whose number is {@link #base}. */
    boolean isExtension() {
        return in.getLong(32) != 0;
    }

    /** Of one that {@link #isExtension}: the number of the record that it adds to, 0 for the master file table's own. */
    long base() {
        return in.getLong(32) & NUMBER;
    }

    @FunctionalInterface
    private interface OnAttribute {
        void at(int start, int type, int length);
    }

    /**
     * An attribute: 0 type, 4 length, 8 whether its content is elsewhere, 9 length of its name; 16 and 32 first cluster and runs,
     * or 20 where the content is.
     */
    private void attributes(OnAttribute work) {
        int at = Short.toUnsignedInt(in.getShort(20));
        while (at + 24 <= in.limit() && in.getInt(at) != END) {
            int length = in.getInt(at + 4);
            if (length < 24 || length > in.limit() - at) {
                return;
            }
            work.at(at, in.getInt(at), length);
            at += length;
        }
    }

    /** Where anything of it lies that has no room in the record: content, other streams, a folder's list. */
    List<Run> runs(int clusterSize) {
        List<Run> runs = new ArrayList<>();
        attributes((at, _, length) -> runs(at, length, clusterSize, runs));
        return runs;
    }

    /** The same of the unnamed stream alone. */
    List<Run> content(int clusterSize) {
        List<Run> runs = new ArrayList<>();
        attributes((at, type, length) -> {
            if (type == DATA && in.get(at + 9) == 0) {
                runs(at, length, clusterSize, runs);
            }
        });
        return runs;
    }

    /** Each run: the lengths of its two numbers in one octet, how many clusters, how far from the last one's start. */
    private void runs(int attribute, int length, int clusterSize, List<Run> runs) {
        if (in.get(attribute + 8) == 0 || length < 64) {
            return;
        }
        int end = attribute + length;
        int at = attribute + Short.toUnsignedInt(in.getShort(attribute + 32));
        long logical = in.getLong(attribute + 16) * clusterSize;
        long start = 0;
        while (at < end && in.get(at) != 0) {
            int ofCount = in.get(at) & 0xF;
            int ofStart = (in.get(at) >> 4) & 0xF;
            if (ofCount == 0 || ofCount > 8 || ofStart > 8 || at + 1 + ofCount + ofStart > end) {
                return;
            }
            long octets = number(at + 1, ofCount) * clusterSize;
            if (octets <= 0) {
                return;
            }
            if (ofStart > 0) { // otherwise a hole
                start += number(at + 1 + ofCount, ofStart) * clusterSize;
                runs.add(new Run(logical, start, octets));
            }
            logical += octets;
            at += 1 + ofCount + ofStart;
        }
    }

    /** Signed. */
    private long number(int at, int octets) {
        long number = in.get(at + octets - 1);
        for (int i = octets - 2; i >= 0; i--) {
            number = number << 8 | (in.get(at + i) & 0xFF);
        }
        return number;
    }

    /** The first that is not only for DOS. */
    Optional<Name> name() {
        List<Name> names = new ArrayList<>();
        attributes((at, type, length) -> {
            int value = at + Short.toUnsignedInt(in.getShort(at + 20));
            if (type == NAME && in.get(at + 8) == 0 && value + 66 <= at + length && in.get(value + 65) != DOS_NAME) {
                int octets = Math.min(2 * (in.get(value + 64) & 0xFF), at + length - value - 66);
                byte[] text = new byte[octets];
                in.get(value + 66, text);
                names.add(new Name(new String(text, StandardCharsets.UTF_16LE), in.getLong(value) & NUMBER));
            }
        });
        return names.stream().findFirst();
    }
}
