package firstlight.image.resize;

import firstlight.image.table.Place;
import firstlight.image.table.TableSectors.Run;
import java.util.List;

/**
 * An image on a certain disk, before anything is written.
 *
 * @param table the partition table's sectors; empty when the disk keeps its own or has none
 * @param placements by rising start
 * @param untouched partitions of which the image has nothing: what is there stays
 * @param ownTable the disk's own table stays: only some partitions are restored
 * @param words what will be done, for people
 * @param notes what will be lost, or has to be done by hand afterwards
 */
public record DiskLayout(
        List<Run> table,
        List<Placement> placements,
        List<Place> untouched,
        boolean ownTable,
        List<String> words,
        List<String> notes) {
    public DiskLayout {
        table = List.copyOf(table);
        placements = List.copyOf(placements);
        untouched = List.copyOf(untouched);
        words = List.copyOf(words);
        notes = List.copyOf(notes);
    }
}
