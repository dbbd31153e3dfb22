package firstlight.engine.img;

import firstlight.image.ImageFailure;
import firstlight.image.disk.Tool;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A local place, opened: an image store of the server's own form in a folder, whose partition is mounted while it is open. */
final class Shelf implements Closeable {
    private final ImageStore store;
    private final Optional<Path> mounted;

    private final Path folder;

    private Shelf(Path folder, boolean make, Optional<Path> mounted) throws IOException {
        this.store = store(folder, make);
        this.folder = folder;
        this.mounted = mounted;
    }

    /**
     * @param make whether a store is begun where there is none
     * @throws ImageFailure where nothing can be mounted, or there is no store and none is to be made
     */
    static Shelf open(Place place, boolean make) throws IOException {
        return switch (place) {
            case Place.Folder(Path folder) -> new Shelf(folder, make, Optional.empty());
            case Place.Partition(Path device, String folder) -> mounted(device, folder, make);
            case Place.Server _ ->
                throw new ImageFailure(
                        "That needs a local place",
                        "the server's images are the server's",
                        "firstlight image list there");
        };
    }

    private static Shelf mounted(Path device, String folder, boolean make) throws IOException {
        if (!Files.exists(device)) {
            throw new ImageFailure(
                    "There is no " + device,
                    "the kernel knows no such partition",
                    "img dump lists disks and partitions");
        }
        Path point = Files.createTempDirectory("img-");
        // A stick without a table whose last sector begins with "JM" is a raid's disk to blkid (util-linux 2.38).
        Tool type = Tool.run(List.of("blkid", "-p", "-u", "noraid", "-o", "value", "-s", "TYPE", device.toString()));
        if (!type.succeeded() || type.lastLine().isEmpty()) {
            Files.delete(point);
            throw new ImageFailure(
                    device + " holds no file system", "blkid found none", "img dump lists disks and partitions");
        }
        // The type is named, for busybox's mount asks only file systems that are loaded already.
        Tool mount = Tool.run(List.of("mount", "-t", type.lastLine(), device.toString(), point.toString()));
        if (!mount.succeeded()) {
            Files.delete(point);
            throw new ImageFailure(
                    device + " cannot be mounted",
                    mount.lastLine(),
                    "Use a partition with ext4, FAT or exFAT; an updates folder can add drivers of others");
        }
        try {
            return new Shelf(point.resolve(folder), make, Optional.of(point));
        } catch (IOException failure) {
            unmount(point);
            throw failure;
        }
    }

    private static ImageStore store(Path folder, boolean make) throws IOException {
        if (!make && !Files.isDirectory(folder.resolve("manifests"))) {
            throw new ImageFailure(
                    "There are no images in " + folder,
                    "it is no image store",
                    "Name the place to which 'img make' wrote");
        }
        return DiskStore.open(folder);
    }

    ImageStore store() {
        return store;
    }

    /** Octets that this place has free. */
    long room() throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
    }

    /** @param text {@code NAME} or {@code NAME@VERSION} */
    ImageVersion find(ImageText text) throws IOException {
        return store.find(text.name(), text.version())
                .orElseThrow(() -> new ImageFailure(
                        "There is no image '" + text + "'",
                        "this place has " + names(),
                        "Name one of these, or another place"));
    }

    private String names() {
        try {
            List<String> names = store.list().stream()
                    .map(ImageVersion::image)
                    .map(ImageName::text)
                    .distinct()
                    .toList();
            return names.isEmpty() ? "none" : String.join(", ", names);
        } catch (IOException unreadable) {
            return "a list that cannot be read: " + unreadable.getMessage();
        }
    }

    @Override
    public void close() throws IOException {
        try (Closeable _ = this::unmountIfMounted) { // also when a full or pulled medium fails at this late hour
            store.close();
        }
    }

    private void unmountIfMounted() throws IOException {
        if (mounted.isPresent()) {
            unmount(mounted.get());
        }
    }

    private static void unmount(Path point) throws IOException {
        Tool unmount = Tool.run(List.of("umount", point.toString()));
        if (!unmount.succeeded()) {
            throw new IOException(point + " cannot be unmounted: " + unmount.lastLine());
        }
        Files.delete(point);
    }
}
