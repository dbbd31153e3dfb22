package firstlight.image.resize;

import firstlight.image.anew.OldFileSystem;
import firstlight.image.luks.LuksKey;
import firstlight.image.manifest.Content;
import java.util.List;

/**
 * What is encrypted in a partition of another length.
 *
 * @param content the partition's that stays where it is; where a file system is made anew, the header alone
 */
public record LuksLayout(LuksKey key, Content.Blocks content, Inside inside, List<String> words) implements Within {
    public LuksLayout {
        words = List.copyOf(words);
    }

    /** What gets another length. */
    public sealed interface Inside {
        /**
         * The only one.
         *
         * @param length octets that it will have
         * @param anew it is made anew, file by file
         */
        record OneFileSystem(OldFileSystem old, long length, boolean anew) implements Inside {}

        /**
         * A group of LVM.
         *
         * @param moved extents that do not stay where they are
         */
        record Volumes(LvmLayout layout, MovedExtents moved) implements Inside {}
    }

    @Override
    public boolean shrinksFileSystems() {
        return switch (inside) {
            case Inside.OneFileSystem one -> one.length() < one.old().length();
            case Inside.Volumes volumes -> volumes.layout().shrinksFileSystems();
        };
    }
}
