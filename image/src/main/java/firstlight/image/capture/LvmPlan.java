package firstlight.image.capture;

import firstlight.image.disk.Source;
import firstlight.image.extents.Extents;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.RaidAtEnd;
import firstlight.image.extents.UsedBlocks;
import firstlight.image.lvm.LogicalVolume;
import firstlight.image.lvm.MappedVolume;
import firstlight.image.lvm.PhysicalVolume;
import firstlight.image.lvm.VolumeGroup;
import firstlight.image.lvm.VolumeGroup.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What of LVM's physical volumes is in use: LVM's own areas, and of each logical volume what its file system uses, carried
 * through its segments. A volume that cannot be looked into, because it is thin, a raid's, a snapshot's or has a part on a
 * disk that is not captured, is taken as whole as it is there.
 */
final class LvmPlan {
    /** What was found as a physical volume and could be read; {@link #unreadable} says why the others could not. */
    private final Map<Look, PhysicalVolume> volumes = new LinkedHashMap<>();

    private final Map<Look, String> unreadable = new HashMap<>();
    /** By a physical volume's id, the newest text that names it. */
    private final Map<String, VolumeGroup> groupOf = new HashMap<>();
    /** What is in those that are plain and here with all their parts. */
    private final Map<LogicalVolume, Look> looks = new LinkedHashMap<>();
    /** By a physical volume's id, octets in use of it, start and end each, in no order. */
    private final Map<String, List<long[]>> used = new HashMap<>();

    private final List<String> notes = new ArrayList<>();

    /** Looks into what is in a logical volume. */
    @FunctionalInterface
    interface Looker {
        Look look(Source source, String name) throws IOException;
    }

    /** Tells what of a volume is in use. */
    @FunctionalInterface
    interface Mapper {
        UsedBlocks map(Look look) throws IOException;
    }

    static LvmPlan of(List<Look> found, Looker looker) throws IOException {
        LvmPlan plan = new LvmPlan();
        for (Look look : found) {
            try {
                plan.volumes.put(look, PhysicalVolume.read(look.volume()));
            } catch (IllegalArgumentException malformed) {
                plan.unreadable.put(look, String.valueOf(malformed.getMessage()));
            }
        }
        plan.refuseTwins();
        plan.groups();
        for (VolumeGroup group : plan.groupOf.values().stream().distinct().toList()) {
            for (LogicalVolume volume : group.volumes()) {
                plan.look(volume, looker);
            }
        }
        return plan;
    }

    /** Of a disk and its clone nobody can tell whose extents a volume means, and what is free on one may be in use on the other. */
    private void refuseTwins() {
        Map<String, Integer> count = new HashMap<>();
        volumes.values().forEach(volume -> count.merge(volume.id(), 1, Integer::sum));
        volumes.forEach((look, volume) -> {
            if (count.getOrDefault(volume.id(), 0) > 1) {
                unreadable.put(look, "another disk has the same physical volume: one is a clone of the other");
            }
        });
        volumes.keySet().removeAll(unreadable.keySet());
    }

    /** Every physical volume has the text of its group, some an older one than others. */
    private void groups() {
        List<VolumeGroup> groups = new ArrayList<>();
        volumes.forEach((look, volume) -> volume.metadata().ifPresent(text -> {
            try {
                groups.add(VolumeGroup.parse(text));
            } catch (IllegalArgumentException | ArithmeticException malformed) {
                unreadable.put(look, String.valueOf(malformed.getMessage()));
            }
        }));
        // A disk that was away while LVM wrote has an older text: the newest is put last, and stays.
        groups.sort(Comparator.comparingLong(VolumeGroup::sequence));
        for (VolumeGroup group : groups) {
            group.places().keySet().forEach(id -> groupOf.put(id, group));
        }
    }

    private void look(LogicalVolume volume, Looker looker) throws IOException {
        Map<String, Source> sources = new HashMap<>();
        volumes.values().forEach(physical -> sources.put(physical.id(), physical.source()));
        if (!volume.plain()) {
            if (!volume.segments().isEmpty()) {
                notes.add(volume.name() + " is taken whole: it is part of a snapshot, a thin pool, a raid or a cache");
            }
        } else if (!sources.keySet().containsAll(volume.volumes())) {
            notes.add(volume.name() + " is taken whole: it lies on a disk, too, that is not captured");
        } else {
            looks.put(volume, looker.look(new MappedVolume(volume, sources), volume.name()));
        }
    }

    /** What was found in logical volumes. */
    List<Look> looks() {
        return List.copyOf(looks.values());
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    /** To be called once, before {@link #used}. */
    void map(Mapper mapper) throws IOException {
        for (VolumeGroup group : groupOf.values().stream().distinct().toList()) {
            for (LogicalVolume volume : group.volumes()) {
                Look look = looks.get(volume);
                UsedBlocks blocks = look == null
                        ? new UsedBlocks(false, Extents.of(0, volume.size()), List.of())
                        : mapper.map(look);
                notes.addAll(blocks.notes());
                for (long[] range : blocks.extents().ranges()) {
                    volume.pieces(range[0], range[1], this::add);
                }
            }
        }
    }

    /** Pieces of stripes touch each other on their volume, though others lie between them. */
    private void add(String id, long offset, long length) {
        used.computeIfAbsent(id, any -> new ArrayList<>()).add(new long[] {offset, offset + length});
    }

    /** Of a physical volume. */
    UsedBlocks used(Look look) throws IOException {
        PhysicalVolume volume = volumes.get(look);
        VolumeGroup group = volume == null ? null : groupOf.get(volume.id());
        if (volume == null || group == null || unreadable.containsKey(look)) {
            String why = unreadable.getOrDefault(look, "it belongs to no volume group that is captured with it");
            return UsedBlocks.whole(look.volume(), why);
        }
        Place place = Objects.requireNonNull(group.places().get(volume.id()));
        long size = look.volume().size();
        if (place.end() > size) {
            return UsedBlocks.whole(look.volume(), "it is shorter than LVM says");
        }
        if (RaidAtEnd.find(look.volume()).filter(raid -> !raid.isMirror()).isPresent()) {
            return UsedBlocks.whole(look.volume(), RaidAtEnd.WORDS);
        }
        List<long[]> ranges = new ArrayList<>(used.getOrDefault(volume.id(), List.of()));
        ranges.add(new long[] {0, place.start()});
        volume.areas().forEach(area -> ranges.add(new long[] {Math.min(area[0], size), Math.min(area[1], size)}));
        UsedBlocks tail = UsedBlocks.slack(look.volume().name(), place.end(), size - place.end());
        ranges.addAll(tail.extents().ranges());
        return new UsedBlocks(true, Extents.union(ranges), tail.notes());
    }

    /** What was found in {@code volume}, one of {@link #above}. */
    Look look(LogicalVolume volume) {
        return Objects.requireNonNull(looks.get(volume));
    }

    /** Where octets of a physical volume are in the logical volumes that were looked into. */
    Map<LogicalVolume, List<long[]>> above(Look look, List<long[]> octets) {
        PhysicalVolume physical = volumes.get(look);
        Map<LogicalVolume, List<long[]>> above = new LinkedHashMap<>();
        for (LogicalVolume volume : looks.keySet()) {
            long[] logical = {0};
            List<long[]> found = new ArrayList<>();
            volume.pieces(0, volume.size(), (id, at, length) -> {
                for (long[] range : octets) {
                    long from = Math.max(range[0], at);
                    long to = Math.min(range[1], at + length);
                    if (physical != null && physical.id().equals(id) && from < to) {
                        found.add(new long[] {logical[0] + from - at, logical[0] + to - at});
                    }
                }
                logical[0] += length;
            });
            if (!found.isEmpty()) {
                above.put(volume, found);
            }
        }
        return above;
    }

    static boolean isPhysicalVolume(Look look) {
        return look.fileSystem() == FileSystem.LVM && look.doubt().isEmpty();
    }
}
