package firstlight.image.pipeline;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.capture.CaptureOptions;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.manifest.Manifest;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.Publication;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Disks in files under {@code folder}, attached as loop devices while something works on them. */
record Lab(Path folder) {
    static final int THREADS = 3;

    /** A blank disk. */
    Path disk(String name, String size) throws IOException {
        Path file = folder.resolve(name);
        Shell.run("rm -f '%1$s'; truncate -s %2$s '%1$s'".formatted(file, size));
        return file;
    }

    /** A disk full of old data, which must not shine through: no two pages of it are alike. */
    Path usedDisk(String name, String size) throws IOException {
        Path file = disk(name, size);
        long length = Files.size(file);
        ByteBuffer old = ByteBuffer.allocate(1 << 20);
        ThreadLocalRandom.current().nextBytes(old.array());
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (long at = 0; at < length; at += old.capacity()) {
                for (int page = 0; page < old.capacity(); page += 4096) {
                    old.putLong(page, at + page);
                }
                out.write(old.clear().limit((int) Math.min(old.capacity(), length - at)));
            }
        }
        return file;
    }

    @FunctionalInterface
    interface OnNode {
        void use(Path node) throws IOException;
    }

    static void attached(Path file, int sectorSize, OnNode work) throws IOException {
        try (LoopDevice loop = LoopDevice.attach(file, sectorSize, Access.READ_WRITE)) {
            work.use(loop.node());
            // Not "sync": that would write what all other disks' files hold to the host's own disk.
            Shell.run("blockdev --flushbufs " + loop.node());
        }
    }

    /**
     * Mount itself takes any whole disk for a raid's whose last sector begins with "JM" (util-linux 2.38 asks for no more), as
     * that of one file in 65,536 does.
     */
    private static String type(String options, String what) throws IOException {
        return options.contains("-t ")
                ? ""
                : "-t "
                        + Shell.run("blkid -p -u noraid -o value -s TYPE " + what)
                                .strip();
    }

    static void mounted(String options, String what, OnNode work) throws IOException {
        Path point = Files.createTempDirectory("point");
        try {
            Shell.run("mount %s %s %s %s".formatted(type(options, what), options, what, point));
            try {
                work.use(point);
            } finally {
                Shell.run("umount " + point);
            }
        } finally {
            Files.delete(point);
        }
    }

    /** Whether this kernel can. */
    static boolean isMountable(String device) throws IOException {
        return Shell.run("""
                point=$(mktemp -d)
                if mount %s $point 2>/dev/null; then umount $point; echo mounted; fi
                rmdir $point
                """.formatted(device)).equals("mounted");
    }

    static Capture.Captured capture(Path file, int sectorSize, ImageStore store) throws IOException {
        try (LoopDevice loop = LoopDevice.attach(file, sectorSize, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ)) {
            return new Capture(store.sink(), THREADS, "test").capture(List.of(disk), Progress.SILENT);
        }
    }

    static Manifest captured(Path file, CaptureOptions options, ImageStore store) throws IOException {
        try (LoopDevice loop = LoopDevice.attach(file, 512, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ)) {
            return new Capture(store.sink(), THREADS, "test")
                    .capture(Capture.plan(List.of(disk), options, Progress.SILENT), Progress.SILENT)
                    .manifest();
        }
    }

    /** Captures, publishes, and reads the manifest back from the store. */
    static Manifest image(Path file, int sectorSize, ImageStore store) throws IOException {
        Manifest manifest = capture(file, sectorSize, store).manifest();
        if (store.publish(new ImageName("test"), manifest) instanceof Publication.Published published) {
            return store.open(published.version());
        }
        throw new AssertionError("not published");
    }

    static RestoreSummary restore(Manifest manifest, ImageStore store, Path file, int sectorSize) throws IOException {
        try (LoopDevice loop = LoopDevice.attach(file, sectorSize, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            return new Restore(store.source(), THREADS).restore(manifest, List.of(disk), Progress.SILENT);
        }
    }

    /** By Java, which has the processor's own instructions for it: coreutils' sha256sum takes three times as long. */
    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[1 << 20];
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                sha256.update(piece, 0, read);
            }
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
