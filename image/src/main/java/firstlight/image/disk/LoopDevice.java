package firstlight.image.disk;

import firstlight.image.ImageFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A disk in a file, attached to the kernel so that it and its partitions have device nodes. Needs root. */
public final class LoopDevice implements AutoCloseable {
    private final Path node;

    private LoopDevice(Path node) {
        this.node = node;
    }

    /**
     * @param sectorSize 512 or 4096, as tables in the file count
     * @throws ImageFailure when there is no loop device to be had
     */
    public static LoopDevice attach(Path file, int sectorSize, Access access) throws IOException {
        LoopDevice loop = attach(file, sectorSize, access, List.of("--partscan"));
        loop.partitionsChanged();
        return loop;
    }

    /**
     * Part of a file, or of another device, that is one file system: nobody looks for partitions in it.
     *
     * @param start in octets, a whole number of sectors, as {@code length}
     */
    public static LoopDevice attachPart(Path file, long start, long length, int sectorSize, Access access)
            throws IOException {
        List<String> part = List.of("--offset", Long.toString(start), "--sizelimit", Long.toString(length));
        return attach(file, sectorSize, access, part);
    }

    private static LoopDevice attach(Path file, int sectorSize, Access access, List<String> options)
            throws IOException {
        List<String> command = new ArrayList<>(List.of("losetup", "--find", "--show"));
        command.addAll(options);
        command.addAll(List.of("--sector-size", Integer.toString(sectorSize)));
        if (access == Access.READ) {
            command.add("--read-only");
        }
        command.add(file.toString());
        Tool losetup = Tool.run(command);
        if (!losetup.succeeded()) {
            throw new ImageFailure(
                    file + " cannot be attached as a loop device",
                    losetup.lastLine(),
                    "Run as root on a kernel with loop devices (modprobe loop)");
        }
        LoopDevice loop = new LoopDevice(Path.of(losetup.lastLine()));
        if (access == Access.READ_WRITE) {
            ReadOnlyNodes.makeWritable(
                    loop.node); // a capture that was killed (SIGKILL) left this loop device read-only
        }
        return loop;
    }

    /** What a process that was killed left attached of {@code file}, which takes its room until then. */
    public static void detachAll(Path file) throws IOException {
        for (String line : Tool.run(List.of("losetup", "--associated", file.toString()))
                .output()
                .lines()
                .toList()) {
            int end = line.indexOf(": "); // /dev/loop3: [65024]:5474268 (/var/lib/firstlight/spool/import-1.raw)
            if (line.startsWith("/dev/loop") && end > 0) {
                new LoopDevice(Path.of(line.substring(0, end))).close();
            }
        }
    }

    /** Has partx look for partitions too: small kernels (of cloud and micro VMs) know no partition tables themselves. */
    public void partitionsChanged() throws IOException {
        // Both fail when there is nothing to do. Not --update: that of util-linux 2.38 forgets logical partitions.
        Tool.run(List.of("partx", "--delete", node.toString()));
        Tool.run(List.of("partx", "--add", node.toString()));
    }

    public Path node() {
        return node;
    }

    @Override
    public void close() throws IOException {
        Tool.run(List.of("partx", "--delete", node.toString()));
        Tool losetup = Tool.run(List.of("losetup", "--detach", node.toString()));
        if (!losetup.succeeded()) {
            throw new IOException(node + " cannot be detached: " + losetup.lastLine());
        }
    }
}
