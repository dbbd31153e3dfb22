package firstlight.image.lvm;

import firstlight.image.lvm.ConfigText.Section;
import firstlight.image.lvm.Rearranged.Move;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A volume group that lies on one physical volume, and can get another length with it. Pure: what comes of it is a
 * {@link Rearranged}, which {@link MetadataWriter} writes.
 */
public final class SingleGroup {
    private static final long SECTOR = 512;
    private static final long ALIGNMENT = 4096;

    private final PhysicalVolume volume;
    private final Section all;
    private final String name;
    private final Section group;
    private final String device;
    private final VolumeGroup parsed;
    private final long extent;
    private final long start;
    private final long count;
    /** What lies behind the extents: from the first metadata area there to the volume's end. */
    private final long tail;

    private SingleGroup(PhysicalVolume volume, Section all, String name, String device, VolumeGroup parsed) {
        this.volume = volume;
        this.all = all;
        this.name = name;
        this.group = all.section(name);
        this.device = device;
        this.parsed = parsed;
        this.extent = Math.multiplyExact(group.number("extent_size"), SECTOR);
        Section physical = physical();
        this.start = Math.multiplyExact(physical.number("pe_start"), SECTOR);
        this.count = physical.number("pe_count");
        this.tail = volume.copies().stream()
                .filter(copy -> copy[0] >= start)
                .mapToLong(copy -> volume.source().size() - copy[0])
                .max()
                .orElse(0);
    }

    private Section physical() {
        return group.section("physical_volumes").section(device);
    }

    /** @throws IllegalArgumentException when it is not such a group, with what it is, in words */
    public static SingleGroup of(PhysicalVolume volume) {
        String text = volume.metadata().orElseThrow(() -> new IllegalArgumentException("it carries no metadata"));
        Section all = ConfigText.parse(text);
        VolumeGroup parsed = VolumeGroup.parse(text);
        Section group = all.section(parsed.name());
        Map<String, Section> devices = group.section("physical_volumes").sections();
        if (devices.size() != 1) {
            throw new IllegalArgumentException(
                    "its group " + parsed.name() + " lies on " + devices.size() + " physical volumes");
        }
        SingleGroup single = new SingleGroup(
                volume, all, parsed.name(), devices.keySet().iterator().next(), parsed);
        single.check();
        return single;
    }

    private void check() {
        if (!parsed.places().containsKey(volume.id())
                || physical().list("flags").contains("MISSING")
                || group.list("status").contains("EXPORTED")) {
            throw new IllegalArgumentException("its group " + name + " does not own it, or is exported");
        }
        long end = start + count * extent;
        boolean known = volume.areas().stream().allMatch(area -> area[1] <= start || area[0] >= end);
        if (end + tail > volume.source().size() || !known) {
            throw new IllegalArgumentException("its metadata and its extents lie one over the other");
        }
        long longest = volume.metadata().orElse("").length() + (1L << 13);
        if (volume.copies().stream().anyMatch(copy -> copy[1] - copy[0] < longest + PhysicalVolume.MDA_HEADER)) {
            throw new IllegalArgumentException("its metadata area is full");
        }
        for (Section logical : group.section("logical_volumes").sections().values()) {
            for (Section segment : logical.sections().values()) {
                boolean striped = segment.members().getOrDefault("type", "").equals("striped");
                boolean refers = segment.members().values().stream()
                        .anyMatch(value -> value instanceof List<?> list && list.contains(device));
                if (!striped && refers) {
                    throw new IllegalArgumentException("a volume of its group " + name + " was being moved");
                }
            }
        }
    }

    public PhysicalVolume volume() {
        return volume;
    }

    public VolumeGroup group() {
        return parsed;
    }

    /** Octets of an extent. */
    public long extent() {
        return extent;
    }

    /** Whether whole stretches of it begin and end at multiples of {@code octets}. */
    public boolean isAligned(long octets) {
        return start % octets == 0 && extent % octets == 0;
    }

    /** Whether the file system in {@code logical} may get another size at all. */
    public boolean isOpen(LogicalVolume logical) {
        List<?> status = logical(logical).list("status");
        return logical.plain() && status.contains("WRITE") && !status.contains("LOCKED");
    }

    private Section logical(LogicalVolume logical) {
        return group.section("logical_volumes").section(logical.name().substring(name.length() + 1));
    }

    /** How many extents a physical volume of {@code length} has. */
    public long extentsIn(long length) {
        return Math.max(0, (end(length) - start) / extent);
    }

    private long end(long length) {
        return tail == 0 ? length : (length - tail) / ALIGNMENT * ALIGNMENT;
    }

    /** The least length of a physical volume with so many extents. */
    public long lengthFor(long extents) {
        return start + extents * extent + (tail == 0 ? 0 : tail + ALIGNMENT);
    }

    /** Extents of the physical volume that some volume takes. */
    public long usedExtents() {
        return GroupChange.areas(group).stream()
                .mapToLong(GroupChange.Area::count)
                .sum();
    }

    /** Behind the last extent that is in use. */
    public long usedEnd() {
        return GroupChange.areas(group).stream()
                .mapToLong(area -> area.from() + area.count())
                .max()
                .orElse(0);
    }

    /** How many extents {@code logical} has when it should have {@code wanted} at least, or at most: stripes end together. */
    public long whole(LogicalVolume logical, long wanted, boolean atLeast) {
        for (Section segment : logical(logical).sections().values()) {
            long first = segment.number("start_extent");
            long stripes = Math.max(1, segment.list("stripes").size() / 2);
            if (first < wanted && wanted < first + segment.number("extent_count")) {
                long inside = wanted - first;
                return first + (atLeast ? Math.ceilDiv(inside, stripes) : inside / stripes) * stripes;
            }
        }
        return wanted;
    }

    /**
     * The group on a physical volume of {@code length}, with volumes of other lengths.
     *
     * @param extents by the volume's name, with its group's; others stay as long as they are
     * @throws IllegalArgumentException when that is too much for {@code length}
     */
    public Rearranged rearranged(long length, Map<String, Long> extents) {
        long available = extentsIn(length);
        GroupChange change = new GroupChange(group, device, name);
        List<Move> moves = new ArrayList<>(List.of(new Move(0, 0, start)));
        Section changed = change.of(available, extents);
        for (GroupChange.Kept kept : change.kept()) {
            moves.add(new Move(start + kept.from() * extent, start + kept.to() * extent, kept.count() * extent));
        }
        moves.sort(Comparator.comparingLong(Move::to));
        Section physical = changed.section("physical_volumes")
                .section(device)
                .with("dev_size", length / SECTOR)
                .with("pe_count", available);
        changed = changed.with("seqno", group.number("seqno") + 1)
                .with("physical_volumes", changed.section("physical_volumes").with(device, physical));
        String text = ConfigText.write(all.with(name, changed));
        List<Long> copies = volume.copies().stream()
                .map(copy -> copy[0] < start
                        ? copy[0]
                        : end(length) + copy[0] - (volume.source().size() - tail))
                .toList();
        return new Rearranged(length, copies, text, VolumeGroup.parse(text), moves);
    }
}
