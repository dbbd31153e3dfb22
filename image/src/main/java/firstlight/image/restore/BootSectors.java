package firstlight.image.restore;

import firstlight.image.Disk;
import firstlight.image.extents.FileSystem;
import firstlight.image.manifest.Region;
import firstlight.image.resize.Placement;
import firstlight.image.table.GrubSectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * FAT and NTFS remember in their boot sector where on the disk they start ("hidden sectors"), and Windows' boot code on BIOS
 * PCs believes it. So does GRUB's core.img in a partition of its own.
 */
final class BootSectors {
    /** Offsets of FAT's and NTFS' boot sector: NTFS has a FAT's fields, so that boot code of old finds them. */
    private static final int HIDDEN_SECTORS = 0x1C;

    private static final int SECTORS_OF_TABLE_16 = 0x16;
    private static final int BACKUP_OF_FAT32 = 0x32;

    private BootSectors() {}

    static void follow(Fit fit, Turn turn) throws IOException {
        for (Placement placement : fit.layout().placements()) {
            if (placement.moves() && fit.turn(placement) == turn) {
                follow(fit.disk(), placement);
            }
        }
    }

    private static void follow(Disk disk, Placement placement) throws IOException {
        Region region = placement.region();
        if (region.kind() == FileSystem.NTFS || region.kind() == FileSystem.FAT) {
            hiddenSectors(disk, placement);
        } else if (region.fileSystem().isEmpty() && region.partition() > 0) {
            grub(disk, placement);
        }
    }

    private static void hiddenSectors(Disk disk, Placement placement) throws IOException {
        ByteBuffer sector = ByteBuffer.allocate(disk.sectorSize()).order(ByteOrder.LITTLE_ENDIAN);
        disk.read(placement.start(), sector);
        sector.flip();
        long old = placement.region().start() / disk.sectorSize();
        if ((sector.getInt(HIDDEN_SECTORS) & 0xFFFF_FFFFL) != old) { // who never filled it in is left alone
            return;
        }
        ByteBuffer before = ByteBuffer.wrap(sector.array().clone());
        sector.putInt(HIDDEN_SECTORS, (int) (placement.start() / disk.sectorSize()));
        Restore.writeThrough(disk, placement.start(), sector);
        long copy = placement.region().kind() == FileSystem.NTFS
                ? placement.end() - disk.sectorSize()
                : placement.start() + backupOfFat32(sector) * disk.sectorSize();
        if (copy > placement.start()) {
            backup(disk, copy, before, sector);
        }
    }

    private static void grub(Disk disk, Placement placement) throws IOException {
        ByteBuffer first = ByteBuffer.allocate(disk.sectorSize());
        disk.read(placement.start(), first);
        Optional<byte[]> moved = GrubSectors.moved(
                first.array(), placement.region().start(), placement.region().length(), placement.start());
        if (moved.isPresent()) {
            Restore.writeThrough(disk, placement.start(), ByteBuffer.wrap(moved.get()));
        }
    }

    /** The sector of FAT32's copy; 0 for none, and for the other types, which have something else in that place. */
    private static long backupOfFat32(ByteBuffer sector) {
        boolean fat32 = sector.getShort(SECTORS_OF_TABLE_16) == 0;
        return fat32 ? Short.toUnsignedLong(sector.getShort(BACKUP_OF_FAT32)) : 0;
    }

    /** NTFS keeps a copy in the partition's last sector: chkdsk, ntfsfix and fsck.fat want both to be the same. */
    private static void backup(Disk disk, long place, ByteBuffer before, ByteBuffer now) throws IOException {
        ByteBuffer copy = ByteBuffer.allocate(disk.sectorSize());
        disk.read(place, copy);
        if (copy.flip().equals(before)) {
            Restore.writeThrough(disk, place, now);
        }
    }
}
