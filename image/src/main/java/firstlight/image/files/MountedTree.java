package firstlight.image.files;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.disk.PrivateMounts;
import firstlight.image.disk.Tool;
import firstlight.image.extents.FileSystem;
import firstlight.image.view.Overlay;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A file system inside an image, mounted for this process alone, read-only, until it is closed:
 *
 * <pre>{@code
 * try (ImageVolumes volumes = ImageVolumes.of(manifest, store.source(), Passphrases.NONE);
 *         MountedTree tree = volumes.mount(volumes.find("3"))) {
 *     Files.walk(tree.root())...
 * }
 * }</pre>
 *
 * The image stays as it is: a journal that was not clean is replayed into an {@link Overlay}, which is forgotten. Devices and
 * programs in it do nothing, and the kernel follows no symbolic link in it, so that none can lead to this host's files: an
 * attempt fails with ELOOP. {@link java.nio.file.Files} with {@code NOFOLLOW_LINKS}, {@code walk} and {@code readSymbolicLink} work as ever; {@link
 * ImagePath} follows links within the tree. Names keep their octets in a {@link Path}, whatever the locale: resolve
 * paths that came from listing, or use {@link FileName}. Needs root.
 */
public final class MountedTree implements AutoCloseable {
    /** Where streams of NTFS are opened as {@code NAME:STREAM}. */
    private static final String STREAMS = "/tmp/firstlight-image.streams";

    private final Overlay overlay;
    private final PrivateMounts mounts;
    private final FileSystem fileSystem;
    private final String note;

    private MountedTree(Overlay overlay, PrivateMounts mounts, FileSystem fileSystem, String note) {
        this.overlay = overlay;
        this.mounts = mounts;
        this.fileSystem = fileSystem;
        this.note = note;
    }

    /**
     * @param disk holds the file system from its first octet to its last; closed with the tree
     * @throws ImageFailure when nothing on this host can read it, with what each way said
     */
    public static MountedTree of(Disk disk, FileSystem fileSystem) throws IOException {
        Overlay overlay = Overlay.over(disk);
        try {
            if (fileSystem == FileSystem.BTRFS) {
                BtrfsIdentity.renew(overlay);
            }
            PrivateMounts mounts = PrivateMounts.with(overlay);
            try {
                String note = mount(mounts, disk, fileSystem);
                return new MountedTree(overlay, mounts, fileSystem, note);
            } catch (IOException refused) {
                mounts.close();
                throw refused;
            }
        } catch (IOException refused) {
            overlay.close();
            throw refused;
        }
    }

    private static String mount(PrivateMounts mounts, Disk disk, FileSystem fileSystem) throws IOException {
        StringBuilder reasons = new StringBuilder();
        for (WayIn way : WayIn.into(fileSystem)) {
            Tool tool = way.mount(mounts, disk.sectorSize());
            if (tool.succeeded()) {
                seal(mounts, PrivateMounts.TREE);
                return way.note();
            }
            reasons.append(reasons.isEmpty() ? "" : "; ").append(tool.lastLine());
        }
        throw new ImageFailure(
                "The files of " + disk.name() + " cannot be read",
                reasons.isEmpty() ? "it holds no file system that can be mounted here" : reasons.toString(),
                fileSystem == FileSystem.NTFS
                        ? "Install ntfs-3g or grub-common"
                        : "Use a kernel that has " + fileSystem.word() + ", or install grub-common; "
                                + "'firstlight image serve' gives the octets to other tools");
    }

    /** Also of what programs have mounted: their own options do not reach so far. */
    private static void seal(PrivateMounts mounts, String where) throws IOException {
        Tool sealed = mounts.run("mount -i -o remount,bind,ro,nosuid,nodev,noexec,nosymfollow " + where);
        if (!sealed.succeeded()) {
            throw new ImageFailure(
                    "The files of an image cannot be shown safely",
                    sealed.lastLine(),
                    "Linux 5.10 and util-linux 2.38 or newer keep symbolic links from leading out of it");
        }
    }

    /** The top folder of the file system, until this is closed. */
    public Path root() {
        return mounts.path(PrivateMounts.TREE);
    }

    /**
     * The same folder where named streams of NTFS can be opened, each as {@code NAME:STREAM}.
     *
     * @param inside {@link #root} or below it
     */
    Path withStreams(Path inside) throws IOException {
        Tool there = mounts.run("mountpoint -q " + STREAMS);
        if (!there.succeeded()) {
            Tool mounted = mounts.run(
                    "mkdir -p %1$s && ntfs-3g -o ro,streams_interface=windows %2$s %1$s && mountpoint -q %1$s"
                            .formatted(STREAMS, PrivateMounts.DISK));
            if (!mounted.succeeded()) {
                throw new ImageFailure(
                        "Named streams of NTFS cannot be read", mounted.lastLine(), "Install ntfs-3g on this host");
            }
            seal(mounts, STREAMS);
        }
        return mounts.path(STREAMS).resolve(root().relativize(inside));
    }

    /** The content of a named stream of {@code file}, which is in an NTFS. */
    public Path stream(Path file, String name) throws IOException {
        Path folder = withStreams(Objects.requireNonNull(file.getParent()));
        return folder.resolve(FileName.path(FileName.text(file) + ":" + name));
    }

    public FileSystem fileSystem() {
        return fileSystem;
    }

    /** Whether names are the same in any case. */
    boolean ignoresCase() {
        return fileSystem == FileSystem.NTFS || fileSystem == FileSystem.FAT || fileSystem == FileSystem.EXFAT;
    }

    /** What a person should know of how it is read, such as properties of files that are not seen; else empty. */
    public String note() {
        return note;
    }

    @Override
    public void close() throws IOException {
        try (overlay) {
            mounts.close();
        }
    }
}
