package firstlight.image.resize;

import firstlight.image.anew.OldFileSystem;
import firstlight.image.lvm.LogicalVolume;
import firstlight.image.lvm.Rearranged;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Region;
import java.util.List;
import java.util.Map;

/**
 * LVM's volumes in a partition of another length, or in one whose group lies on others, too, that get another.
 *
 * @param content the partition's, with extents where they come to lie; of no use where it is encrypted
 * @param moves all that is kept of it, but for what is made anew
 * @param changes of the group, told by one of its physical volumes
 * @param group all physical volumes of the group as the image has them, by their ids
 * @param words what will be done, for people; told by the same one
 */
public record LvmLayout(
        Rearranged rearranged,
        Content.Blocks content,
        List<Rearranged.Move> moves,
        List<Change> changes,
        Map<String, Region> group,
        List<String> words)
        implements Within {
    public LvmLayout {
        group = Map.copyOf(group);
        moves = List.copyOf(moves);
        changes = List.copyOf(changes);
        words = List.copyOf(words);
    }

    /**
     * A volume that gets another length.
     *
     * @param old where it lies in the image
     * @param fresh where it will lie
     * @param anew its file system is made anew, file by file
     */
    public record Change(OldFileSystem fileSystem, LogicalVolume old, LogicalVolume fresh, boolean anew) {}

    /** Whether it is of the same group, whose physical volumes all have one text. */
    public boolean isWith(LvmLayout other) {
        return rearranged.text().equals(other.rearranged.text());
    }

    @Override
    public boolean shrinksFileSystems() {
        return changes.stream()
                .anyMatch(change -> change.fresh().size() < change.old().size());
    }
}
