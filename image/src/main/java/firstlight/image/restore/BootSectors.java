package firstlight.image.restore;

import firstlight.image.Disk;
import firstlight.image.resize.Placement;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * FAT and NTFS remember in their boot sector where on the disk they start ("hidden sectors"), and Windows' boot code on BIOS
 * PCs believes it.
 */
final class BootSectors {
    private static final int HIDDEN_SECTORS = 0x1C;

    private BootSectors() {}

    static void follow(Fit fit) throws IOException {
        Disk disk = fit.disk();
        for (Placement placement : fit.layout().placements()) {
            String fileSystem = placement.region().fileSystem();
            boolean remembers = fileSystem.equals("ntfs") || fileSystem.equals("vfat");
            if (remembers && placement.moves() && !fit.isBare(placement)) {
                ByteBuffer sector = ByteBuffer.allocate(disk.sectorSize()).order(ByteOrder.LITTLE_ENDIAN);
                disk.read(placement.start(), sector);
                sector.flip();
                long old = placement.region().start() / disk.sectorSize();
                if ((sector.getInt(HIDDEN_SECTORS) & 0xFFFF_FFFFL) == old) { // who never filled it in is left alone
                    ByteBuffer before = ByteBuffer.wrap(sector.array().clone());
                    sector.putInt(HIDDEN_SECTORS, (int) (placement.start() / disk.sectorSize()));
                    Restore.writeThrough(disk, placement.start(), sector);
                    if (fileSystem.equals("ntfs")) {
                        backup(disk, placement, before, sector);
                    }
                }
            }
        }
    }

    /** NTFS keeps a copy in the partition's last sector: chkdsk and ntfsfix want both to be the same. */
    private static void backup(Disk disk, Placement placement, ByteBuffer before, ByteBuffer now) throws IOException {
        long last = placement.end() - disk.sectorSize();
        ByteBuffer copy = ByteBuffer.allocate(disk.sectorSize());
        disk.read(last, copy);
        if (copy.flip().equals(before)) {
            Restore.writeThrough(disk, last, now);
        }
    }
}
