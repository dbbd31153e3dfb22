package firstlight.image.resize;

import firstlight.image.manifest.Content;
import firstlight.image.manifest.Region;
import java.util.Optional;

/**
 * Where a region goes.
 *
 * @param start octets from the start of the disk
 * @param length that the partition will have; what does not fit into it is cut off, or moved by the file system's tool
 * @param anew the file system is made anew there, file by file
 * @param within what lies in it and gets another size, LVM's volumes or what is encrypted
 */
public record Placement(Region region, long start, long length, boolean anew, Optional<Within> within) {
    /** What goes there cell by cell. */
    public Content content() {
        return within.<Content>map(Within::content).orElse(region.content());
    }

    /** What becomes of it when LVM's volumes get another size in it. */
    public Optional<LvmLayout> group() {
        return within.filter(LvmLayout.class::isInstance).map(LvmLayout.class::cast);
    }

    public long end() {
        return start + length;
    }

    public boolean grows() {
        return length > region.length();
    }

    public boolean shrinks() {
        return length < region.length();
    }

    public boolean moves() {
        return start != region.start();
    }
}
