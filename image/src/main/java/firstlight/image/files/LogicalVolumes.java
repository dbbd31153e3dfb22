package firstlight.image.files;

import firstlight.image.disk.ReadOnlyDisk;
import firstlight.image.disk.Source;
import firstlight.image.extents.Extents;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.Signatures;
import firstlight.image.extents.Volume;
import firstlight.image.lvm.LogicalVolume;
import firstlight.image.lvm.MappedVolume;
import firstlight.image.lvm.PhysicalVolume;
import firstlight.image.lvm.VolumeGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The logical volumes on an image's physical ones. */
final class LogicalVolumes {
    /** {@code used} in octets of the physical volume. */
    private record Physical(String name, PhysicalVolume volume, Extents used, int sectorSize) {}

    private final Map<String, Physical> physical = new LinkedHashMap<>();

    /** A physical volume whose label makes no sense counts as none. */
    void add(Volume volume, String name, Extents used, int sectorSize) throws IOException {
        try {
            PhysicalVolume read = PhysicalVolume.read(volume);
            physical.put(read.id(), new Physical(name, read, used, sectorSize));
        } catch (IllegalArgumentException malformed) {
            return;
        }
    }

    /** By group and in its text's order; to be called when all physical volumes were added. */
    List<ImageVolume> found() throws IOException {
        // Every physical volume has the text of its group, some an older one than others.
        List<VolumeGroup> all = new ArrayList<>();
        for (Physical each : physical.values()) {
            try {
                each.volume().metadata().map(VolumeGroup::parse).ifPresent(all::add);
            } catch (IllegalArgumentException | ArithmeticException malformed) {
                // Damaged text: another physical volume of the group may have a better one.
            }
        }
        all.sort(Comparator.comparingLong(VolumeGroup::sequence));
        List<ImageVolume> volumes = new ArrayList<>();
        for (VolumeGroup group : newest(all)) {
            for (LogicalVolume volume : group.volumes()) {
                if (!volume.segments().isEmpty()) {
                    volumes.add(volume(volume));
                }
            }
        }
        return volumes;
    }

    /** @param groups by rising sequence */
    private static List<VolumeGroup> newest(List<VolumeGroup> groups) {
        Map<String, VolumeGroup> of = new HashMap<>();
        groups.forEach(group -> group.places().keySet().forEach(id -> of.put(id, group)));
        return of.values().stream()
                .distinct()
                .sorted(Comparator.comparing(VolumeGroup::name))
                .toList();
    }

    private ImageVolume volume(LogicalVolume volume) throws IOException {
        Map<String, Source> sources = new HashMap<>();
        physical.forEach((id, each) -> sources.put(id, each.volume().source()));
        List<String> within = new ArrayList<>();
        volume.volumes().stream().sorted().forEach(id -> {
            Physical on = physical.get(id);
            within.add(on == null ? "a disk that is not in the image" : on.name());
        });
        boolean whole = volume.plain() && physical.keySet().containsAll(volume.volumes());
        int sector = volume.volumes().stream()
                .map(physical::get)
                .filter(Objects::nonNull)
                .mapToInt(Physical::sectorSize)
                .max()
                .orElse(512);
        Source source = whole ? new MappedVolume(volume, sources) : new Nothing(volume.size());
        ReadOnlyDisk disk = new ReadOnlyDisk("volume " + volume.name(), sector, source);
        FileSystem fileSystem = whole
                ? Signatures.recognise(new Volume.OfDisk(disk, disk.name(), 0, 0, disk.size()).window())
                : FileSystem.UNKNOWN;
        return new ImageVolume(
                volume.name(), "lvm on " + String.join(", ", within), fileSystem, volume.size(), used(volume), disk);
    }

    private Optional<Long> used(LogicalVolume volume) {
        long[] octets = new long[1];
        volume.pieces(0, volume.size(), (id, offset, length) -> {
            Physical on = physical.get(id);
            if (on != null) {
                octets[0] += within(on.used(), offset, offset + length);
            }
        });
        return Optional.of(octets[0]);
    }

    private static long within(Extents used, long from, long to) {
        long octets = 0;
        for (int i = used.firstEndingAfter(from); i < used.count() && used.start(i) < to; i++) {
            octets += Math.min(used.end(i), to) - Math.max(used.start(i), from);
        }
        return octets;
    }

    /** In place of a volume that is thin, a raid's, a snapshot's or not whole: it is named, but not looked into. */
    private record Nothing(long size) implements Source {
        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            throw new IOException("the volume is not whole in the image");
        }
    }
}
