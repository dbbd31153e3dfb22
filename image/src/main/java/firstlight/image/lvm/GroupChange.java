package firstlight.image.lvm;

import firstlight.image.lvm.ConfigText.Section;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A volume group's text with volumes of other lengths, on a physical volume with another number of extents. Extents stay where
 * they are if all of them may; else all are placed anew, side by side in their old order. Only segments of type "striped" name
 * extents: thin pools, snapshots, caches and raids are made of volumes that have such, and go along unseen.
 */
final class GroupChange {
    private final Section group;
    private final String device;
    private final String name;
    private final List<Kept> kept = new ArrayList<>();

    GroupChange(Section group, String device, String name) {
        this.group = group;
        this.device = device;
        this.name = name;
    }

    /** Extents of the physical volume that one stripe of one segment takes, without a gap. */
    record Area(String volume, String segment, int stripe, long from, long count) {}

    /** Extents that stay in use, in their order within their volume. */
    record Kept(long from, long to, long count) {}

    /** Of {@link #of}. */
    List<Kept> kept() {
        return List.copyOf(kept);
    }

    static List<Area> areas(Section group) {
        List<Area> areas = new ArrayList<>();
        group.section("logical_volumes")
                .sections()
                .forEach((volume, logical) -> logical.sections().forEach((segment, section) -> {
                    if (section.members().getOrDefault("type", "").equals("striped")) {
                        List<?> stripes = section.list("stripes");
                        long count = section.number("extent_count") / Math.max(1, stripes.size() / 2);
                        for (int i = 0; i + 1 < stripes.size(); i += 2) {
                            areas.add(new Area(volume, segment, i / 2, (Long) stripes.get(i + 1), count));
                        }
                    }
                }));
        return areas;
    }

    /**
     * @param available extents of the physical volume
     * @param extents by the volume's name, with its group's
     */
    Section of(long available, Map<String, Long> extents) {
        Map<String, Object> volumes = new LinkedHashMap<>();
        group.section("logical_volumes").members().forEach((volume, value) -> {
            Long wanted = extents.get(name + "/" + volume);
            volumes.put(volume, value instanceof Section logical && wanted != null ? cut(logical, wanted) : value);
        });
        Section cut = group.with("logical_volumes", new Section(volumes));
        Map<Area, Long> places = places(areas(cut), available);
        places.forEach((area, to) -> kept.add(new Kept(area.from(), to, area.count())));
        long free = places.entrySet().stream()
                .mapToLong(each -> each.getValue() + each.getKey().count())
                .max()
                .orElse(0);
        for (Map.Entry<String, Object> each : volumes.entrySet()) {
            if (each.getValue() instanceof Section logical) {
                Section placed = placed(each.getKey(), logical, places);
                long more = extents.getOrDefault(name + "/" + each.getKey(), 0L) - length(logical);
                if (more > 0) {
                    placed = extended(placed, free, more);
                    free += more;
                }
                each.setValue(placed);
            }
        }
        if (free > available) {
            throw new IllegalArgumentException(
                    name + " needs " + free + " extents, its physical volume has " + available);
        }
        return group.with("logical_volumes", new Section(volumes));
    }

    private static Map<Area, Long> places(List<Area> areas, long available) {
        Map<Area, Long> places = new LinkedHashMap<>();
        boolean stay = areas.stream().allMatch(area -> area.from() + area.count() <= available);
        long next = 0;
        for (Area area :
                areas.stream().sorted(Comparator.comparingLong(Area::from)).toList()) {
            places.put(area, stay ? area.from() : next);
            next += area.count();
        }
        return places;
    }

    private static long length(Section logical) {
        return logical.sections().values().stream()
                .mapToLong(segment -> segment.number("extent_count"))
                .sum();
    }

    /** Its segments up to {@code wanted} extents, which cut no stripe. */
    private static Section cut(Section logical, long wanted) {
        Map<String, Object> members = new LinkedHashMap<>();
        logical.members().forEach((key, value) -> {
            if (!(value instanceof Section segment)) {
                members.put(key, value);
                return;
            }
            long left = wanted - segment.number("start_extent");
            if (left > 0) {
                members.put(key, segment.with("extent_count", Math.min(left, segment.number("extent_count"))));
            }
        });
        return new Section(members).with("segment_count", count(members));
    }

    private static long count(Map<String, Object> members) {
        return members.values().stream().filter(Section.class::isInstance).count();
    }

    private Section placed(String volume, Section logical, Map<Area, Long> places) {
        Map<String, List<Object>> stripes = new HashMap<>();
        places.forEach((area, to) -> {
            if (area.volume().equals(volume)) {
                List<Object> of = stripes.computeIfAbsent(
                        area.segment(),
                        segment -> new ArrayList<>(logical.section(segment).list("stripes")));
                of.set(2 * area.stripe() + 1, to);
            }
        });
        Section placed = logical;
        for (Map.Entry<String, List<Object>> each : stripes.entrySet()) {
            placed = placed.with(each.getKey(), logical.section(each.getKey()).with("stripes", each.getValue()));
        }
        return placed;
    }

    private Section extended(Section logical, long first, long more) {
        Map.Entry<String, Section> last = logical.sections().entrySet().stream()
                .max(Comparator.comparingLong(each -> each.getValue().number("start_extent")))
                .orElseThrow(() -> new IllegalArgumentException("a volume of " + name + " has no segment"));
        Section segment = last.getValue();
        long count = segment.number("extent_count");
        boolean behind = segment.list("stripes").size() == 2
                && segment.list("stripes").get(1) instanceof Long from
                && from + count == first;
        if (behind) {
            return logical.with(last.getKey(), segment.with("extent_count", count + more));
        }
        Map<String, Object> added = new LinkedHashMap<>();
        added.put("start_extent", segment.number("start_extent") + count);
        added.put("extent_count", more);
        added.put("type", "striped");
        added.put("stripe_count", 1L);
        added.put("stripes", List.of(device, first));
        long number = count(logical.members()) + 1;
        return logical.with("segment_count", number).with("segment" + number, new Section(added));
    }
}
