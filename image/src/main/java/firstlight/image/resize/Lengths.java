package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.anew.OldFileSystem;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Region;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/** How short and how long a disk's regions can become. Pure, once it is there. */
public final class Lengths {
    private final Map<Long, LvmRegion> groups;
    private final Map<Long, String> whole;
    private final Map<OldFileSystem, String> bound;
    private final ToLongFunction<OldFileSystem> least;

    private Lengths(
            Map<Long, LvmRegion> groups,
            Map<Long, String> whole,
            Map<OldFileSystem, String> bound,
            ToLongFunction<OldFileSystem> least) {
        this.groups = groups;
        this.whole = whole;
        this.bound = bound;
        this.least = least;
    }

    /** As far as the maps of used blocks tell; LVM stays whole. */
    public static Lengths byMap() {
        return new Lengths(Map.of(), Map.of(), Map.of(), Elasticity::leastByMap);
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
        return new Lengths(groups, whole, Map.of(), Elasticity::leastByMap);
    }

    /** The same with another word on how short a file system can become. */
    Lengths with(ToLongFunction<OldFileSystem> other) {
        return new Lengths(groups, whole, bound, other);
    }

    /** The same with file systems that cannot grow after all, and why. */
    Lengths without(Map<OldFileSystem, String> refused) {
        Map<OldFileSystem, String> all = new HashMap<>(bound);
        all.putAll(refused);
        return new Lengths(each(group -> group.without(all.keySet())), whole, all, least);
    }

    /** The same where {@code grow} chooses among a group's volumes. */
    Lengths growing(Wishes.Grow grow) {
        return new Lengths(each(group -> group.growing(grow.volume())), whole, bound, least);
    }

    private Map<Long, LvmRegion> each(UnaryOperator<LvmRegion> change) {
        Map<Long, LvmRegion> changed = new TreeMap<>();
        groups.forEach((start, group) -> changed.put(start, change.apply(group)));
        return changed;
    }

    /** The volumes that can grow, with their groups' names. */
    List<String> volumes() {
        return groups.values().stream()
                .flatMap(group -> group.volumes().stream())
                .toList();
    }

    /** What cannot grow though its kind can, in words. */
    List<String> refusals() {
        return bound.entrySet().stream()
                .map(each -> each.getKey().name() + " stays as long as it is: " + each.getValue())
                .sorted()
                .toList();
    }

    /** Why the file system of a region cannot grow though its kind can. */
    Optional<String> refusal(Region region) {
        return Optional.ofNullable(bound.get(OldFileSystem.of(region)));
    }

    Optional<LvmRegion> group(Region region) {
        return Optional.ofNullable(groups.get(region.start()));
    }

    /** Why LVM is moved as it is. */
    Optional<String> whyWhole(Region region) {
        return Optional.ofNullable(whole.get(region.start()));
    }

    boolean grows(Region region) {
        return group(region)
                .map(LvmRegion::grows)
                .orElse(Elasticity.of(region) != Elasticity.FIXED
                        && refusal(region).isEmpty());
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
