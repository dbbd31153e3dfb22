package firstlight.image.lvm;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes a physical volume's label and metadata areas for its new length (LVM2, lib/format_text/layout.h). Not safe against
 * a crash in between, as LVM's own way is: nobody takes the disk for whole yet.
 *
 * @param old what the label is made from
 * @param disk the physical volume as it will be; only that much of it is written
 */
public record MetadataWriter(PhysicalVolume old, Disk disk) {
    private static final int BLOCK = 4096;
    private static final int SECTOR = PhysicalVolume.SECTOR;
    private static final int HEADER = PhysicalVolume.MDA_HEADER;

    /** In a metadata area's header: its own start, and the first of the texts' places. */
    private static final int START = 24;

    private static final int FIRST_TEXT = 40;

    public void write(Rearranged to) throws IOException {
        byte[] text = (to.text() + "\0").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < to.copies().size(); i++) {
            long[] area = old.copies().get(i);
            area(
                    octets(old.source()::read, area[0], HEADER),
                    area[1] - area[0],
                    to.copies().get(i),
                    text);
        }
        label(to);
        disk.flush();
    }

    /** The text comes behind the old one in the ring, or at its start when it would have to be cut in two. */
    private void area(byte[] octets, long size, long start, byte[] text) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        long behind = Math.ceilDiv(header.getLong(FIRST_TEXT) + header.getLong(FIRST_TEXT + 8), SECTOR) * SECTOR;
        long offset = behind >= HEADER && behind + text.length <= size ? behind : HEADER;
        patch(start + offset, Arrays.copyOf(text, Math.ceilDiv(text.length, SECTOR) * SECTOR));
        header.putLong(START, start);
        header.putLong(FIRST_TEXT, offset).putLong(FIRST_TEXT + 8, text.length);
        header.putInt(FIRST_TEXT + 16, PhysicalVolume.crc(ByteBuffer.wrap(text), 0, text.length));
        // The flags of the first place stay; of a text that was being written nothing is left.
        Arrays.fill(octets, FIRST_TEXT + 24, HEADER, (byte) 0);
        header.putInt(0, PhysicalVolume.crc(header, 4, HEADER));
        patch(start, octets);
    }

    private void label(Rearranged to) throws IOException {
        for (int sector = 0; sector < PhysicalVolume.LABEL_SECTORS; sector++) {
            byte[] octets = octets(old.source()::read, (long) sector * SECTOR, SECTOR);
            if (new String(octets, 0, 8, StandardCharsets.US_ASCII).equals("LABELONE")) {
                ByteBuffer label = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
                int at = label.getInt(20) + PhysicalVolume.ID;
                label.putLong(at, to.length());
                for (at += 8; label.getLong(at) != 0; at += 16) {
                    // the data areas, up to the zeros behind them
                }
                at += 16;
                for (int i = 0; i < to.copies().size(); i++, at += 16) {
                    label.putLong(at, to.copies().get(i));
                }
                label.putInt(16, PhysicalVolume.crc(label, 20, SECTOR));
                patch((long) sector * SECTOR, octets);
                return;
            }
        }
        throw new IOException("the label of " + disk.name() + " is gone");
    }

    /** In whole blocks: a disk may have sectors of 4096 octets. */
    private void patch(long offset, byte[] octets) throws IOException {
        long start = offset / BLOCK * BLOCK;
        long end = Math.min(disk.size(), Math.ceilDiv(offset + octets.length, BLOCK) * BLOCK);
        ByteBuffer around = ByteBuffer.wrap(octets(disk::read, start, (int) (end - start)));
        around.put((int) (offset - start), octets);
        disk.write(start, around);
    }

    @FunctionalInterface
    private interface Reading {
        void read(long offset, ByteBuffer into) throws IOException;
    }

    private static byte[] octets(Reading from, long offset, int length) throws IOException {
        byte[] octets = new byte[length];
        from.read(offset, ByteBuffer.wrap(octets));
        return octets;
    }
}
