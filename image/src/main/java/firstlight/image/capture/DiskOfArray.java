package firstlight.image.capture;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.RaidAtEnd;
import firstlight.image.extents.Signatures;
import firstlight.image.extents.Volume;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.TableSectors;
import firstlight.image.table.TableSectors.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A whole disk that is, or was, a part of an array, or a file system without a table. mdadm leaves the partition table that it
 * finds there, and its own superblock spares the MBR and a GPT's backup: what the table says of the disk is not true then.
 */
final class DiskOfArray {
    /** Where version 1.2, the usual one, has its superblock, which says so. */
    private static final int PLACE = 4096;

    private static final int LENGTH = 256;

    private DiskOfArray() {}

    /** {@code table}, or none when the disk may be a part of an array that the table does not know of. */
    static PartitionTable believed(Disk disk, PartitionTable table) throws IOException {
        if (table.sectors().kind() == Kind.NONE) {
            return table;
        }
        Optional<String> other;
        try {
            other = other(disk, table);
        } catch (DiskFailure unreadable) {
            throw LostSectors.failure(disk.name(), unreadable.what(), unreadable.cause());
        }
        if (other.isEmpty()) {
            return table;
        }
        List<String> notes = new ArrayList<>(table.notes());
        notes.add(disk.name() + " has a partition table, and " + other.get() + PartitionTable.TAKEN_WHOLE);
        return new PartitionTable(TableSectors.NONE, List.of(), List.of(), notes);
    }

    /** What there is that the table does not know of, in words. */
    private static Optional<String> other(Disk disk, PartitionTable table) throws IOException {
        Volume whole = new Volume.OfDisk(disk, disk.name(), 0, 0, disk.size());
        Optional<Long> superblock = superblock(disk, table, whole);
        if (superblock.isPresent()) {
            return Optional.of(
                    "at offset " + superblock.get() + " the superblock of a Linux raid of whole disks; which is"
                            + " left from earlier cannot be told (mdadm --zero-superblock takes away an old one)");
        }
        long first =
                table.partitions().stream().mapToLong(Partition::start).min().orElse(disk.size());
        Optional<String> bare = Signatures.behindTable(whole.window(), first);
        if (bare.isPresent()) {
            // wipefs clears ZFS' uberblocks and leaves the label's list; without a type it takes the table away as
            // well.
            String cure = bare.get().equals(FileSystem.ZFS.word())
                    ? "dd if=/dev/zero bs=1K seek=16 count=1 of=" + disk.name()
                    : "wipefs -a -t ufs " + disk.name();
            return Optional.of("behind that the mark of " + bare.get()
                    + " on the bare disk; which is left from earlier cannot be told (if the mark is, '" + cure
                    + "' takes it away and leaves the table)");
        }
        return table.sectors().kind() == Kind.GPT && !isBackupAtEnd(disk, whole)
                ? metadataAtEnd(disk, whole)
                        .map(
                                metadata -> "in place of the table's backup, at its end, the metadata of " + metadata
                                        + " of whole disks (where that is left from earlier, sgdisk -e puts the backup over it)")
                : Optional.empty();
    }

    /**
     * Of arrays whose members look as the array does, with its table; the backup of that is where the array ends. As libblkid
     * and geom(4) know them.
     */
    private static Optional<String> metadataAtEnd(Disk disk, Volume whole) throws IOException {
        String last = start(whole, disk.size() - disk.sectorSize());
        String before = start(whole, disk.size() - 2L * disk.sectorSize());
        if (last.startsWith("GEOM::")) {
            return Optional.of("a mirror of FreeBSD's (GEOM)");
        }
        return last.startsWith("\u00de\u0011\u00de\u0011") // DDF
                        || last.startsWith("$XIDE$") // LSI
                        || before.startsWith("Intel Raid ISM Cfg Sig. ")
                        || before.startsWith("NVIDIA")
                ? Optional.of("a RAID of the firmware's")
                : Optional.empty();
    }

    private static String start(Volume whole, long offset) throws IOException {
        return new String(whole.octets(offset, 24), StandardCharsets.ISO_8859_1);
    }

    private static Optional<Long> superblock(Disk disk, PartitionTable table, Volume whole) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(whole.octets(PLACE, LENGTH)).order(ByteOrder.LITTLE_ENDIAN);
        if (in.getInt(0) == RaidAtEnd.MAGIC && in.getInt(4) == 1 && in.getLong(144) == PLACE / 512) {
            return Optional.of((long) PLACE);
        }
        if (table.sectors().kind() == Kind.GPT) {
            // Where a GPT has its backup no superblock is. One of the array's has it where the array ends.
            return isBackupAtEnd(disk, whole)
                    ? Optional.empty()
                    : RaidAtEnd.find(whole).map(RaidAtEnd::at);
        }
        // A mirror's disk looks as the array does, with its table.
        return RaidAtEnd.find(whole)
                .filter(found -> !found.isMirror() && isFree(table, found.at()))
                .map(RaidAtEnd::at);
    }

    /** By what the primary header says (UEFI 2.10, 5.3.2), on sectors of this disk. */
    private static boolean isBackupAtEnd(Disk disk, Volume whole) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(whole.octets(disk.sectorSize(), 92)).order(ByteOrder.LITTLE_ENDIAN);
        return header.getLong(32) >= disk.size() / disk.sectorSize() - 1;
    }

    /** Version 0.90 does not say where it lies: of the last partition and of the disk it may be the same place. */
    private static boolean isFree(PartitionTable table, long offset) {
        return table.partitions().stream().noneMatch(each -> offset >= each.start() && offset < each.end());
    }
}
