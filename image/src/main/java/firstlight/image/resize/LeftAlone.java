package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.manifest.DiskImage;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.Place;
import java.io.IOException;
import java.util.List;

/**
 * Partitions of which the image has nothing ({@code --if-locked skip}): a restore leaves what a disk has in them. On a disk that was
 * laid down from this image before, or is a copy of its original, they must lie where the layout has them.
 */
public record LeftAlone(DiskImage image, Disk disk) {
    /** One of them would be lost. */
    public static final class Moved extends ImageFailure {
        private static final long serialVersionUID = 1;

        Moved(String what, String cause, String cure) {
            super(what, cause, cure);
        }
    }

    /** @throws Moved where something else would come over one of them, or the table would lead to something else */
    public void check(DiskLayout layout) throws IOException {
        List<Partition> skipped = PartitionTable.partitions(image.table(), image.sectorSize()).stream()
                .filter(partition ->
                        image.regions().stream().noneMatch(region -> region.partition() == partition.number()))
                .toList();
        if (skipped.isEmpty()) {
            return;
        }
        PartitionTable there = PartitionTable.read(disk);
        for (int i = 0; i < skipped.size(); i++) {
            int number = skipped.get(i).number();
            Place place = layout.untouched().get(i);
            String name = PartitionTable.partUuid(image.table(), image.sectorSize(), number);
            for (Partition here : there.partitions()) {
                boolean same = here.number() == number
                        && PartitionTable.partUuid(there.sectors(), disk.sectorSize(), number)
                                .equals(name);
                if (same && (here.start() != place.start() || here.length() != place.length())) {
                    throw new Moved(
                            "What " + disk.name() + " has in partition " + number + " would be lost",
                            "the image has nothing of it (--if-locked skip), and on this disk it has "
                                    + Amount.text(here.length()) + " at " + Amount.text(here.start())
                                    + ", where the image's would have "
                                    + Amount.text(place.length()) + " at " + Amount.text(place.start()),
                            "Restore as the disk was restored before (--grow N, or none); or save what is in it, and wipe the disk"
                                    + " first");
                }
            }
        }
    }
}
