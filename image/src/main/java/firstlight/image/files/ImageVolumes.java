package firstlight.image.files;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.disk.ReadOnlyDisk;
import firstlight.image.extents.Extents;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.Signatures;
import firstlight.image.extents.Volume;
import firstlight.image.luks.KeyRing;
import firstlight.image.luks.Opened;
import firstlight.image.luks.Passphrases;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.table.TableSectors;
import firstlight.image.view.ImageDisk;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything in an image that may hold a file system, also within LVM and, with a passphrase, LUKS. */
public final class ImageVolumes implements Closeable {
    private final List<Disk> disks = new ArrayList<>();
    private final List<ImageVolume> volumes = new ArrayList<>();
    /** By the partition's name, not of what is within it. */
    private final Map<String, Content> contents = new HashMap<>();

    private final KeyRing keys;
    private final LogicalVolumes logical = new LogicalVolumes();

    private ImageVolumes(Passphrases passphrases) {
        this.keys = new KeyRing(passphrases);
    }

    /**
     * @param source is not closed with the volumes
     * @param passphrases for LUKS; what none opens is named and not looked into
     */
    public static ImageVolumes of(Manifest manifest, ChunkSource source, Passphrases passphrases) throws IOException {
        ImageVolumes all = new ImageVolumes(passphrases);
        try {
            for (int i = 0; i < manifest.disks().size(); i++) {
                DiskImage disk = manifest.disks().get(i);
                for (Region region : disk.regions()) {
                    if (region.partition() > 0 || disk.table().kind() == TableSectors.Kind.NONE) {
                        all.add(name(i + 1, region.partition()), region, disk.sectorSize(), source);
                    }
                }
            }
            all.volumes.addAll(all.logical.found());
        } catch (IOException | RuntimeException broken) {
            all.close();
            throw broken;
        }
        return all;
    }

    /** As {@code image ls} shows it: 2, disk2p1; disk1 for one without a table. */
    private static String name(int disk, int partition) {
        if (partition == 0) {
            return "disk" + disk;
        }
        return disk == 1 ? Integer.toString(partition) : "disk" + disk + "p" + partition;
    }

    private void add(String name, Region region, int sectorSize, ChunkSource source) throws IOException {
        Disk disk = ImageDisk.of("partition " + name, region, sectorSize, source);
        disks.add(disk);
        contents.put(name, region.content());
        Extents used = region.content() instanceof Content.Blocks blocks ? blocks.used() : Extents.NONE;
        look(name, "", disk, Optional.of(used));
    }

    /** @param used octets of {@code disk}; absent within what is encrypted, where nobody asks */
    private void look(String name, String within, Disk disk, Optional<Extents> used) throws IOException {
        Volume volume = new Volume.OfDisk(disk, disk.name(), 0, 0, disk.size());
        byte[] window = volume.window();
        FileSystem fileSystem = Signatures.recognise(window);
        if (fileSystem == FileSystem.LUKS) {
            Optional<Opened> opened = keys.opened(volume, window);
            if (opened.isPresent()) {
                Disk plain = new ReadOnlyDisk(
                        disk.name(), disk.sectorSize(), opened.get().source());
                long header = opened.get().offset();
                look(
                        name,
                        "luks",
                        plain,
                        used.map(all -> all.without(Extents.of(0, header)).shifted(-header)));
                return;
            }
        }
        if (fileSystem == FileSystem.LVM) {
            logical.add(volume, name, used.orElse(Extents.NONE), disk.sectorSize());
        }
        volumes.add(new ImageVolume(name, within, fileSystem, disk.size(), used.map(Extents::octets), disk));
    }

    /** In the disks' order, logical volumes last. */
    public List<ImageVolume> all() {
        return List.copyOf(volumes);
    }

    /** @throws ImageFailure with the names that there are */
    public ImageVolume find(String name) throws ImageFailure {
        String wanted = name.startsWith("disk1p") ? name.substring("disk1p".length()) : name;
        return volumes.stream()
                .filter(volume -> volume.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new ImageFailure(
                        "There is no partition or volume " + name + " in the image",
                        "it has "
                                + String.join(
                                        ", ",
                                        volumes.stream().map(ImageVolume::name).toList()),
                        "See firstlight image ls IMAGE"));
    }

    /** Whether the partition is known to hold the same octets in both, by its chunks, without reading any. */
    public boolean isAlike(ImageVolumes other, String name) {
        return contents.get(name) instanceof Content.Blocks blocks
                && other.contents.get(name) instanceof Content.Blocks others
                && blocks.used().equals(others.used())
                && blocks.chunks().equals(others.chunks());
    }

    /** Mounts {@code volume}, of these, for reading; to be closed before these are. */
    public MountedTree mount(ImageVolume volume) throws IOException {
        if (!volume.holdsFiles()) {
            String holds = "it holds " + volume.fileSystem().word();
            throw new ImageFailure(
                    "The files of partition " + volume.name() + " cannot be read",
                    switch (volume.fileSystem()) {
                        case LUKS -> "it is encrypted with LUKS, and no key in the vault opens it";
                        case LVM -> "it holds LVM's volumes, which have names of their own";
                        case BITLOCKER -> "it is encrypted with BitLocker";
                        case UNKNOWN -> "no file system is known in it";
                        case EXT2, EXT3, EXT4, XFS, BTRFS, F2FS, FAT, EXFAT, NTFS -> holds;
                        case SWAP, APFS, REFS, ZFS, RAID, STORAGE_SPACES -> holds;
                    },
                    volume.fileSystem() == FileSystem.LUKS
                            ? "Give the server its passphrase: firstlight vault add NAME"
                            : "See firstlight image ls IMAGE for those that can be read");
        }
        return MountedTree.of(volume.octets(), volume.fileSystem());
    }

    @Override
    public void close() throws IOException {
        for (Disk disk : disks) {
            disk.close();
        }
    }
}
