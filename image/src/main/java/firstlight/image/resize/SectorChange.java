package firstlight.image.resize;

import firstlight.image.ImageFailure;
import firstlight.image.anew.Anew;
import firstlight.image.anew.OldFileSystem;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Region;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.TableSectors.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whether an image can go to a disk with sectors of another size: 512e to 4Kn, and back. */
record SectorChange(DiskImage image, String disk, int sectorSize) {
    /** Type of the Microsoft reserved partition: nothing of what is in it is read. */
    private static final String SPARE_ROOM_OF_WINDOWS = "e3c9e316-0b5c-4db8-817d-f92df00215ae";

    /** @throws ImageFailure with all that is in the way */
    void check() throws ImageFailure {
        if (image.sectorSize() == sectorSize) {
            return;
        }
        List<String> obstacles = new ArrayList<>();
        if (image.table().kind() == Kind.MBR) {
            obstacles.add("its partition table is an MBR, which counts in sectors all over");
        }
        long first = PartitionTable.usableStart(image.table(), image.sectorSize(), sectorSize);
        Set<Integer> indifferent = new HashSet<>();
        for (Partition partition : image.table().kind() == Kind.GPT
                ? PartitionTable.partitions(image.table(), image.sectorSize())
                : List.<Partition>of()) {
            // Who starts from sectors of 4096 octets never starts from BIOS.
            if (partition.isBiosBoot() || partition.type().equalsIgnoreCase(SPARE_ROOM_OF_WINDOWS)) {
                indifferent.add(partition.number());
            }
            if (partition.start() % sectorSize != 0 || partition.length() % sectorSize != 0) {
                obstacles.add("partition " + partition.number() + " is not aligned to sectors of " + sectorSize);
            } else if (partition.start() < first) { // the EFI system partition of a Mac, at 20 KiB
                obstacles.add("partition " + partition.number() + " begins where the partition table lies on it");
            }
        }
        for (Region region : image.regions()) {
            boolean partition = region.partition() > 0 || image.table().kind() == Kind.NONE;
            if (partition && !indifferent.contains(region.partition()) && !survives(region)) {
                obstacles.add(region.name() + " is bound to its sector size");
            }
        }
        if (!obstacles.isEmpty()) {
            throw new ImageFailure(
                    "The image does not fit " + disk,
                    "it was taken from a disk with sectors of " + image.sectorSize() + " octets, this one has "
                            + sectorSize + ", and " + String.join("; ", obstacles),
                    "Use a disk with sectors of " + image.sectorSize() + " octets");
        }
    }

    /**
     * Btrfs and swap count in pages; ext in blocks, whose size the image's map tells: blocks of 4 KiB have no edge
     * elsewhere. FAT, exFAT and XFS name the sector size and drivers insist on it: they are made anew. So does NTFS, whose
     * streams, permissions, reparse points and identifiers no program but Windows copies whole.
     */
    private boolean survives(Region region) {
        return switch (region.content()) {
            case Content.Swap _ -> true;
            case Content.Blocks blocks ->
                switch (region.kind()) {
                    case BTRFS -> true;
                    case FAT, EXFAT, XFS -> Anew.isPossible(OldFileSystem.of(region));
                    case EXT2, EXT3, EXT4 -> blocks.method() == Content.Method.USED_BLOCKS && inPages(blocks);
                    case NTFS, F2FS, SWAP, LUKS, BITLOCKER, LVM, APFS, REFS, ZFS, RAID, STORAGE_SPACES, UNKNOWN ->
                        blocks.used().count() == 0;
                };
        };
    }

    private boolean inPages(Content.Blocks blocks) {
        for (int i = 0; i < blocks.used().count(); i++) {
            if (blocks.used().start(i) % 4096 != 0 || blocks.used().end(i) % 4096 != 0) {
                return false;
            }
        }
        return true;
    }
}
