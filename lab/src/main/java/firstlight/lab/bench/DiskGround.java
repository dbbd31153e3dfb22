package firstlight.lab.bench;

import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.lab.Programs;
import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A disk in memory behind a loop device: what a disk and its bus cost is left out, for both sides alike. A source has a GPT
 * with one ext4 partition in it; a target is as blank as a new disk.
 */
final class DiskGround implements AutoCloseable {
    private static final int SECTOR = 512;

    private final Path file;
    private final LoopDevice loop;

    /** Ctrl-C ends the benchmark too. */
    private final Thread onExit;

    private boolean attached = true;

    private DiskGround(Path file) throws IOException {
        this.file = file;
        this.loop = LoopDevice.attach(file, SECTOR, Access.READ_WRITE);
        this.onExit = new Thread(this::detach, "loop-cleanup");
        Runtime.getRuntime().addShutdownHook(onExit);
    }

    static DiskGround blank(Path file, long size) {
        try {
            Files.deleteIfExists(file);
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.allocate(1), size - 1);
            }
            return new DiskGround(file);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    /** Fills it with {@code tree}. */
    static DiskGround source(Path file, long size, RealTree tree) {
        DiskGround disk = blank(file, size);
        try {
            Programs.run(List.of("sh", "-c", "echo type=linux | sfdisk --quiet --label gpt \"$0\"", disk.node()));
            disk.loop.partitionsChanged();
            Programs.run(List.of("mkfs.ext4", "-q", "-F", disk.partition()));
            disk.mounted(tree::fill);
            return disk;
        } catch (IOException e) {
            disk.close();
            throw failed(file, e);
        }
    }

    @FunctionalInterface
    interface Use {
        void on(Path folder) throws IOException;
    }

    /** Mounts the partition for the time of {@code use}. */
    void mounted(Use use) throws IOException {
        Path folder = Files.createDirectories(file.resolveSibling("mounted"));
        Programs.run(List.of("mount", partition(), folder.toString()));
        try {
            use.on(folder);
        } finally {
            Programs.run(List.of("umount", folder.toString()));
        }
    }

    String node() {
        return loop.node().toString();
    }

    String partition() throws IOException {
        try (BlockDevice disk = open(Access.READ_WRITE)) {
            return disk.node(1).orElseThrow().toString();
        }
    }

    BlockDevice open(Access access) throws IOException {
        return BlockDevice.open(loop.node(), access);
    }

    private synchronized void detach() {
        if (attached) {
            attached = false;
            try {
                loop.close();
            } catch (IOException e) {
                System.err.println("firstlight: " + e.getMessage());
            }
        }
    }

    private static OperatorError failed(Path file, IOException e) {
        return new OperatorError(
                "cannot make a disk of " + file,
                String.valueOf(e.getMessage()) + "; loop devices and root are needed",
                e);
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(onExit);
        detach();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new OperatorError("cannot remove " + file, String.valueOf(e.getMessage()), e);
        }
    }
}
