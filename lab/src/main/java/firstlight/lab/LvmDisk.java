package firstlight.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A disk with one partition that is LVM's: free extents, a root volume of which most is free, another volume behind it, free extents. Made
 * and looked at by LVM's tools, which need no device mapper for that; the volumes are found by what these tell.
 */
record LvmDisk(Path file) {
    private static final int START_MIB = 1;
    /** 194 extents: 20 free, 92 and 40 of volumes, and 42 free. */
    private static final int SIZE_MIB = 780;
    /** Before the volumes: on a smaller disk these are given up, for which both must move. */
    private static final int FREE_EXTENTS = 20;
    /** In extents. With both, the smaller disk is too small even for volumes side by side. */
    private static final int ROOT = 92;

    private static final int HOME = 40;

    private static final Pattern PLACE = Pattern.compile("(root|home|swap) (\\d+) \\S+:(\\d+)-(\\d+)");

    /** Makes the disk, in {@code work} beside which {@code file} lies. */
    static LvmDisk make(Path file, Path work) {
        Path folder = Stage.freshFolder(work);
        Path partition = Lvm.filled(
                folder,
                SIZE_MIB,
                FREE_EXTENTS,
                new Lvm.Filled("root", ROOT, volume(folder, "root", ROOT)),
                new Lvm.Filled("home", HOME, volume(folder, "home", HOME)));
        Shell.run("truncate", "-s", DiskLayout.DISK_MIB + "M", file.toString());
        String table = "label: gpt\\nstart=" + START_MIB + "MiB, size=" + SIZE_MIB + "MiB, type=lvm\\n";
        Shell.run("sh", "-c", "printf '" + table + "' | sfdisk -q '" + file + "'");
        PartitionFile.place(partition, file, START_MIB);
        return new LvmDisk(file);
    }

    private static Path volume(Path folder, String name, int extents) {
        String tree = tree(folder, name).toString();
        return PartitionFile.made(
                folder.resolve(name), extents * Lvm.EXTENT_MIB, "mke2fs", "-q", "-t", "ext4", "-d", tree);
    }

    /** A file at the end of the root volume's used blocks, so that a smaller one has some to move. */
    private static Path tree(Path folder, String name) {
        try {
            Path tree = Files.createDirectories(folder.resolve("tree-" + name));
            Files.createDirectories(tree.resolve("folder/empty"));
            Files.writeString(tree.resolve("note.txt"), "kept in " + name + "\n");
            Files.createLink(tree.resolve("folder/hard"), tree.resolve("note.txt"));
            Shell.run("sh", "-c", "head -c 40M /dev/urandom > \"$1/noise\"", "sh", tree.toString());
            return tree;
        } catch (IOException failure) {
            throw new LabFailure("cannot fill " + name + ": " + failure.getMessage(), failure);
        }
    }

    /**
     * Holds the volumes against those of {@code restored}, file by file. Needs a kernel that mounts ext4; mounted where nobody else sees it.
     *
     * @param larger whether the root volume must have grown, else shrunk
     */
    String compare(Path restored, boolean larger, Path work) {
        Path folder = Stage.freshFolder(work);
        Path before = volumes(file, folder.resolve("before"), 1);
        Path now = volumes(restored, folder.resolve("now"), 1);
        StringBuilder told = new StringBuilder("by vgck, e2fsck and file by file:");
        for (String name : List.of("root", "home")) {
            Path was = before.resolve(name);
            Path is = now.resolve(name);
            Shell.run("e2fsck", "-fn", is.toString());
            if (!files(was, folder).equals(files(is, folder))) {
                throw new LabFailure(name + " holds\n" + files(is, folder) + "\nthe source\n" + files(was, folder));
            }
            told.append(" %s %d -> %d MiB".formatted(name, PartitionFile.mib(was), PartitionFile.mib(is)));
        }
        int root = Long.compare(PartitionFile.mib(now.resolve("root")), ROOT * Lvm.EXTENT_MIB);
        if (root != (larger ? 1 : -1) || PartitionFile.mib(now.resolve("home")) != HOME * Lvm.EXTENT_MIB) {
            throw new LabFailure("the volumes have other lengths than they should: " + told);
        }
        return told.toString();
    }

    private static Path volumes(Path disk, Path folder, int partitions) {
        TableRow row = TableRow.of(disk, partitions).getLast();
        return volumes(row.copied(disk, Stage.freshFolder(folder).resolve("partition")), folder);
    }

    /**
     * Makes files of the volumes in {@code partition}, a file, with their names, in {@code folder}. Segment by segment, as LVM's
     * own tools tell them.
     */
    static Path volumes(Path partition, Path folder) {
        try (LoopDevices loops = LoopDevices.of(partition)) {
            Lvm lvm = new Lvm(folder, loops.nodes());
            lvm.run("vgck", DataDisk.GROUP);
            Matcher segment = PLACE.matcher(lvm.segments());
            while (segment.find()) {
                int from = Integer.parseInt(segment.group(3));
                int count = Integer.parseInt(segment.group(4)) + 1 - from;
                Shell.run(
                        "dd",
                        "if=" + partition,
                        "of=" + folder.resolve(segment.group(1)),
                        "bs=1M",
                        "skip=" + (Lvm.FIRST_EXTENT_MIB + from * Lvm.EXTENT_MIB),
                        "seek=" + Integer.parseInt(segment.group(2)) * Lvm.EXTENT_MIB,
                        "count=" + count * Lvm.EXTENT_MIB,
                        "conv=notrunc",
                        "status=none");
            }
            return folder;
        }
    }

    private static String files(Path volume, Path folder) {
        return PartitionFile.listed(volume, "ext4", "noload", folder);
    }
}
