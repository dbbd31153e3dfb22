package firstlight.image.windows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A hive of Windows' registry, read from its octets ("regf" 1.3 to 1.6). All that is ever changed is the data of a value: nothing
 * in a hive sums its values up, and no other cell moves. Cells' places are octets behind the header of 4096.
 */
public final class Hive {
    /** Octets of the file's header, and where in it the sum of what is before stands. */
    static final int HEADER = 4096;

    static final int SUM = 0x1FC;
    private static final int NOWHERE = -1;
    /** Data of up to four octets lie in the value itself. */
    private static final int INLINE = 0x8000_0000;
    /** What is longer lies in several cells ("db"). */
    private static final int LONGEST = 16_344;

    private static final int REG_DWORD = 4;
    /** Of numbers. */
    private static final Pattern NOTHING = Pattern.compile("(?!)");

    private static final int ONE_OCTET_NAME = 1;
    private static final int ONE_OCTET_KEY = 0x20;
    /** Windows allows 512 levels. */
    private static final int DEPTH = 512;

    private final ByteBuffer octets;
    private final Pattern wanted;
    private final List<Value> values = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private int keys;

    /** @param wanted of numbers, the keys with the values' names behind */
    private Hive(ByteBuffer octets, Pattern wanted) {
        this.octets = octets;
        this.wanted = wanted;
    }

    /**
     * A value whose data lie in one cell.
     *
     * @param key its names from the root's children down, with backslashes between
     * @param place octets from the start of the file
     * @param entry where its own cell's content begins, as well
     * @param owner and its key's
     */
    public record Value(String key, String name, int place, int length, int entry, int owner) {}

    /** Not a hive, or one that was damaged or that Windows had not finished to write; says which. */
    public static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    /**
     * All values that have data of 5 to 16,344 octets.
     *
     * @throws Malformed also for a hive whose changes are in its log still
     */
    public static List<Value> values(byte[] file) {
        return List.copyOf(read(file, NOTHING).values);
    }

    /**
     * Numbers (REG_DWORD), by their keys and names with backslashes between, of which the whole matches {@code wanted}.
     *
     * @throws Malformed as {@link #values}
     */
    static Map<String, Integer> numbers(byte[] file, Pattern wanted) {
        return Map.copyOf(read(file, wanted).numbers);
    }

    /** The octets of a hive that can be worked on here, where it may have to be held as many {@code times}. */
    public static long mostOctets(int times) {
        return Math.min(256L << 20, Runtime.getRuntime().maxMemory() / times);
    }

    private static Hive read(byte[] file, Pattern wanted) {
        Hive hive = new Hive(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN), wanted);
        try {
            hive.header();
            hive.key(hive.octets.getInt(0x24), "", 0);
        } catch (IndexOutOfBoundsException outside) {
            throw new Malformed("the hive ends early, or a cell of it points outside");
        }
        return hive;
    }

    /** "regf"; 4 and 8 are sequence numbers, which differ while Windows writes; 0x24 the root key. */
    private void header() {
        if (octets.capacity() < HEADER || octets.getInt(0) != 0x6667_6572) {
            throw new Malformed("it is no hive");
        }
        if (octets.getInt(SUM) != sum(octets)) {
            throw new Malformed("the hive's header is damaged");
        }
        if (octets.getInt(4) != octets.getInt(8)) {
            throw new Malformed("Windows had not finished to write the hive: its log holds changes");
        }
    }

    /** What its header's last word must be. */
    static int sum(ByteBuffer octets) {
        int sum = 0;
        for (int at = 0; at < SUM; at += 4) {
            sum ^= octets.getInt(at);
        }
        return sum == -1 ? -2 : sum == 0 ? 1 : sum;
    }

    /** Where the cell's content begins, with the signature that it must have. */
    private int cell(int place, String signature) {
        int at = content(place, 2);
        if (octets.get(at) != signature.charAt(0) || octets.get(at + 1) != signature.charAt(1)) {
            throw new Malformed("there is no " + signature + " at " + place + " of the hive");
        }
        return at;
    }

    private int content(int place, int least) {
        if (place < 0 || place > octets.capacity() - HEADER - 4) {
            throw new Malformed("a cell at " + place + " lies outside the hive");
        }
        int size = octets.getInt(HEADER + place);
        // What is in use has a negative size.
        if (size >= 0 || size < -(octets.capacity() - HEADER - place) || least > -size - 4) {
            throw new Malformed("the cell at " + place + " of the hive is free, or too short");
        }
        return HEADER + place + 4;
    }

    /** nk: 0x14 how many keys are below, 0x1C their list, 0x24 how many values, 0x28 their list, 0x48 length of the name, 0x4C the name. */
    private void key(int place, String path, int depth) {
        // Each key takes a cell of 80 octets: more of them than fit are a circle.
        if (depth > DEPTH || ++keys > octets.capacity() / 80) {
            throw new Malformed("the keys of the hive go round in a circle");
        }
        int at = cell(place, "nk");
        content(place, 0x4C);
        int count = octets.getInt(at + 0x24);
        if (count > 0) {
            int list = content(octets.getInt(at + 0x28), Math.multiplyExact(Math.min(count, HEADER * HEADER), 4));
            for (int i = 0; i < count; i++) {
                value(octets.getInt(list + 4 * i), path, at);
            }
        }
        if (octets.getInt(at + 0x14) > 0) {
            children(octets.getInt(at + 0x1C), path, depth);
        }
    }

    private void children(int place, String path, int depth) {
        int at = content(place, 4);
        int count = octets.getShort(at + 2) & 0xFFFF;
        int step = octets.get(at + 1) == 'i' ? 4 : 8; // li and ri: places alone; lf and lh: with a hash of the name
        content(place, 4 + count * step);
        switch (octets.get(at)) {
            case 'r' -> {
                if (depth > DEPTH) {
                    throw new Malformed("the keys of the hive go round in a circle");
                }
                for (int i = 0; i < count; i++) {
                    children(octets.getInt(at + 4 + i * step), path, depth + 1);
                }
            }
            case 'l' -> {
                for (int i = 0; i < count; i++) {
                    int child = octets.getInt(at + 4 + i * step);
                    int nk = cell(child, "nk");
                    String name = name(
                            nk + 0x4C,
                            octets.getShort(nk + 0x48) & 0xFFFF,
                            (octets.getShort(nk + 2) & ONE_OCTET_KEY) != 0);
                    key(child, path.isEmpty() ? name : path + "\\" + name, depth + 1);
                }
            }
            default -> throw new Malformed("there is no list of keys at " + place + " of the hive");
        }
    }

    /** vk: 2 length of the name, 4 of the data, 8 the data or their cell, 0xC type, 0x10 flags, 0x14 the name. */
    private void value(int place, String key, int owner) {
        int at = cell(place, "vk");
        content(place, 0x14);
        int length = octets.getInt(at + 4);
        int data = octets.getInt(at + 8);
        if (length == (INLINE | 4) && octets.getInt(at + 0xC) == REG_DWORD) {
            number(key + '\\' + name(at), data);
        }
        if ((length & INLINE) != 0 || length <= 4 || length > LONGEST) {
            return;
        }
        if (data == NOWHERE) {
            return;
        }
        String name = name(at);
        if (values.size() > octets.capacity() / 24) {
            throw new Malformed("the hive has more values than fit into it");
        }
        values.add(new Value(key, name, content(data, length), length, at, owner));
    }

    private void number(String path, int number) {
        if (wanted.matcher(path).matches()) {
            numbers.put(path, number);
        }
    }

    private String name(int value) {
        return name(
                value + 0x14,
                octets.getShort(value + 2) & 0xFFFF,
                (octets.getShort(value + 0x10) & ONE_OCTET_NAME) != 0);
    }

    private String name(int at, int length, boolean oneOctet) {
        byte[] name = new byte[length];
        octets.get(at, name);
        return new String(name, oneOctet ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_16LE);
    }
}
