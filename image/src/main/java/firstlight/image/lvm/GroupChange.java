package firstlight.image.lvm;

import firstlight.image.lvm.ConfigText.Section;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A volume group's text with volumes of other lengths, on physical volumes with other numbers of extents. The extents of a physical volume
 * stay where they are if all of them may; else all of them are placed anew on it, side by side in their old order, and behind them what
 * another one hands over ({@link Handover}). Only segments of type "striped" name extents: thin pools, snapshots, caches and raids are made
 * of volumes that have such, and go along unseen.
 */
final class GroupChange {
    private final Section group;
    private final String name;
    private final Map<String, Long> available;
    private final Map<String, Departure> movable;
    /** By physical volume, the first extent behind all that is placed on it. */
    private final Map<String, Long> free = new HashMap<>();

    private final List<Kept> kept = new ArrayList<>();

    /**
     * @param available how many extents each physical volume will have, by what the text calls it
     * @param movable the volumes of which extents may go to another physical volume
     */
    GroupChange(Section group, String name, Map<String, Long> available, Map<String, Departure> movable) {
        this.group = group;
        this.name = name;
        this.available = new LinkedHashMap<>(available);
        this.movable = Map.copyOf(movable);
    }

    /**
     * Extents of a physical volume that one stripe of one segment takes, without a gap.
     *
     * @param start of the segment in its volume, in extents
     * @param alone the segment has no other stripe
     * @param device the physical volume, as the text calls it: {@code pv0}
     * @param from its first extent there, and {@code count} how many
     */
    record Area(
            String volume,
            String segment,
            long start,
            int stripe,
            boolean alone,
            String device,
            long from,
            long count) {}

    /**
     * Extents that stay in use, in their order within their volume.
     *
     * @param from where it was, in extents of the physical volume {@code was}
     * @param to where it is now, in extents of {@code now}
     */
    record Kept(String was, long from, String now, long to, long count) {}

    /** What stays in use, where it was and where it is now; filled by {@link #of}. */
    List<Kept> kept() {
        return List.copyOf(kept);
    }

    /** In the text's order. A segment's extents are dealt evenly over its stripes. */
    static List<Area> areas(Section group) {
        List<Area> areas = new ArrayList<>();
        group.section("logical_volumes")
                .sections()
                .forEach((volume, logical) -> logical.sections().forEach((segment, section) -> {
                    if (section.members().getOrDefault("type", "").equals("striped")) {
                        List<?> stripes = section.list("stripes");
                        long count = section.number("extent_count") / Math.max(1, stripes.size() / 2);
                        for (int i = 0; i + 1 < stripes.size(); i += 2) {
                            String device = String.valueOf(stripes.get(i));
                            areas.add(new Area(
                                    volume,
                                    segment,
                                    section.number("start_extent"),
                                    i / 2,
                                    stripes.size() == 2,
                                    device,
                                    (Long) stripes.get(i + 1),
                                    count));
                        }
                    }
                }));
        return areas;
    }

    /**
     * @param wanted how many extents volumes keep, by their names with their group's; others keep all
     * @param more what volumes get behind their ends, where {@link ElasticGroup.More#on} is what the text calls the physical volume
     * @return the group's text with {@code seqno} as it was: whoever writes it counts on
     * @throws IllegalArgumentException when a physical volume has too few extents
     */
    Section of(Map<String, Long> wanted, List<ElasticGroup.More> more) {
        Map<String, Object> volumes = new LinkedHashMap<>();
        group.section("logical_volumes").members().forEach((volume, value) -> {
            Long keeps = wanted.get(name + "/" + volume);
            volumes.put(
                    volume,
                    value instanceof Section logical ? ordered(keeps == null ? logical : cut(logical, keeps)) : value);
        });
        Handover handover = new Handover(available, movable);
        Section handed = handover.of(group.with("logical_volumes", new Section(volumes)));
        volumes.putAll(handed.section("logical_volumes").members());
        Map<Area, Kept> places = places(areas(handed), handover);
        places.values().forEach(place -> {
            kept.add(place);
            free.merge(place.now(), place.to() + place.count(), Math::max);
        });
        for (Map.Entry<String, Object> each : volumes.entrySet()) {
            if (each.getValue() instanceof Section logical) {
                each.setValue(ordered(extended(each.getKey(), placed(each.getKey(), logical, places), more)));
            }
        }
        available.forEach((device, extents) -> {
            long needed = free.getOrDefault(device, 0L);
            if (needed > extents) {
                throw new IllegalArgumentException(
                        name + " needs " + needed + " extents, its physical volume has " + extents);
            }
        });
        return group.with("logical_volumes", new Section(volumes));
    }

    private Map<Area, Kept> places(List<Area> areas, Handover handover) {
        Map<Area, Kept> places = new LinkedHashMap<>();
        available.forEach((device, extents) -> {
            List<Area> there = areas.stream()
                    .filter(area -> handover.device(area).equals(device))
                    .sorted(Comparator.comparing((Area area) -> !area.device().equals(device))
                            .thenComparingLong(Area::from))
                    .toList();
            long end = there.stream()
                    .filter(area -> area.device().equals(device))
                    .mapToLong(area -> area.from() + area.count())
                    .max()
                    .orElse(0);
            long coming = there.stream()
                    .filter(area -> !area.device().equals(device))
                    .mapToLong(Area::count)
                    .sum();
            boolean stay = end + coming <= extents;
            long next = 0;
            for (Area area : there) {
                boolean here = area.device().equals(device);
                long to = !stay ? next : here ? area.from() : Math.max(next, end);
                places.put(area, new Kept(area.device(), area.from(), device, to, area.count()));
                next = stay && here ? next : to + area.count();
            }
        });
        return places;
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

    /**
     * LVM (2.03, _insert_segment) counts no extents of a segment that the text has behind a later one. What is added is called by how many
     * there are, and overwrites none.
     */
    private static Section ordered(Section logical) {
        Map<String, Object> members = new LinkedHashMap<>();
        logical.members().forEach((key, value) -> {
            if (!(value instanceof Section)) {
                members.put(key, value);
            }
        });
        List<Section> segments = new ArrayList<>(logical.sections().values());
        segments.sort(Comparator.comparingLong(segment -> segment.number("start_extent")));
        for (int i = 0; i < segments.size(); i++) {
            members.put("segment" + (i + 1), segments.get(i));
        }
        return new Section(members);
    }

    static long count(Map<String, Object> members) {
        return members.values().stream().filter(Section.class::isInstance).count();
    }

    private static Section placed(String volume, Section logical, Map<Area, Kept> places) {
        Map<String, List<Object>> stripes = new HashMap<>();
        places.forEach((area, place) -> {
            if (area.volume().equals(volume)) {
                List<Object> of = stripes.computeIfAbsent(
                        area.segment(),
                        segment -> new ArrayList<>(logical.section(segment).list("stripes")));
                of.set(2 * area.stripe(), place.now());
                of.set(2 * area.stripe() + 1, place.to());
            }
        });
        Section placed = logical;
        for (Map.Entry<String, List<Object>> each : stripes.entrySet()) {
            placed = placed.with(each.getKey(), logical.section(each.getKey()).with("stripes", each.getValue()));
        }
        return placed;
    }

    private Section extended(String volume, Section logical, List<ElasticGroup.More> more) {
        Section extended = logical;
        for (ElasticGroup.More each : more) {
            if (each.volume().equals(name + "/" + volume) && each.extents() > 0) {
                long first = free.getOrDefault(each.on(), 0L);
                extended = extended(extended, each.on(), first, each.extents());
                free.put(each.on(), first + each.extents());
            }
        }
        return extended;
    }

    /** Joined to the last segment where it lies straight behind it on the same physical volume; else a segment more. */
    private Section extended(Section logical, String device, long first, long more) {
        Map.Entry<String, Section> last = logical.sections().entrySet().stream()
                .max(Comparator.comparingLong(each -> each.getValue().number("start_extent")))
                .orElseThrow(() -> new IllegalArgumentException("a volume of " + name + " has no segment"));
        Section segment = last.getValue();
        long count = segment.number("extent_count");
        boolean behind = segment.list("stripes").equals(List.of(device, first - count));
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
