package firstlight.image.resize;

import firstlight.image.Amount;
import firstlight.image.lvm.LogicalVolume;
import firstlight.image.lvm.Rearranged;
import firstlight.image.lvm.VolumeGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What becomes of a group of LVM, for people.
 *
 * @param parts its physical volumes by their ids
 * @param old as the image has it
 */
record LvmWords(Map<String, LvmGroup.Part> parts, VolumeGroup old) {
    /** @param all its physical volumes as they will be, by their ids */
    List<String> of(Map<String, Rearranged> all, List<LvmLayout.Change> changes) {
        List<String> words = new ArrayList<>(handed(all));
        for (LvmLayout.Change change : changes) {
            long old = change.old().size();
            long fresh = change.fresh().size();
            words.add(change.fileSystem().name() + (fresh > old ? " grows from " : " shrinks from ") + Amount.text(old)
                    + " to " + Amount.text(fresh) + (change.anew() ? ", made anew file by file" : ""));
        }
        if (all.values().stream().flatMap(each -> each.moves().stream()).anyMatch(move -> move.from() != move.to())) {
            words.add("the volumes of " + old.name() + " are placed side by side");
        }
        return words;
    }

    /** What goes from one physical volume to another, and which volume depends on one more then. */
    private Set<String> handed(Map<String, Rearranged> all) {
        Set<String> words = new LinkedHashSet<>(); // what comes from two others comes to depend on it once
        Map<String, LogicalVolume> before = new HashMap<>();
        old.volumes().forEach(volume -> before.put(volume.name(), volume));
        all.forEach((id, to) -> to.arrivals().forEach((from, moves) -> {
            for (LogicalVolume volume : to.group().volumes()) {
                Set<Long> starts =
                        volume.areasOn(id).stream().map(area -> area[0]).collect(Collectors.toSet());
                long octets = moves.stream()
                        .filter(move -> starts.contains(move.to()))
                        .mapToLong(Rearranged.Move::length)
                        .sum();
                if (octets > 0) {
                    words.add(Amount.text(octets) + " of " + volume.name() + " go from " + place(from) + " to "
                            + place(id));
                    boolean isNew = !Objects.requireNonNull(before.get(volume.name()))
                            .volumes()
                            .contains(id);
                    if (isNew && volume.volumes().size() > 1) {
                        words.add(volume.name() + " lies on " + place(id) + " as well then, and is lost with it");
                    }
                }
            }
        }));
        return words;
    }

    private String place(String id) {
        LvmGroup.Part part = Objects.requireNonNull(parts.get(id), id);
        String disk = "disk " + (part.disk() + 1);
        return part.region().partition() > 0 ? "partition " + part.region().partition() + " of " + disk : disk;
    }
}
