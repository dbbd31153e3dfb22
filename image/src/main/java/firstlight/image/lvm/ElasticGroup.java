package firstlight.image.lvm;

import firstlight.image.lvm.ConfigText.Section;
import firstlight.image.lvm.Rearranged.Move;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A volume group of which all physical volumes are here, and can get other lengths. Pure: what comes of it is a {@link Rearranged} for
 * each, which {@link MetadataWriter} writes.
 */
public final class ElasticGroup {
    private static final long SECTOR = 512;

    private final Section all;
    private final String name;
    private final Section group;
    private final VolumeGroup parsed;
    private final long extent;

    /** By the physical volumes' ids: their order, and what the kernel calls their disks, is another on each PC. */
    private final Map<String, ExtentRoom> rooms = new LinkedHashMap<>();

    private ElasticGroup(Section all, VolumeGroup parsed) {
        this.all = all;
        this.name = parsed.name();
        this.group = all.section(name);
        this.parsed = parsed;
        this.extent = Math.multiplyExact(group.number("extent_size"), SECTOR);
    }

    /**
     * @param volumes of the group
     * @throws IllegalArgumentException when these are not all of the group, or it cannot be changed, with why, in words
     */
    public static ElasticGroup of(List<PhysicalVolume> volumes) {
        Set<String> texts = volumes.stream().map(ElasticGroup::text).collect(Collectors.toSet());
        if (texts.size() != 1) {
            throw new IllegalArgumentException("its group's metadata are not the same on all of its physical volumes");
        }
        String text = texts.iterator().next();
        ElasticGroup elastic = new ElasticGroup(ConfigText.parse(text), VolumeGroup.parse(text));
        Map<String, Section> devices = elastic.group.section("physical_volumes").sections();
        if (devices.size() != volumes.size()) {
            throw new IllegalArgumentException(
                    "its group " + elastic.name + " lies on " + devices.size() + " physical volumes, of which "
                            + volumes.size() + (volumes.size() == 1 ? " takes part" : " take part"));
        }
        for (PhysicalVolume volume : volumes) {
            Map.Entry<String, Section> device = devices.entrySet().stream()
                    .filter(each -> each.getValue().text("id").replace("-", "").equals(volume.id()))
                    .filter(each -> !each.getValue().list("flags").contains("MISSING"))
                    .findFirst()
                    .orElseThrow(elastic::notOurs);
            elastic.rooms.put(volume.id(), ExtentRoom.of(volume, device.getKey(), device.getValue(), elastic.extent));
        }
        elastic.check(devices.keySet());
        return elastic;
    }

    private static String text(PhysicalVolume volume) {
        return volume.metadata().orElseThrow(() -> new IllegalArgumentException("it carries no metadata"));
    }

    private IllegalArgumentException notOurs() {
        return new IllegalArgumentException("its group " + name + " does not own it, or is exported");
    }

    private void check(Set<String> devices) {
        if (rooms.size() != devices.size() || group.list("status").contains("EXPORTED")) {
            throw notOurs();
        }
        for (Section logical : group.section("logical_volumes").sections().values()) {
            for (Section segment : logical.sections().values()) {
                boolean striped = segment.members().getOrDefault("type", "").equals("striped");
                boolean refers = segment.members().values().stream()
                        .anyMatch(value ->
                                value instanceof List<?> list && list.stream().anyMatch(devices::contains));
                if (!striped && refers) {
                    throw new IllegalArgumentException("a volume of its group " + name + " was being moved");
                }
            }
        }
    }

    public VolumeGroup group() {
        return parsed;
    }

    /** Octets of an extent. */
    public long extent() {
        return extent;
    }

    private ExtentRoom room(String id) {
        return Objects.requireNonNull(rooms.get(id), id);
    }

    /** Whether whole stretches of the physical volume {@code id} begin and end at multiples of {@code octets}. */
    public boolean isAligned(String id, long octets) {
        return room(id).start() % octets == 0 && extent % octets == 0;
    }

    /** Whether the file system in {@code logical} may get another size at all. */
    public boolean isOpen(LogicalVolume logical) {
        List<?> status = logical(logical).list("status");
        return logical.plain()
                && !logical.segments().isEmpty()
                && status.contains("WRITE")
                && !status.contains("LOCKED");
    }

    private Section logical(LogicalVolume logical) {
        return group.section("logical_volumes").section(logical.name().substring(name.length() + 1));
    }

    /** How many extents the physical volume {@code id} has when it has {@code length}. */
    public long extentsIn(String id, long length) {
        return room(id).extentsIn(length);
    }

    /** The least length of the physical volume {@code id} with so many extents. */
    public long lengthFor(String id, long extents) {
        return room(id).lengthFor(extents);
    }

    /** Extents of the physical volume {@code id} that some volume takes. */
    public long usedExtents(String id) {
        return GroupChange.areas(group).stream()
                .filter(area -> area.device().equals(room(id).device()))
                .mapToLong(GroupChange.Area::count)
                .sum();
    }

    /** Behind the last extent of the physical volume {@code id} that is in use. */
    public long usedEnd(String id) {
        return GroupChange.areas(group).stream()
                .filter(area -> area.device().equals(room(id).device()))
                .mapToLong(area -> area.from() + area.count())
                .max()
                .orElse(0);
    }

    /** Extents of the physical volume {@code id} that can go to no other one: of a stripe, or of what volumes are made of. */
    public long tiedExtents(String id) {
        Set<String> movable = movable();
        return GroupChange.areas(group).stream()
                .filter(area -> area.device().equals(room(id).device()))
                .filter(area -> !area.alone() || !movable.contains(area.volume()))
                .mapToLong(GroupChange.Area::count)
                .sum();
    }

    /** A half of a mirror must not come to lie beside the other one. */
    private Set<String> movable() {
        return parsed.volumes().stream()
                .filter(LogicalVolume::plain)
                .map(volume -> volume.name().substring(name.length() + 1))
                .collect(Collectors.toSet());
    }

    /** How many extents the physical volume {@code id} has behind all that lies on it. */
    public long behind(String id, Rearranged changed) {
        ExtentRoom room = room(id);
        return room.extentsIn(changed.length()) - Math.ceilDiv(changed.end() - room.start(), extent);
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
     * Extents that a volume gets behind its end.
     *
     * @param volume its name, with its group's
     * @param on the id of the physical volume that has them
     */
    public record More(String volume, String on, long extents) {}

    /**
     * The group on physical volumes of other lengths, with volumes of other lengths. One that is too short hands extents over to others.
     *
     * @param lengths of all physical volumes by their ids, in octets
     * @param kept how many extents volumes keep, by their names with their group's; others keep all
     * @param leaving the volumes of which extents may go to another physical volume, by their names with their group's
     * @return by the physical volumes' ids, all with the same text
     * @throws IllegalArgumentException when that is too much for {@code lengths}
     */
    public Map<String, Rearranged> rearranged(
            Map<String, Long> lengths, Map<String, Long> kept, List<More> more, Map<String, Departure> leaving) {
        Map<String, Long> available = new LinkedHashMap<>();
        rooms.forEach((id, room) -> available.put(room.device(), room.extentsIn(length(lengths, id))));
        Map<String, Departure> movable = new LinkedHashMap<>();
        for (String volume : movable()) {
            Departure departure = leaving.get(name + "/" + volume);
            if (departure != null) {
                movable.put(volume, departure);
            }
        }
        GroupChange change = new GroupChange(group, name, available, movable);
        Section changed = change.of(
                kept,
                more.stream()
                        .map(each -> new More(each.volume(), room(each.on()).device(), each.extents()))
                        .toList());
        Section physical = changed.section("physical_volumes");
        for (Map.Entry<String, ExtentRoom> each : rooms.entrySet()) {
            String device = each.getValue().device();
            physical = physical.with(
                    device, each.getValue().described(physical.section(device), length(lengths, each.getKey())));
        }
        changed = changed.with("seqno", group.number("seqno") + 1).with("physical_volumes", physical);
        String text = ConfigText.write(all.with(name, changed));
        VolumeGroup fresh = VolumeGroup.parse(text);
        Map<String, Rearranged> rearranged = new LinkedHashMap<>();
        rooms.forEach((id, room) -> {
            long length = length(lengths, id);
            Map<String, List<Move>> arrivals = new LinkedHashMap<>();
            rooms.forEach((from, was) -> {
                List<Move> moves = moves(was, room, change);
                if (!from.equals(id) && !moves.isEmpty()) {
                    arrivals.put(from, moves);
                }
            });
            List<Move> moves = new ArrayList<>(List.of(new Move(0, 0, room.start())));
            moves.addAll(moves(room, room, change));
            rearranged.put(id, new Rearranged(length, room.copies(length), text, fresh, moves, arrivals));
        });
        return rearranged;
    }

    private static long length(Map<String, Long> lengths, String id) {
        return Objects.requireNonNull(lengths.get(id), id);
    }

    private static List<Move> moves(ExtentRoom was, ExtentRoom now, GroupChange change) {
        return change.kept().stream()
                .filter(kept -> kept.was().equals(was.device()) && kept.now().equals(now.device()))
                .map(kept -> new Move(
                        was.start() + kept.from() * was.extent(),
                        now.start() + kept.to() * now.extent(),
                        kept.count() * was.extent()))
                .sorted(Comparator.comparingLong(Move::to))
                .toList();
    }
}
