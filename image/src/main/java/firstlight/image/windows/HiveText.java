package firstlight.image.windows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A text for a value of a hive (REG_SZ: UTF-16 with a zero behind it). One that is longer than what was there gets a cell in a bin of its own at the hive's
 * end, as Windows itself lets a hive grow; the former cell becomes free.
 */
record HiveText(Hive.Value value, String text) {
    /** Of a value's entry; at 4 the length of its data, at 8 their cell. */
    private static final int TYPE = 0xC;

    private static final int REG_SZ = 1;
    /** Of a key: the length of its longest value, by which programs of Windows take memory for one. */
    private static final int LONGEST_VALUE = 0x40;

    /** Of the hive's header: octets of all bins. A bin is a multiple of 4096 octets and begins with "hbin", its offset and its length. */
    private static final int BINS = 0x28;

    private static final int BIN = 4096;
    private static final int BIN_HEADER = 0x20;

    /** Empty where the value is no text. */
    static Optional<String> of(byte[] hive, Hive.Value value) {
        if (octets(hive).getInt(value.entry() + TYPE) != REG_SZ) {
            return Optional.empty();
        }
        String text = new String(hive, value.place(), value.length() & ~1, StandardCharsets.UTF_16LE);
        int end = text.indexOf('\0');
        return Optional.of(end < 0 ? text : text.substring(0, end));
    }

    /**
     * The hive with these texts in place of the values' former ones; its header says that it is whole.
     *
     * @param texts of different values of this hive
     */
    static byte[] with(byte[] hive, List<HiveText> texts) {
        byte[] changed = hive.clone();
        ByteBuffer octets = octets(changed);
        List<HiveText> longer = new ArrayList<>();
        for (HiveText each : texts) {
            byte[] data = each.data();
            Hive.Value value = each.value();
            int longest = value.owner() + LONGEST_VALUE;
            if (Integer.compareUnsigned(octets.getInt(longest), data.length) < 0) {
                octets.putInt(longest, data.length);
            }
            if (data.length > room(octets, value)) {
                longer.add(each);
            } else {
                Arrays.fill(changed, value.place(), value.place() + Math.max(value.length(), data.length), (byte) 0);
                octets.put(value.place(), data);
                octets.putInt(value.entry() + 4, data.length);
            }
        }
        return longer.isEmpty() ? changed : withBin(changed, longer);
    }

    private static byte[] withBin(byte[] hive, List<HiveText> longer) {
        int bins = octets(hive).getInt(BINS);
        int needed = longer.stream().mapToInt(HiveText::cell).sum();
        int size = (BIN_HEADER + needed + BIN - 1) / BIN * BIN;
        // What Windows has ready behind the bins for the hive to grow into is not the hive's yet.
        byte[] grown = Arrays.copyOf(hive, Math.max(hive.length, Math.addExact(Hive.HEADER + bins, size)));
        ByteBuffer octets = octets(grown);
        int bin = Hive.HEADER + bins;
        Arrays.fill(grown, bin, bin + size, (byte) 0);
        octets.put(bin, "hbin".getBytes(StandardCharsets.US_ASCII));
        octets.putInt(bin + 4, bins).putInt(bin + 8, size);
        int at = bin + BIN_HEADER;
        for (HiveText each : longer) {
            byte[] data = each.data();
            int former = each.value().place() - 4;
            octets.putInt(former, -octets.getInt(former)); // free: a positive size
            octets.putInt(at, -each.cell());
            octets.put(at + 4, data);
            octets.putInt(each.value().entry() + 4, data.length);
            octets.putInt(each.value().entry() + 8, at - Hive.HEADER);
            at += each.cell();
        }
        if (at < bin + size) {
            octets.putInt(at, bin + size - at);
        }
        octets.putInt(BINS, bins + size);
        octets.putInt(Hive.SUM, Hive.sum(octets));
        return grown;
    }

    /** Octets of a cell for it: its size goes first, and eights are counted. */
    private int cell() {
        return (4 + data().length + 7) & ~7;
    }

    private byte[] data() {
        return (text + '\0').getBytes(StandardCharsets.UTF_16LE);
    }

    private static int room(ByteBuffer octets, Hive.Value value) {
        return -octets.getInt(value.place() - 4) - 4;
    }

    private static ByteBuffer octets(byte[] hive) {
        return ByteBuffer.wrap(hive).order(ByteOrder.LITTLE_ENDIAN);
    }
}
