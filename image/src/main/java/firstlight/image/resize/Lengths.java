package firstlight.image.resize;

import firstlight.image.Amount;
import firstlight.image.Disk;
import firstlight.image.anew.OldFileSystem;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.luks.KeyRing;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Region;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** How short and how long a disk's regions can become. Pure, once it is there. */
public final class Lengths {
    private final Map<Long, LvmPart> groups;
    private final Map<Long, LuksRegion> encrypted;
    private final Map<Long, String> whole;
    /** Encrypted regions that do not grow even without what is in them, by their starts. */
    private final Set<Long> tied;

    private final Map<OldFileSystem, String> bound;
    private final ToLongFunction<OldFileSystem> least;

    private Lengths(
            Map<Long, LvmPart> groups,
            Map<Long, LuksRegion> encrypted,
            Map<Long, String> whole,
            Set<Long> tied,
            Map<OldFileSystem, String> bound,
            ToLongFunction<OldFileSystem> least) {
        this.groups = groups;
        this.encrypted = encrypted;
        this.whole = whole;
        this.tied = tied;
        this.bound = bound;
        this.least = least;
    }

    /** As far as the maps of used blocks tell; LVM and what is encrypted stay whole. */
    public static Lengths byMap() {
        return new Lengths(Map.of(), Map.of(), Map.of(), Set.of(), Map.of(), Elasticity::leastByMap);
    }

    /**
     * The same for each of {@code images}, with what the metadata of LVM tell and what {@code keys} open, which is read from them.
     *
     * @param only the numbers of the partitions that are restored; empty for all
     */
    static List<Lengths> byMap(List<DiskImage> images, ChunkSource source, KeyRing keys, Set<Integer> only)
            throws IOException {
        LvmGroups groups = LvmGroups.read(images, source, only);
        List<Lengths> lengths = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            Map<Long, LuksRegion> encrypted = new TreeMap<>();
            Map<Long, String> whole = new TreeMap<>(groups.reasons(i));
            Set<Long> tied = new HashSet<>();
            for (Region region : images.get(i).regions()) {
                if (LuksRegion.isEncrypted(region)) {
                    try {
                        int sectorSize = images.get(i).sectorSize();
                        encrypted.put(region.start(), LuksRegion.read(region, sectorSize, source, keys));
                    } catch (IllegalArgumentException | ArithmeticException other) {
                        whole.put(region.start(), String.valueOf(other.getMessage()));
                        if (other instanceof LuksRegion.Tied) {
                            tied.add(region.start());
                        }
                    }
                }
            }
            lengths.add(new Lengths(groups.parts(i), encrypted, whole, tied, Map.of(), Elasticity::leastByMap));
        }
        return lengths;
    }

    /** The same with another word on how short a file system can become. */
    Lengths with(ToLongFunction<OldFileSystem> other) {
        return new Lengths(groups, encrypted, whole, tied, bound, other);
    }

    /**
     * The same with file systems that cannot grow after all, and why.
     *
     * @param anywhere those of all disks: a volume of LVM may lie on several
     */
    Lengths without(Map<OldFileSystem, String> refused, Set<OldFileSystem> anywhere) {
        return new Lengths(
                each(groups, part -> part.with(group -> group.without(anywhere))),
                each(encrypted, region -> region.without(refused.keySet())),
                whole,
                tied,
                refused,
                least);
    }

    /** The same where {@code grow} chooses among a group's volumes. */
    Lengths growing(Wishes.Grow grow) {
        return new Lengths(
                each(groups, part -> part.with(group -> group.growing(grow.volume()))),
                each(encrypted, region -> region.growing(grow.volume())),
                whole,
                tied,
                bound,
                least);
    }

    /** The same once it is known how long the physical volumes of groups on several will be, by their ids. */
    Lengths settled(Map<String, Long> lengths) {
        return new Lengths(
                each(groups, part -> part.group().isOnSeveral() ? part.settled(lengths) : part),
                encrypted,
                whole,
                tied,
                bound,
                least);
    }

    /** The groups on several physical volumes that take part. */
    List<LvmGroup> several() {
        return groups.values().stream()
                .map(LvmPart::group)
                .filter(LvmGroup::isOnSeveral)
                .toList();
    }

    boolean hasSeveral() {
        return !several().isEmpty();
    }

    /**
     * The same where physical volumes grow for what those on other disks have no room for.
     *
     * @param full the groups of these, each by the ids of its physical volumes
     */
    Lengths taking(Set<Set<String>> full) {
        return new Lengths(
                each(groups, part -> full.contains(part.group().ids()) ? part.taking() : part),
                encrypted,
                whole,
                tied,
                bound,
                least);
    }

    /**
     * The same where physical volumes leave to others what they have no room for.
     *
     * @param settled the lengths of these, by their ids
     * @param most octets that are to go there: partitions beside them give what they can
     */
    Lengths handingOver(Map<String, Long> settled, long most) {
        Set<Set<String>> groupsOnce = new HashSet<>(); // two of a group on one disk would both count on the same room
        return new Lengths(
                each(
                        groups,
                        part -> part.group().isOnSeveral()
                                        && groupsOnce.add(part.group().ids())
                                ? part.handingOver(settled, most)
                                : part),
                encrypted,
                whole,
                tied,
                bound,
                least);
    }

    /** What leaves to other disks what has no room, in words. */
    List<String> handedOver() {
        return groups.values().stream()
                .filter(part -> part.others().isPresent())
                .map(part -> "of the group " + part.group().name()
                        + " (LVM) its other disks can take, and its file systems give, "
                        + Amount.text(part.spare(least)))
                .toList();
    }

    private static <T> Map<Long, T> each(Map<Long, T> regions, UnaryOperator<T> change) {
        Map<Long, T> changed = new TreeMap<>();
        regions.forEach((start, region) -> changed.put(start, change.apply(region)));
        return changed;
    }

    /** The volumes that can grow, with their groups' names. */
    List<String> volumes() {
        return Stream.concat(
                        groups.values().stream(), encrypted.values().stream().flatMap(each -> each.volumes().stream()))
                .flatMap(part -> part.volumes().stream())
                .toList();
    }

    /** Those that can grow with {@code region}. */
    List<String> volumes(Region region) {
        return group(region)
                .or(() -> opened(region).flatMap(LuksRegion::volumes))
                .map(LvmPart::volumes)
                .orElse(List.of());
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

    Optional<LvmPart> group(Region region) {
        return Optional.ofNullable(groups.get(region.start()));
    }

    private Optional<LuksRegion> opened(Region region) {
        return Optional.ofNullable(encrypted.get(region.start()));
    }

    /** The physical volume's id, when its group lies on others as well and takes part. */
    Optional<String> onSeveral(Region region) {
        return group(region).filter(part -> part.group().isOnSeveral()).map(LvmPart::id);
    }

    /** Why LVM is moved as it is, or what is encrypted stays as long as it is. */
    Optional<String> whyWhole(Region region) {
        return Optional.ofNullable(whole.get(region.start()))
                .or(() -> opened(region).flatMap(LuksRegion::whyWhole));
    }

    /** What is encrypted grows without a key as well: the header names no length. */
    boolean grows(Region region) {
        return (LuksRegion.isEncrypted(region) && !tied.contains(region.start()))
                || group(region)
                        .map(LvmPart::grows)
                        .orElse(Elasticity.of(region) != Elasticity.FIXED
                                && refusal(region).isEmpty());
    }

    /** Whether it grows for what other disks have no room for. */
    boolean takes(Region region) {
        return group(region).map(LvmPart::takes).orElse(false);
    }

    boolean shrinks(Region region) {
        return group(region).isPresent()
                || opened(region).map(LuksRegion::shrinks).orElse(false)
                || Elasticity.of(region) == Elasticity.GROWS_AND_SHRINKS;
    }

    long least(Region region) {
        return group(region)
                .map(group -> group.least(least))
                .or(() -> opened(region).map(opened -> opened.least(least)))
                .orElseGet(() -> least.applyAsLong(OldFileSystem.of(region)));
    }

    /** What becomes of what lies in a partition when that gets {@code length} octets; empty when nothing does. */
    Optional<Within> within(Region region, long length) {
        return group(region)
                .<Within>flatMap(part -> part.layout(length, least))
                .or(() -> opened(region)
                        .filter(_ -> length != region.length())
                        .flatMap(opened -> opened.layout(length, least)));
    }

    /** Each file system that can get another size, on {@code image}, which is the region; none of a group that lies on others, too. */
    void eachElastic(Region region, Disk image, LvmGroup.Visitor visitor) throws IOException {
        Optional<LvmPart> group = group(region);
        if (group.isPresent()) {
            if (!group.get().group().isOnSeveral()) {
                group.get().eachElastic(image, visitor);
            }
        } else if (opened(region).isPresent()) {
            opened(region).get().eachElastic(image, visitor);
        } else if (Elasticity.of(region) != Elasticity.FIXED) {
            visitor.visit(OldFileSystem.of(region), image);
        }
    }
}
