package firstlight.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Two disks with one group of LVM: on the second partition of one, behind a FAT, and on the whole of the other. Made and looked at by LVM's
 * tools, which need no device mapper for that.
 */
record LvmPair(Path first, Path second) {
    private static final int FAT_MIB = 40;
    private static final int START_MIB = 1 + FAT_MIB;
    /** 49 extents each: 45 on the first and 22 on the second belong to volumes. */
    private static final int PHYSICAL_MIB = 200;

    private static final int DISK_MIB = 300;

    /** In extents, on the first disk. */
    private static final int ROOT = 30;

    /** The rest of the root volume, which lies on the second disk. */
    private static final int MORE_ROOT = 10;

    private static final int SRV = 15;
    private static final int HOME = 12;

    private static final List<String> VOLUMES = List.of("home", "root", "srv");

    private static final Pattern SEGMENT = Pattern.compile("(\\w+) (\\d+) (\\S+):(\\d+)-(\\d+)");

    /** Makes both, in {@code work} beside which they lie. */
    void make(Path work) {
        Path folder = Stage.freshFolder(work);
        Path partition = folder.resolve("physical");
        Shell.run("truncate", "-s", PHYSICAL_MIB + "M", partition.toString(), second.toString());
        try (LoopDevices loops = LoopDevices.of(partition, second)) {
            Lvm lvm = new Lvm(folder, loops.nodes());
            String one = loops.nodes().getFirst();
            String two = loops.nodes().getLast();
            lvm.run("pvcreate", "-q", one, two);
            lvm.run("vgcreate", "-q", "-s", Lvm.EXTENT_MIB + "M", DataDisk.GROUP, one, two);
            lvm.create(ROOT, "root", one);
            lvm.create(SRV, "srv", one);
            lvm.run("lvextend", "-q", "--noudevsync", "-l", "+" + MORE_ROOT, DataDisk.GROUP + "/root", two);
            lvm.create(HOME, "home", two);
        }
        fill(folder, "root", ROOT + MORE_ROOT, 50);
        fill(folder, "srv", SRV, 20);
        fill(folder, "home", HOME, 20);
        copy(partition, second, folder, true);
        Shell.run("truncate", "-s", DISK_MIB + "M", first.toString());
        String table = "label: gpt\\nsize=" + FAT_MIB + "MiB, type=uefi\\nsize=" + PHYSICAL_MIB + "MiB, type=lvm\\n";
        Shell.run("sh", "-c", "printf '" + table + "' | sfdisk -q '" + first + "'");
        PartitionFile.place(PartitionFile.made(folder.resolve("fat"), FAT_MIB, "mkfs.vfat"), first, 1);
        PartitionFile.place(partition, first, START_MIB);
    }

    /** The file that {@link #copy} takes a volume from or makes of it. */
    private static void fill(Path folder, String name, int extents, int noiseMib) {
        try {
            Path tree = Files.createDirectories(folder.resolve("tree-" + name));
            Files.createDirectories(tree.resolve("folder/empty"));
            Files.writeString(tree.resolve("note.txt"), "kept in " + name + "\n");
            Files.createLink(tree.resolve("folder/hard"), tree.resolve("note.txt"));
            Shell.run("sh", "-c", "head -c " + noiseMib + "M /dev/urandom > \"$1/noise\"", "sh", tree.toString());
            PartitionFile.made(
                    folder.resolve(name),
                    extents * Lvm.EXTENT_MIB,
                    "mke2fs",
                    "-q",
                    "-t",
                    "ext4",
                    "-b",
                    "4096",
                    "-d",
                    tree.toString());
        } catch (IOException failure) {
            throw new LabFailure("cannot fill " + name + ": " + failure.getMessage(), failure);
        }
    }

    /**
     * Holds the volumes against those of {@code restored}, file by file. Needs a kernel that mounts ext4; mounted where nobody else sees it.
     *
     * @param rootMib the length that its root volume, and the file system in it, must have
     */
    String compare(LvmPair restored, int rootMib, Path work) {
        Path folder = Stage.freshFolder(work);
        String was = volumes(folder.resolve("before"));
        String is = restored.volumes(folder.resolve("now"));
        List<String> lengths = new ArrayList<>();
        for (String name : VOLUMES) {
            Path before = folder.resolve("before").resolve(name);
            Path now = folder.resolve("now").resolve(name);
            Shell.run("e2fsck", "-fn", now.toString());
            String files = PartitionFile.listed(before, "ext4", "noload", folder);
            String found = PartitionFile.listed(now, "ext4", "noload", folder);
            if (!files.equals(found)) {
                throw new LabFailure(name + " holds\n" + found + "\nthe source\n" + files);
            }
            lengths.add(name + " " + PartitionFile.mib(now) + " MiB");
        }
        List<String> wanted = List.of(
                "home " + HOME * Lvm.EXTENT_MIB + " MiB",
                "root " + rootMib + " MiB",
                "srv " + SRV * Lvm.EXTENT_MIB + " MiB");
        String blocks = Shell.run("dumpe2fs", "-h", folder.resolve("now/root").toString());
        if (!lengths.equals(wanted)
                || !Pattern.compile("(?m)^Block count: +" + rootMib * 256 + "$")
                        .matcher(blocks)
                        .find()) {
            throw new LabFailure("the volumes are " + lengths + " and not " + wanted
                    + ", or the file system in root is not:\n" + blocks);
        }
        return "by pvck, vgck, e2fsck and file by file, in both texts: " + was + " -> " + is;
    }

    /** Makes files of the volumes with their names in {@code folder}, and lets LVM's tools check and change a copy. */
    private String volumes(Path folder) {
        Path work = Stage.freshFolder(folder);
        Path one = TableRow.of(first, 2).getLast().copied(first, work.resolve("one"));
        Path two = work.resolve("two");
        Shell.run("cp", "--sparse=always", second.toString(), two.toString());
        String layout = copy(one, two, work, false);
        try (LoopDevices loops = LoopDevices.of(one, two)) {
            Lvm lvm = new Lvm(work, loops.nodes());
            List<String> texts = new ArrayList<>();
            for (String node : loops.nodes()) {
                lvm.run("pvck", node);
                texts.add(lvm.text(node));
            }
            if (!texts.getFirst().equals(texts.getLast())) {
                throw new LabFailure("the two disks tell of two groups:\n" + String.join("\n", texts));
            }
            lvm.run("vgck", DataDisk.GROUP);
            lvm.run("vgchange", "-q", "--addtag", "after", DataDisk.GROUP); // LVM goes on from it
            lvm.run("vgck", DataDisk.GROUP);
        }
        return layout;
    }

    /**
     * The volumes' octets from files with their names in {@code folder} to where LVM says that they lie, or from there. Returns LVM's words
     * for that, with {@code one} and {@code two} for the physical volumes.
     */
    private static String copy(Path one, Path two, Path folder, boolean in) {
        try (LoopDevices loops = LoopDevices.of(one, two)) {
            String segments = new Lvm(folder, loops.nodes()).segments();
            String first = loops.nodes().getFirst();
            Matcher segment = SEGMENT.matcher(segments);
            StringBuilder layout = new StringBuilder();
            while (segment.find()) {
                boolean isFirst = segment.group(3).equals(first);
                int from = Integer.parseInt(segment.group(4));
                int count = Integer.parseInt(segment.group(5)) + 1 - from;
                int there = Lvm.FIRST_EXTENT_MIB + from * Lvm.EXTENT_MIB;
                int here = Integer.parseInt(segment.group(2)) * Lvm.EXTENT_MIB;
                Path volume = folder.resolve(segment.group(1));
                Path physical = isFirst ? one : two;
                Shell.run(
                        "dd",
                        "if=" + (in ? volume : physical),
                        "of=" + (in ? physical : volume),
                        "bs=1M",
                        "skip=" + (in ? here : there),
                        "seek=" + (in ? there : here),
                        "count=" + count * Lvm.EXTENT_MIB,
                        "conv=notrunc",
                        "status=none");
                layout.append(layout.isEmpty() ? "" : ", ")
                        .append(segment.group(1))
                        .append(isFirst ? " one:" : " two:")
                        .append(from)
                        .append('-')
                        .append(from + count - 1);
            }
            return layout.toString();
        }
    }
}
