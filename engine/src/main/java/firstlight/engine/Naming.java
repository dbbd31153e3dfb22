package firstlight.engine;

import firstlight.image.Disk;
import firstlight.image.disk.Access;
import firstlight.image.disk.KernelDisk;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.RaidAtEnd;
import firstlight.image.extents.Signatures;
import firstlight.image.extents.Volume;
import firstlight.image.luks.KeyRing;
import firstlight.image.luks.LuksDisk;
import firstlight.image.luks.LuksKey;
import firstlight.image.lvm.MappedDisk;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.restore.Hibernated;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.view.Slice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Looks for the Linux system and the Windows on restored disks and gives them their computer's name. A Linux may be in a partition or in
 * a logical volume; the latter becomes a device for as long as that takes, without the device mapper: LVM itself hears nothing of it.
 */
final class Naming {
    private final RestoredSystem system;
    private final KeyRing keys;
    /** What could not be looked into, in words, for the case that nothing was found. */
    private final List<String> closed = new ArrayList<>();

    private String locked = "";

    /** All that was restored: a volume of LVM may lie on several. */
    private final List<Disk> places = new ArrayList<>();

    /** @param keys of encrypted partitions and volumes */
    Naming(RestoredSystem system, KeyRing keys) {
        this.system = system;
        this.keys = keys;
    }

    /**
     * Names the first Linux and the first Windows that it finds: a PC may start either.
     *
     * @param only the numbers of the partitions that were restored; empty for all. Others stay as they are
     * @return what was done, in words; where no system was found, with what could not be looked into
     */
    String apply(Manifest manifest, List<Disk> disks, Set<Integer> only) throws IOException {
        return name(restored(manifest, disks, only));
    }

    /** The same where files were laid on systems that are there. */
    String applyTo(List<Disk> disks, Set<Path> nodes) throws IOException {
        List<Restored> all = new ArrayList<>();
        for (Disk disk : disks) {
            List<Partition> partitions = PartitionTable.read(disk).partitions();
            List<Integer> numbers = partitions.isEmpty()
                    ? List.of(0)
                    : partitions.stream().map(Partition::number).toList();
            for (int number : numbers) {
                Optional<Slice> place = place(disk, partitions, number);
                if (place.isPresent() && kind(place.get()) == FileSystem.LVM) {
                    places.add(place.get()); // a volume that begins on one of those may go on on another disk
                }
                if (place.isPresent()
                        && disk.node(number).filter(nodes::contains).isPresent()) {
                    all.add(new Restored(disk, number, number == 0 ? "the disk" : "partition " + number, place.get()));
                }
            }
        }
        return name(all);
    }

    private String name(List<Restored> all) throws IOException {
        all.stream().map(Restored::place).filter(each -> !places.contains(each)).forEach(places::add);
        List<Disk> disks = all.stream().map(Restored::disk).distinct().toList();
        List<Hibernated> hibernated = Hibernated.on(disks, keys, places::contains, closed::add);
        Map<Boolean, String> done = new TreeMap<>();
        if (!hibernated.isEmpty()) {
            done.put(
                    false,
                    ", not named " + system.name() + ": a Linux is hibernated in "
                            + hibernated.getFirst().name()
                            + ", and would write over what is written to this disk before it goes on (capture it after it was shut down)");
        }
        for (Restored each : all) {
            FileSystem kind = kind(each.place());
            boolean windows = kind == FileSystem.NTFS;
            if (kind == FileSystem.BITLOCKER) {
                locked = locked.isEmpty() ? each.name() : locked;
            } else if (!done.containsKey(windows)) {
                Optional<Path> node = each.disk().node(each.partition());
                in(each.place(), node, each.name()).ifPresent(words -> done.put(windows, words));
            }
        }
        if (!locked.isEmpty()) {
            done.putIfAbsent(
                    true,
                    ", " + locked + " is encrypted (BitLocker) and was not looked into for a Windows to be named");
        }
        return done.isEmpty()
                ? ", no system on it to be named " + system.name()
                        + (closed.isEmpty() ? "" : ": " + String.join(", ", closed))
                : String.join("", done.values());
    }

    private static FileSystem kind(Disk place) throws IOException {
        return Signatures.recognise(new Volume.OfDisk(place, place.name(), 0, 0, place.size()).window());
    }

    private record Restored(Disk disk, int partition, String name, Slice place) {}

    private List<Restored> restored(Manifest manifest, List<Disk> disks, Set<Integer> only) throws IOException {
        List<Restored> restored = new ArrayList<>();
        for (int i = 0; i < manifest.disks().size(); i++) {
            Disk disk = disks.get(i);
            List<Partition> partitions = PartitionTable.read(disk).partitions();
            if (manifest.disks().get(i).isBare() && !partitions.isEmpty()) {
                closed.add(disk.name()
                        + " was captured whole, and its table may be an older one's: name it in the system");
            }
            for (Region region : manifest.disks().get(i).regions()) {
                if (only.isEmpty() || only.contains(region.partition())) {
                    place(disk, partitions, region.partition())
                            .ifPresent(place ->
                                    restored.add(new Restored(disk, region.partition(), region.name(), place)));
                }
            }
        }
        return restored;
    }

    /** Where it lies now, which need not be where it lay; empty for the space between partitions. */
    private static Optional<Slice> place(Disk disk, List<Partition> partitions, int number) {
        if (number == 0) {
            return partitions.isEmpty() ? Optional.of(new Slice(disk, 0, disk.size())) : Optional.empty();
        }
        return partitions.stream()
                .filter(partition -> partition.number() == number)
                .map(partition -> new Slice(disk, partition.start(), partition.length()))
                .findFirst();
    }

    /** @param node empty where no kernel knows of it: within something else */
    private Optional<String> in(Disk place, Optional<Path> node, String name) throws IOException {
        Volume volume = new Volume.OfDisk(place, place.name(), 0, 0, place.size());
        byte[] window = volume.window();
        FileSystem kind = Signatures.recognise(window);
        if (kind != FileSystem.UNKNOWN && RaidAtEnd.isPart(volume, window)) {
            closed.add(name + " is a part of an array (Linux raid), and the others would not be written to: name it in"
                    + " the system");
            return Optional.empty();
        }
        return switch (kind) {
            case LVM -> inVolumes(place, name);
            case LUKS -> {
                Optional<LuksKey> key = keys.of(volume, window);
                if (key.isEmpty()) {
                    closed.add(name + " is encrypted");
                    yield Optional.empty();
                }
                Optional<String> done = in(new LuksDisk(place, key.get()), Optional.empty(), name);
                // It was written through a device of our own: the disk is to keep it now.
                place.flush();
                yield done;
            }
            default ->
                system.applyTo(
                        (access, work) -> {
                            if (node.isPresent()) {
                                return work.with(node.get());
                            }
                            try (KernelDisk device = KernelDisk.attach(place, access)) {
                                return work.with(device.node());
                            }
                        },
                        kind);
        };
    }

    private Optional<String> inVolumes(Disk physical, String name) throws IOException {
        for (MappedDisk volume : MappedDisk.on(physical, places)) {
            Optional<String> done = in(volume, Optional.empty(), volume.name());
            if (done.isPresent()) {
                volume.flush();
                return done.map(words -> words + " (in " + volume.name() + ")");
            }
        }
        closed.add(
                "thin volumes, and those with a part on a disk that was not restored or on one of two clones, are not"
                        + " looked into (" + name + ")");
        return Optional.empty();
    }

    /** Something with a system on it, reached for as long as {@code work} takes. */
    @FunctionalInterface
    interface Device {
        Optional<String> use(Access access, OnNode work) throws IOException;
    }

    @FunctionalInterface
    interface OnNode {
        Optional<String> with(Path node) throws IOException;
    }
}
