package firstlight.image.resize;

import firstlight.image.Amount;
import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.manifest.DiskImage;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.Place;
import firstlight.image.table.TableSectors.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
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

    /**
     * What the disk has of them.
     *
     * @throws Moved where something else would come over one of them, or the table would lead to something else
     */
    public List<LeftNote.Left> check(DiskLayout layout) throws IOException {
        List<Partition> skipped = PartitionTable.partitions(image.table(), image.sectorSize()).stream()
                .filter(partition ->
                        image.regions().stream().noneMatch(region -> region.partition() == partition.number()))
                .toList();
        List<LeftNote.Left> there = skipped.isEmpty() ? List.of() : there();
        List<LeftNote.Left> left = new ArrayList<>();
        for (int i = 0; i < skipped.size(); i++) {
            int number = skipped.get(i).number();
            Place place = layout.untouched().get(i);
            int name = LeftNote.name(PartitionTable.partUuid(image.table(), image.sectorSize(), number));
            for (LeftNote.Left here : there) {
                if (here.name() == name && !here.place().equals(place)) {
                    throw new Moved(
                            "What " + disk.name() + " has in partition " + number + " would be lost",
                            "the image has nothing of it (--if-locked skip), and on this disk it has "
                                    + Amount.text(here.place().length()) + " at "
                                    + Amount.text(here.place().start())
                                    + ", where the image's would have "
                                    + Amount.text(place.length()) + " at " + Amount.text(place.start()),
                            "Restore as the disk was restored before (--grow N, or none); or save what is in it, and wipe the disk"
                                    + " first");
                }
                if (here.name() == name) {
                    left.add(here);
                }
            }
        }
        return left;
    }

    /** What its table says, or what a restore that did not reach its end left of that. */
    private List<LeftNote.Left> there() throws IOException {
        PartitionTable table = PartitionTable.read(disk);
        if (table.sectors().kind() == Kind.NONE) {
            ByteBuffer first = ByteBuffer.allocate((int) Math.min(disk.size(), disk.sectorSize()));
            disk.read(0, first);
            return LeftNote.of(first.array());
        }
        return table.partitions().stream()
                .map(each -> new LeftNote.Left(
                        LeftNote.name(PartitionTable.partUuid(table.sectors(), disk.sectorSize(), each.number())),
                        new Place(each.start(), each.length())))
                .toList();
    }
}
