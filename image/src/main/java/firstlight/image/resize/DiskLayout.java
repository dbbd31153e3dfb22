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
 * @param tails of the disk's own partitions, behind shorter ones that are laid down in them
 * @param words what will be done, for people
 * @param notes what will be lost, or has to be done by hand afterwards
 */
public record DiskLayout(
        List<Run> table,
        List<Placement> placements,
        List<Place> untouched,
        boolean ownTable,
        List<Place> tails,
        List<String> words,
        List<String> notes) {
    public DiskLayout {
        table = List.copyOf(table);
        placements = List.copyOf(placements);
        untouched = List.copyOf(untouched);
        tails = List.copyOf(tails);
        words = List.copyOf(words);
        notes = List.copyOf(notes);
    }

    /** Of a whole disk, or of partitions that are filled. */
    public DiskLayout(
            List<Run> table,
            List<Placement> placements,
            List<Place> untouched,
            boolean ownTable,
            List<String> words,
            List<String> notes) {
        this(table, placements, untouched, ownTable, List.of(), words, notes);
    }
}
