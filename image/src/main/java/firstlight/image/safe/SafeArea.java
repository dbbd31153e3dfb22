package firstlight.image.safe;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.TableSectors.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where image-safe data lie on a disk: in the last octets before its first partition, but not behind the first {@value #SEARCHED}
 * octets, when that starts at {@value #LEAST} or later (docs/adr/0014). What lies nearer to the disk's start is left to GRUB's core.img, LDM's private header, disk
 * managers and licence keepers, all within the first 512 KiB; and what is not zero is somebody's.
 */
public final class SafeArea {
    /** Two copies, far enough from each other that one write by mistake seldom hits both. */
    private static final long[] BEFORE_PARTITION = {8 << 10, 64 << 10};

    private static final long LEAST = 1 << 20;
    /** How far they lie and are searched: first partitions start at 1 MiB; on some disks at 4 MiB (erase blocks), or behind. */
    private static final long SEARCHED = 4 << 20;

    private SafeArea() {}

    /** The newest copy that is whole; empty on a disk that has none. */
    public static Optional<SafeData> find(Disk disk) throws IOException {
        return blocks(disk).stream()
                .max(Comparator.comparing(block -> block.data().written()))
                .map(SafeBlock::data);
    }

    /** All whole copies, the outdated as well: none of them belongs into an image. */
    public static List<SafeBlock> blocks(Disk disk) throws IOException {
        long end =
                Math.min(Math.min(disk.size(), SEARCHED), firstPartition(disk).orElse(LEAST));
        int length = (int) (end - end % SafeBlock.LENGTH);
        ByteBuffer start = ByteBuffer.allocate(length);
        disk.read(0, start);
        List<SafeBlock> blocks = new ArrayList<>();
        for (int at = 0; at < length; at += SafeBlock.LENGTH) {
            byte[] octets = Arrays.copyOfRange(start.array(), at, at + SafeBlock.LENGTH);
            int place = at;
            whole(octets).filter(block -> block.offset() == place).ifPresent(blocks::add);
        }
        return blocks;
    }

    /**
     * Writes both copies and takes older ones away.
     *
     * @return why there is no room for them, which is a normal case; empty when they are written
     */
    public static Optional<String> write(Disk disk, SafeData data) throws IOException {
        Optional<Long> first = firstPartition(disk);
        if (first.isEmpty()) {
            return Optional.of("it has no partition table");
        }
        if (first.get() < LEAST) {
            return Optional.of("its first partition starts at " + (first.get() >> 10) + " KiB, before 1 MiB");
        }
        List<SafeBlock> former = blocks(disk);
        List<Long> places = new ArrayList<>();
        for (long before : BEFORE_PARTITION) {
            long place = (Math.min(first.get(), SEARCHED) - before) / SafeBlock.LENGTH * SafeBlock.LENGTH;
            if (isOfTable(disk, place)) {
                return Optional.of("its partition table lies before its first partition, at " + (place >> 10) + " KiB");
            }
            if (!isFree(disk, place)) {
                return Optional.of("something else lies before its first partition, at " + (place >> 10) + " KiB");
            }
            places.add(place);
        }
        for (long place : places) {
            put(disk, place, new SafeBlock(place, data).encode());
        }
        for (SafeBlock old : former) {
            if (!places.contains(old.offset())) {
                put(disk, old.offset(), new byte[SafeBlock.LENGTH]);
            }
        }
        return Optional.empty();
    }

    /** Takes all copies away; how many there were. */
    public static int clear(Disk disk) throws IOException {
        List<SafeBlock> blocks = blocks(disk);
        for (SafeBlock block : blocks) {
            put(disk, block.offset(), new byte[SafeBlock.LENGTH]);
        }
        return blocks.size();
    }

    private static Optional<SafeBlock> whole(byte[] octets) {
        try {
            return Optional.of(SafeBlock.decode(octets));
        } catch (MalformedSafeData other) {
            return Optional.empty();
        }
    }

    private static Optional<Long> firstPartition(Disk disk) throws IOException {
        PartitionTable table = PartitionTable.read(disk);
        return table.sectors().kind() == Kind.NONE
                ? Optional.empty()
                : table.partitions().stream().map(Partition::start).min(Comparator.naturalOrder());
    }

    /** A GPT's entries may lie anywhere (sgdisk -j, for boards whose boot loader wants their place); the unused ones are zeros. */
    private static boolean isOfTable(Disk disk, long place) throws IOException {
        return PartitionTable.read(disk).occupied().stream()
                .anyMatch(taken -> taken[0] < place + SafeBlock.LENGTH && place < taken[1]);
    }

    /** Zeros, or a copy, one that was spoilt as well: for its sake the other must not stay outdated, or go. */
    private static boolean isFree(Disk disk, long place) throws IOException {
        ByteBuffer there = ByteBuffer.allocate(SafeBlock.LENGTH);
        disk.read(place, there);
        return Arrays.equals(there.array(), new byte[SafeBlock.LENGTH]) || SafeBlock.begins(there.array());
    }

    private static void put(Disk disk, long place, byte[] octets) throws IOException {
        disk.write(place, ByteBuffer.wrap(octets));
        disk.flush();
        ByteBuffer back = ByteBuffer.allocate(octets.length);
        disk.readBack(place, back);
        if (!Arrays.equals(back.array(), octets)) {
            throw new ImageFailure(
                    "The disk does not hold what was written to it",
                    disk.name() + " reads back differently at offset " + place,
                    "Replace the disk, or check the PC's memory and cables");
        }
    }
}
