package firstlight.image.lvm;

import firstlight.image.lvm.ConfigText.Section;
import firstlight.image.lvm.GroupChange.Area;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which extents leave a physical volume that has too few for them, and for which other one. The last ones of a volume that lies on that
 * already; else a volume that goes there whole; else one that must lie on both from now on. The one that gives most at once comes first:
 * few are to be torn apart. What the PC may start from goes when no other can: a firmware may show a boot loader one disk only.
 */
final class Handover {
    private final Map<String, Long> available;
    private final Map<String, Departure> movable;
    /** Where a segment goes, whole. */
    private final Map<Of, String> handed = new HashMap<>();

    private record Of(String volume, String segment) {
        static Of area(Area area) {
            return new Of(area.volume(), area.segment());
        }
    }

    /** What {@code volume} could give. */
    private record Offer(String volume, Departure departure, String to, int rank, long gives, long has) {
        /** Before others: of those that go whole the shortest. */
        private long order() {
            return rank == 1 ? has : -gives;
        }

        /** Of those that go whole only: elsewhere it counts who gives most at once. */
        private Departure departureWhole() {
            return rank == 1 ? departure : Departure.USUAL;
        }
    }

    /**
     * @param available how many extents each physical volume will have, by what the text calls it
     * @param movable the volumes of which extents may go
     */
    Handover(Map<String, Long> available, Map<String, Departure> movable) {
        this.available = new LinkedHashMap<>(available);
        this.movable = Map.copyOf(movable);
    }

    /** The physical volume on which {@code area} comes to lie. */
    String device(Area area) {
        return handed.getOrDefault(Of.area(area), area.device());
    }

    /** @return the group's text, of which segments are cut in two where only their end goes elsewhere */
    Section of(Section group) {
        Section whole = group;
        while (true) {
            List<Area> areas = GroupChange.areas(whole);
            Optional<String> full = available.keySet().stream()
                    .filter(each -> room(each, areas) < 0)
                    .findFirst();
            Optional<Offer> offer = full.flatMap(device -> best(device, areas));
            if (offer.isEmpty()) { // who cannot be helped is told of by who places them
                return whole;
            }
            whole = taken(whole, full.get(), offer.get(), areas);
        }
    }

    private long room(String device, List<Area> areas) {
        long taken = areas.stream()
                .filter(area -> device(area).equals(device))
                .mapToLong(Area::count)
                .sum();
        return available.getOrDefault(device, 0L) - taken;
    }

    /** What is left of {@code volume} on {@code device} and can go. */
    private List<Area> there(String volume, String device, List<Area> areas) {
        return areas.stream()
                .filter(area -> area.volume().equals(volume) && device(area).equals(device))
                .filter(area -> area.alone() && !handed.containsKey(Of.area(area)))
                .sorted(Comparator.comparingLong(Area::start).reversed())
                .toList();
    }

    private Optional<Offer> best(String full, List<Area> areas) {
        long over = -room(full, areas);
        List<Offer> offers = new ArrayList<>();
        for (String volume : areas.stream().map(Area::volume).distinct().toList()) {
            long has =
                    there(volume, full, areas).stream().mapToLong(Area::count).sum();
            Departure departure = movable.get(volume);
            if (departure != null && has > 0) {
                for (String to : available.keySet()) {
                    long room = room(to, areas);
                    boolean lies = areas.stream()
                            .anyMatch(area ->
                                    area.volume().equals(volume) && device(area).equals(to));
                    long all = areas.stream()
                            .filter(area -> area.volume().equals(volume))
                            .mapToLong(Area::count)
                            .sum();
                    boolean goes = all == has && over <= has && has <= room;
                    if (room > 0) {
                        offers.add(new Offer(
                                volume,
                                departure,
                                to,
                                lies ? 0 : goes ? 1 : 2,
                                Math.min(over, Math.min(has, room)),
                                has));
                    }
                }
            }
        }
        return offers.stream()
                .min(Comparator.comparing((Offer offer) -> offer.departure() == Departure.LAST)
                        .thenComparingInt(Offer::rank)
                        .thenComparing(Offer::departureWhole)
                        .thenComparingLong(Offer::order)
                        .thenComparingLong(offer -> -offer.has()));
    }

    private Section taken(Section group, String full, Offer offer, List<Area> areas) {
        Section cut = group;
        long left = offer.rank() == 1 ? offer.has() : offer.gives();
        for (Area area : there(offer.volume(), full, areas)) {
            if (left >= area.count()) {
                handed.put(Of.area(area), offer.to());
            } else if (left > 0) {
                cut = split(cut, area, left, offer.to());
            }
            left = Math.max(0, left - area.count());
        }
        return cut;
    }

    /** Its last extents become a segment of their own, which still lies where it lay. */
    private Section split(Section group, Area area, long last, String to) {
        Section volumes = group.section("logical_volumes");
        Section logical = volumes.section(area.volume());
        Section segment = logical.section(area.segment());
        long first = area.count() - last;
        long number = GroupChange.count(logical.members()) + 1;
        Section end = segment.with("start_extent", area.start() + first)
                .with("extent_count", last)
                .with("stripes", List.of(area.device(), area.from() + first));
        Section split = logical.with("segment_count", number)
                .with(area.segment(), segment.with("extent_count", first))
                .with("segment" + number, end);
        handed.put(new Of(area.volume(), "segment" + number), to);
        return group.with("logical_volumes", volumes.with(area.volume(), split));
    }
}
