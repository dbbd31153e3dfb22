package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.RaidAtEnd;
import firstlight.image.extents.Volume;
import firstlight.image.lvm.ElasticGroup;
import firstlight.image.lvm.PhysicalVolume;
import firstlight.image.lvm.VolumeGroup;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Region;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What of LVM an image's disks have, as its metadata in the image tell. A group's physical volumes are found by their ids, on whichever of
 * the disks they are.
 */
final class LvmGroups {
    private final List<DiskImage> disks;
    private final ChunkSource source;
    private final Set<Integer> only;
    private final List<Found> found = new ArrayList<>();
    /** The chosen partitions that are physical volumes, by their ids. */
    private final Map<String, Integer> chosen = new TreeMap<>();
    /** One map a disk, by a region's start in octets. */
    private final List<Map<Long, LvmPart>> parts = new ArrayList<>();

    private final List<Map<Long, String>> reasons = new ArrayList<>();

    private record Found(LvmGroup.Part part, PhysicalVolume volume, VolumeGroup group) {
        /** The ids of all physical volumes of its group. */
        Set<String> ids() {
            return group.places().keySet();
        }
    }

    private LvmGroups(List<DiskImage> disks, ChunkSource source, Set<Integer> only) {
        this.disks = disks;
        this.source = source;
        this.only = only;
    }

    /**
     * Of what is restored of {@code disks}.
     *
     * @param only the chosen partitions, where a group on several physical volumes stays as it is; empty for all
     * @throws ImageFailure where a part of such a group is chosen
     */
    static LvmGroups read(List<DiskImage> disks, ChunkSource source, Set<Integer> only) throws IOException {
        LvmGroups groups = new LvmGroups(disks, source, only);
        groups.volumes();
        groups.refuseParts();
        for (Set<String> ids : groups.found.stream().map(Found::ids).distinct().toList()) {
            groups.group(groups.found.stream()
                    .filter(each -> ids.contains(each.volume().id()))
                    .toList());
        }
        return groups;
    }

    /** By their starts on the disk. */
    Map<Long, LvmPart> parts(int disk) {
        return parts.get(disk);
    }

    /** Why others must stay as they are, in words, by their starts on the disk. */
    Map<Long, String> reasons(int disk) {
        return reasons.get(disk);
    }

    private void volumes() throws IOException {
        for (int i = 0; i < disks.size(); i++) {
            parts.add(new TreeMap<>());
            reasons.add(new TreeMap<>());
            for (Region region : disks.get(i).regions()) {
                if (region.kind() == FileSystem.LVM) {
                    if (only.contains(region.partition())) {
                        Optional<String> id = id(i, region);
                        id.ifPresent(known -> chosen.put(known, region.partition()));
                    }
                    try {
                        found.add(volume(i, region));
                    } catch (IllegalArgumentException | ArithmeticException other) {
                        reasons.get(i).put(region.start(), String.valueOf(other.getMessage()));
                    }
                }
            }
        }
    }

    /** Also of one that carries no metadata, or is in the image as it was. */
    private Optional<String> id(int disk, Region region) throws IOException {
        if (!(region.content() instanceof Content.Blocks blocks)) {
            return Optional.empty();
        }
        LvmGroup.Part part = new LvmGroup.Part(disk, disks.get(disk).sectorSize(), region, blocks, false);
        try (Disk image = part.image(source)) {
            return Optional.of(PhysicalVolume.read(new Volume.OfDisk(image, image.name(), 0, 0, image.size()))
                    .id());
        } catch (IllegalArgumentException | ArithmeticException unreadable) {
            return Optional.empty();
        }
    }

    /** @throws IllegalArgumentException why it must stay as it is, in words for people */
    private Found volume(int disk, Region region) throws IOException {
        if (!(region.content() instanceof Content.Blocks blocks) || blocks.method() != Content.Method.USED_BLOCKS) {
            throw new IllegalArgumentException("its metadata could not be read when it was captured");
        }
        LvmGroup.Part part = new LvmGroup.Part(disk, disks.get(disk).sectorSize(), region, blocks, false);
        try (Disk image = part.image(source)) {
            Volume whole = new Volume.OfDisk(image, image.name(), 0, 0, image.size());
            if (RaidAtEnd.find(whole).isPresent()) { // mdadm looks for it at the end that the partition has
                throw new IllegalArgumentException(
                        "it is a part of a mirror (Linux raid), with its superblock at its end");
            }
            PhysicalVolume volume = PhysicalVolume.read(whole);
            String text = volume.metadata().orElseThrow(() -> new IllegalArgumentException("it carries no metadata"));
            VolumeGroup group = VolumeGroup.parse(text);
            if (!group.places().containsKey(volume.id())) {
                throw new IllegalArgumentException("its group " + group.name() + " does not own it");
            }
            return new Found(part, volume, group);
        }
    }

    /** Its other physical volumes keep what they have: LVM would take the text of either, and find the other's extents. */
    private void refuseParts() throws ImageFailure {
        Set<String> telling = found.stream().map(each -> each.volume().id()).collect(Collectors.toSet());
        for (Found each : found) {
            // One that tells of its group itself is believed; of another one the others tell.
            Optional<Integer> alone = each.ids().stream()
                    .filter(id -> id.equals(each.volume().id()) || !telling.contains(id))
                    .flatMap(id -> Optional.ofNullable(chosen.get(id)).stream())
                    .findFirst();
            if (alone.isPresent() && !chosen.keySet().containsAll(each.ids())) {
                throw new ImageFailure(
                        "Partition " + alone.get() + " is not restored alone",
                        "its group " + each.group().name() + " (LVM) lies on "
                                + each.ids().size() + " physical volumes, of which not all are chosen",
                        "Choose the partitions of all of them, or restore the whole image");
            }
        }
    }

    private void group(List<Found> members) throws IOException {
        try {
            LvmGroup group = group(members, new LinkedHashMap<>(), new LinkedHashMap<>(), 0);
            for (Found each : members) {
                parts.get(each.part().disk())
                        .put(
                                each.part().region().start(),
                                new LvmPart(group, each.volume().id()));
            }
        } catch (IllegalArgumentException | ArithmeticException other) {
            for (Found each : members) {
                reasons.get(each.part().disk()).put(each.part().region().start(), String.valueOf(other.getMessage()));
            }
        }
    }

    /** With the image of one after the other opened. */
    private LvmGroup group(List<Found> members, Map<String, LvmGroup.Part> parts, Map<String, Disk> images, int next)
            throws IOException {
        if (next < members.size()) {
            Found member = members.get(next);
            try (Disk image = member.part().image(source)) {
                parts.put(member.volume().id(), member.part());
                images.put(member.volume().id(), image);
                return group(members, parts, images, next + 1);
            }
        }
        check(members);
        ElasticGroup group = ElasticGroup.of(members.stream().map(Found::volume).toList());
        return LvmGroup.read(parts, group, images);
    }

    private void check(List<Found> members) {
        Set<String> ids = members.getFirst().ids();
        if (ids.size() > 1 && !only.isEmpty()) {
            throw new IllegalArgumentException(
                    "its group " + members.getFirst().group().name() + " lies on " + ids.size()
                            + " physical volumes, and single partitions are restored");
        }
        boolean claimed = found.stream()
                .filter(other -> !other.ids().equals(ids))
                .anyMatch(other -> members.stream()
                        .anyMatch(each -> other.ids().contains(each.volume().id())));
        if (claimed) { // one of them was not there when LVM wrote the others
            throw new IllegalArgumentException("another physical volume tells of its group differently");
        }
        if (members.stream().map(each -> each.part().sectorSize()).distinct().count() > 1) {
            throw new IllegalArgumentException("its group lies on disks with sectors of different sizes");
        }
    }
}
