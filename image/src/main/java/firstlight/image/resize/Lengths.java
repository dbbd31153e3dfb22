package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.anew.OldFileSystem;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Region;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** How short and how long a disk's regions can become. Pure, once it is there. */
public final class Lengths {
    private final Map<Long, LvmRegion> groups;
    private final Map<Long, String> whole;
    private final ToLongFunction<OldFileSystem> least;

    private Lengths(Map<Long, LvmRegion> groups, Map<Long, String> whole, ToLongFunction<OldFileSystem> least) {
        this.groups = groups;
        this.whole = whole;
        this.least = least;
    }

    /** As far as the maps of used blocks tell; LVM stays whole. */
    public static Lengths byMap() {
        return new Lengths(Map.of(), Map.of(), Elasticity::leastByMap);
    }

    /** The same, with what the metadata of LVM tell, which are read from the image. */
    static Lengths byMap(DiskImage image, ChunkSource source) throws IOException {
        Map<Long, LvmRegion> groups = new TreeMap<>();
        Map<Long, String> whole = new TreeMap<>();
        for (Region region : image.regions()) {
            if (LvmRegion.isPhysicalVolume(region)) {
                try {
                    groups.put(region.start(), LvmRegion.read(region, image.sectorSize(), source));
                } catch (IllegalArgumentException | ArithmeticException other) {
                    whole.put(region.start(), String.valueOf(other.getMessage()));
                }
            }
        }
        return new Lengths(groups, whole, Elasticity::leastByMap);
    }

    /** The same with another word on how short a file system can become. */
    Lengths with(ToLongFunction<OldFileSystem> other) {
        return new Lengths(groups, whole, other);
    }

    Optional<LvmRegion> group(Region region) {
        return Optional.ofNullable(groups.get(region.start()));
    }

    /** Why LVM is moved as it is. */
    Optional<String> whyWhole(Region region) {
        return Optional.ofNullable(whole.get(region.start()));
    }

    boolean grows(Region region) {
        return group(region).map(LvmRegion::grows).orElse(Elasticity.of(region) != Elasticity.FIXED);
    }

    boolean shrinks(Region region) {
        return group(region).isPresent() || Elasticity.of(region) == Elasticity.GROWS_AND_SHRINKS;
    }

    long least(Region region) {
        return group(region)
                .map(group -> group.least(least))
                .orElseGet(() -> least.applyAsLong(OldFileSystem.of(region)));
    }

    /** What becomes of LVM's volumes when their partition gets {@code length} octets; empty when it had so many. */
    Optional<LvmLayout> within(Region region, long length) {
        return length == region.length() ? Optional.empty() : group(region).map(group -> group.layout(length, least));
    }

    /** Each file system that can get another size, on {@code image}, which is the region. */
    void eachElastic(Region region, Disk image, LvmRegion.Visitor visitor) throws IOException {
        Optional<LvmRegion> group = group(region);
        if (group.isPresent()) {
            group.get().eachElastic(image, visitor);
        } else if (Elasticity.of(region) != Elasticity.FIXED) {
            visitor.visit(OldFileSystem.of(region), image);
        }
    }
}
