package firstlight.image.resize;

import firstlight.image.anew.OldFileSystem;
import firstlight.image.lvm.LogicalVolume;
import firstlight.image.lvm.Rearranged;
import firstlight.image.manifest.Content;
import java.util.List;

/**
 * LVM's volumes in a partition of another length.
 *
 * @param content the partition's, with extents where they come to lie
 * @param words what will be done, for people
 */
public record LvmLayout(Rearranged rearranged, Content.Blocks content, List<Change> changes, List<String> words)
        implements Within {
    public LvmLayout {
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

    @Override
    public boolean shrinksFileSystems() {
        return changes.stream()
                .anyMatch(change -> change.fresh().size() < change.old().size());
    }
}
