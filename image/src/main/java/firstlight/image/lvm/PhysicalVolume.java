package firstlight.image.lvm;

import firstlight.image.disk.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A physical volume as its label describes it (LVM2, lib/format_text/layout.h).
 *
 * @param id without hyphens
 * @param copies start and end of its metadata areas, none when its group's metadata are on other volumes only
 * @param areas start and end of what LVM keeps for itself besides the start of the volume: these, and a boot loader's
 * @param metadata the text of its volume group, the newest of its copies; absent when this volume carries no copy or only damaged ones
 */
public record PhysicalVolume(
        Source source, String id, List<long[]> copies, List<long[]> areas, Optional<String> metadata) {
    static final int SECTOR = 512;
    /** A label lies in one of the first four sectors. */
    static final int LABEL_SECTORS = 4;

    static final int ID = 32;
    static final int MDA_HEADER = 512;
    private static final String MDA_MAGIC = " LVM2 x[5A%r0N*>";
    /** Flag of a metadata area that LVM does not keep up to date. */
    private static final long IGNORED = 1;

    /** Text of a volume group with thousands of volumes is a few MB. */
    private static final long LONGEST_TEXT = 64L << 20;

    /** Of its volume group, which the text begins with. */
    private static final Pattern SEQUENCE = Pattern.compile("\\bseqno *= *([0-9]{1,18})\\b");

    public PhysicalVolume {
        copies = List.copyOf(copies);
        areas = List.copyOf(areas);
    }

    /** @throws IllegalArgumentException when the label makes no sense */
    public static PhysicalVolume read(Source source) throws IOException {
        for (int sector = 0; sector < LABEL_SECTORS; sector++) {
            ByteBuffer label = octets(source, (long) sector * SECTOR, SECTOR);
            if (text(label, 0, 8).equals("LABELONE") && text(label, 24, 8).equals("LVM2 001")) {
                if (label.getInt(16) != crc(label, 20, SECTOR)) {
                    throw new IllegalArgumentException("the checksum of its label is wrong");
                }
                return described(source, label);
            }
        }
        throw new IllegalArgumentException("it has no label");
    }

    private static PhysicalVolume described(Source source, ByteBuffer label) throws IOException {
        // Where the description begins: id, size, data areas, metadata areas, extension.
        int at = label.getInt(20);
        String id = text(label, at, ID);
        at += ID + 8;
        List<long[]> areas = new ArrayList<>();
        at = list(label, at, new ArrayList<>()); // data areas: where extents start the text says too
        int metadata = at;
        at = list(label, at, areas);
        if (at + 8 <= SECTOR && label.getInt(at) >= 1) {
            list(label, at + 8, areas); // the extension: space for boot loaders
        }
        Optional<String> text = Optional.empty();
        List<long[]> copies = new ArrayList<>();
        list(label, metadata, copies);
        for (long[] copy : copies) {
            Optional<String> found = text(source, copy[0], copy[1] - copy[0]);
            // LVM writes one after the other: a power cut, or a bad sector, leaves them of two times.
            if (text.isEmpty() || (found.isPresent() && sequence(found.get()) > sequence(text.get()))) {
                text = found;
            }
        }
        return new PhysicalVolume(source, id, copies, areas, text);
    }

    /** Pairs of offset and size, ended by zeros; returns where they end. */
    private static int list(ByteBuffer label, int start, List<long[]> ranges) {
        int at = start;
        while (at + 16 <= SECTOR) {
            long offset = label.getLong(at);
            long size = label.getLong(at + 8);
            at += 16;
            if (offset == 0) {
                break;
            }
            ranges.add(new long[] {offset, Math.addExact(offset, size)});
        }
        return at;
    }

    /** The current text of a metadata area, which is a ring. */
    private static Optional<String> text(Source source, long area, long size) throws IOException {
        if (area < 0 || size < MDA_HEADER || area + size > source.size()) {
            return Optional.empty();
        }
        ByteBuffer head = octets(source, area, MDA_HEADER);
        long offset = head.getLong(40);
        long length = head.getLong(48);
        boolean known = head.getInt(0) == crc(head, 4, MDA_HEADER)
                && text(head, 4, 16).equals(MDA_MAGIC)
                && head.getLong(24) == area
                && (head.getInt(60) & IGNORED) == 0;
        if (!known || offset < MDA_HEADER || offset >= size || length <= 0 || length > Math.min(size, LONGEST_TEXT)) {
            return Optional.empty();
        }
        int first = (int) Math.min(length, size - offset);
        ByteBuffer text = ByteBuffer.allocate((int) length);
        source.read(area + offset, text.limit(first));
        if (first < length) {
            source.read(area + MDA_HEADER, text.limit((int) length));
        }
        text.flip();
        if (crc(text, 0, (int) length) != head.getInt(56)) {
            return Optional.empty();
        }
        return Optional.of(text(text, 0, (int) length).replace("\0", ""));
    }

    /** Also of a text that makes no sense here otherwise; who parses the newest again says so. One without counts as the newest. */
    private static long sequence(String text) {
        Matcher found = SEQUENCE.matcher(text);
        return found.find() ? Long.parseLong(found.group(1)) : Long.MAX_VALUE;
    }

    /** CRC-32 as LVM starts it, and not inverted. */
    static int crc(ByteBuffer octets, int from, int to) {
        int crc = 0xF597_A6CF;
        for (int i = from; i < to; i++) {
            crc ^= octets.get(i) & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ 0xEDB8_8320 : crc >>> 1;
            }
        }
        return crc;
    }

    private static String text(ByteBuffer octets, int at, int length) {
        byte[] text = new byte[length];
        octets.get(at, text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static ByteBuffer octets(Source source, long offset, int length) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        source.read(offset, octets);
        return octets.flip();
    }
}
