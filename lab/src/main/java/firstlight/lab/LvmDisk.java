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
    private static final int SIZE_MIB = 780;
    private static final int EXTENT_MIB = 4;
    private static final int FIRST_EXTENT_MIB = 1;
    private static final int FREE_EXTENTS = 20;
    /** In extents. With both, the smaller disk is too small even for volumes side by side. */
    private static final int ROOT = 92;

    private static final int HOME = 40;

    private static final Pattern PLACE = Pattern.compile("(root|home|swap) (\\d+) \\S+:(\\d+)-(\\d+)");

    /** Makes the disk, in {@code work} beside which {@code file} lies. */
    static LvmDisk make(Path file, Path work) {
        Path folder = Stage.freshFolder(work);
        Path partition = folder.resolve("partition");
        Shell.run("truncate", "-s", SIZE_MIB + "M", partition.toString());
        try (LoopDevices loops = LoopDevices.of(partition)) {
            Lvm lvm = new Lvm(folder, loops.nodes());
            String node = loops.nodes().getFirst();
            lvm.run("pvcreate", "-q", node);
            lvm.run("vgcreate", "-q", "-s", EXTENT_MIB + "M", DataDisk.GROUP, node);
            lvm.create(FREE_EXTENTS, "gone");
            lvm.create(ROOT, "root");
            lvm.create(HOME, "home");
            lvm.run("lvremove", "-q", "-f", DataDisk.GROUP + "/gone");
        }
        int root = START_MIB + FREE_EXTENTS * EXTENT_MIB;
        PartitionFile.place(volume(folder, "root", ROOT), partition, root);
        PartitionFile.place(volume(folder, "home", HOME), partition, root + ROOT * EXTENT_MIB);
        Shell.run("truncate", "-s", DiskLayout.DISK_MIB + "M", file.toString());
        String table = "label: gpt\\nstart=" + START_MIB + "MiB, size=" + SIZE_MIB + "MiB, type=lvm\\n";
        Shell.run("sh", "-c", "printf '" + table + "' | sfdisk -q '" + file + "'");
        PartitionFile.place(partition, file, START_MIB);
        return new LvmDisk(file);
    }

    private static Path volume(Path folder, String name, int extents) {
        String tree = tree(folder, name).toString();
        return PartitionFile.made(folder.resolve(name), extents * EXTENT_MIB, "mke2fs", "-q", "-t", "ext4", "-d", tree);
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
        Path before = volumes(file, 1, folder.resolve("before"));
        Path now = volumes(restored, 1, folder.resolve("now"));
        StringBuilder told = new StringBuilder("by vgck, e2fsck and file by file:");
        for (String name : List.of("root", "home")) {
            Path was = before.resolve(name);
            Path is = now.resolve(name);
            Shell.run("e2fsck", "-fn", is.toString());
            if (!files(was, folder).equals(files(is, folder))) {
                throw new LabFailure(name + " holds\n" + files(is, folder) + "\nthe source\n" + files(was, folder));
            }
            told.append(" %s %d -> %d MiB".formatted(name, mib(was), mib(is)));
        }
        int root = Long.compare(mib(now.resolve("root")), ROOT * EXTENT_MIB);
        if (root != (larger ? 1 : -1) || mib(now.resolve("home")) != HOME * EXTENT_MIB) {
            throw new LabFailure("the volumes have other lengths than they should: " + told);
        }
        return told.toString();
    }

    /** Makes files of the volumes in the last of so many partitions of {@code disk}, with their names, in {@code folder}. */
    static Path volumes(Path disk, int partitions, Path folder) {
        Path partition = Stage.freshFolder(folder).resolve("partition");
        TableRow row = TableRow.of(disk, partitions).getLast();
        try (LoopDevices loops = LoopDevices.of(row.copied(disk, partition))) {
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
                        "skip=" + (FIRST_EXTENT_MIB + from * EXTENT_MIB),
                        "seek=" + Integer.parseInt(segment.group(2)) * EXTENT_MIB,
                        "count=" + count * EXTENT_MIB,
                        "conv=notrunc",
                        "status=none");
            }
            return folder;
        }
    }

    private static String files(Path volume, Path folder) {
        return Shell.run("unshare", "--mount", "sh", "-ec", """
                mkdir -p "$2/mount"
                mount -t ext4 -o ro,loop,noload "$1" "$2/mount"
                cd "$2/mount"
                find . -printf '%y %m %U:%G %n %T@ %P\\n' | sort -k 6
                find . -type f -print0 | sort -z | xargs -0 sha256sum
                """, "sh", volume.toString(), folder.toString());
    }

    private static long mib(Path file) {
        try {
            return Files.size(file) >> 20;
        } catch (IOException failure) {
            throw new LabFailure("cannot look at " + file + ": " + failure.getMessage(), failure);
        }
    }
}
