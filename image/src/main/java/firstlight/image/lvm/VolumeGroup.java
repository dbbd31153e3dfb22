package firstlight.image.lvm;

import firstlight.image.lvm.ConfigText.Section;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A volume group as its metadata describes it.
 *
 * @param sequence rises with every change
 * @param places where extents begin and end, by the id of the physical volume
 */
public record VolumeGroup(String name, long sequence, Map<String, Place> places, List<LogicalVolume> volumes) {
    private static final long SECTOR = 512;

    public VolumeGroup {
        places = Map.copyOf(places);
        volumes = List.copyOf(volumes);
    }

    /** Of a physical volume: its extents' start and their end, in octets. */
    public record Place(long start, long end) {}

    /** @throws IllegalArgumentException when {@code text} is not the metadata of a volume group */
    public static VolumeGroup parse(String text) {
        Map<String, Section> found = ConfigText.parse(text).sections();
        if (found.size() != 1) {
            throw new IllegalArgumentException("its metadata tells of " + found.size() + " volume groups");
        }
        Map.Entry<String, Section> only = found.entrySet().iterator().next();
        Section group = only.getValue();
        long extent = Math.multiplyExact(group.number("extent_size"), SECTOR);
        Map<String, String> ids = new LinkedHashMap<>();
        Map<String, Place> places = new LinkedHashMap<>();
        group.section("physical_volumes").sections().forEach((name, volume) -> {
            String id = volume.text("id").replace("-", "");
            long start = Math.multiplyExact(volume.number("pe_start"), SECTOR);
            ids.put(name, id);
            places.put(id, new Place(start, start + Math.multiplyExact(volume.number("pe_count"), extent)));
        });
        Map<String, Section> volumes = group.section("logical_volumes").sections();
        Set<String> parts = parts(volumes);
        List<LogicalVolume> logical = new ArrayList<>();
        volumes.forEach((name, volume) -> {
            boolean alone = volume.list("status").contains("VISIBLE") && !parts.contains(name);
            logical.add(volume(only.getKey() + "/" + name, volume, alone, extent, ids, places));
        });
        return new VolumeGroup(only.getKey(), group.number("seqno"), places, logical);
    }

    /**
     * Volumes that others are made of or refer to: what is free in a snapshot's origin may still be in use in the snapshot.
     */
    private static Set<String> parts(Map<String, Section> volumes) {
        Set<String> parts = new HashSet<>();
        for (Section volume : volumes.values()) {
            for (Section segment : volume.sections().values()) {
                segment.members().forEach((key, value) -> {
                    if (!key.equals("type")) { // a volume may well be called "striped"
                        named(value, volumes.keySet(), parts);
                    }
                });
            }
        }
        return parts;
    }

    private static void named(Object value, Collection<String> names, Set<String> parts) {
        if (value instanceof List<?> list) {
            list.forEach(each -> named(each, names, parts));
        } else if (value instanceof String text && names.contains(text)) {
            parts.add(text);
        }
    }

    private static LogicalVolume volume(
            String name, Section volume, boolean alone, long extent, Map<String, String> ids, Map<String, Place> all) {
        List<Segment> segments = new ArrayList<>();
        boolean plain = alone;
        long size = 0;
        for (Section section : volume.sections().values()) {
            long start = section.number("start_extent") * extent;
            long length = section.number("extent_count") * extent;
            size = Math.max(size, start + length);
            List<?> stripes = section.list("stripes");
            if (!section.text("type").equals("striped") || stripes.isEmpty()) {
                plain = false;
                continue;
            }
            List<Segment.Stripe> on = new ArrayList<>();
            for (int i = 0; i + 1 < stripes.size(); i += 2) {
                String id = ids.get(String.valueOf(stripes.get(i)));
                if (id == null || !(stripes.get(i + 1) instanceof Long first)) {
                    throw new IllegalArgumentException("the segments of " + name + " lie nowhere");
                }
                Place place = Objects.requireNonNull(all.get(id));
                on.add(new Segment.Stripe(id, place.start() + first * extent));
            }
            long stripe = on.size() == 1 ? length : section.number("stripe_size") * SECTOR;
            segments.add(new Segment(start, length, stripe, on));
        }
        segments.sort(Comparator.comparingLong(Segment::start));
        return new LogicalVolume(name, size, plain, segments);
    }
}
