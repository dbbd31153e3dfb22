package firstlight.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk as an encrypted laptop has it: a boot partition, and behind it an encrypted one with a system's ext4 in it. */
record LuksDisk(Path file) {
    /** A system's boot partition is not encrypted. With the header of LUKS, both leave little of the disk free. */
    private static final int BOOT_MIB = 100;

    private static final int INSIDE_MIB = 640;

    /** Makes the disk, in {@code work} beside which {@code file} lies. */
    static LuksDisk make(Path file, Path work) {
        Path folder = Stage.freshFolder(work);
        Path tree = folder.resolve("tree");
        try {
            Files.createDirectories(tree.resolve("etc"));
            Files.createDirectories(tree.resolve("home/anna"));
            Files.writeString(tree.resolve("etc/hostname"), "master\n");
            Files.createSymbolicLink(tree.resolve("home/anna/soft"), Path.of("../../etc"));
            Files.writeString(tree.resolve("home/anna/note.txt"), "kept\n");
            Files.createLink(tree.resolve("home/anna/hard"), tree.resolve("home/anna/note.txt"));
            Shell.run("sh", "-c", "head -c 40M /dev/urandom > \"$1/home/anna/noise\"", "sh", tree.toString());
        } catch (IOException failure) {
            throw new LabFailure("cannot fill " + tree + ": " + failure.getMessage(), failure);
        }
        Path boot = PartitionFile.made(folder.resolve("boot"), BOOT_MIB, "mke2fs", "-q", "-t", "ext4");
        Path inside = PartitionFile.made(
                folder.resolve("inside"), INSIDE_MIB, "mke2fs", "-q", "-t", "ext4", "-d", tree.toString());
        Shell.run("truncate", "-s", DiskLayout.DISK_MIB + "M", file.toString());
        String table =
                "label: gpt\\nstart=1MiB, size=" + BOOT_MIB + "MiB\\nsize=" + (INSIDE_MIB + Luks.HEADER_MIB) + "MiB\\n";
        Shell.run("sh", "-c", "printf '" + table + "' | sfdisk -q '" + file + "'");
        PartitionFile.place(boot, file, 1);
        PartitionFile.place(Luks.encrypted(inside, folder), file, 1 + BOOT_MIB);
        return new LuksDisk(file);
    }

    /**
     * Holds what is encrypted against that of {@code restored}, file by file. Needs a kernel that mounts ext4.
     *
     * @param larger whether it must have grown, else shrunk
     * @param computerName that the system in it must have
     */
    String compare(Path restored, boolean larger, String computerName, Path work) {
        Path folder = Stage.freshFolder(work);
        Shell.run("sfdisk", "--verify", restored.toString());
        Path was = inside(file, Stage.freshFolder(folder.resolve("before")));
        Path is = inside(restored, Stage.freshFolder(folder.resolve("now")));
        Shell.run("e2fsck", "-fn", is.toString());
        long before = blocks(was);
        long now = blocks(is);
        if (before == now || (now > before) != larger) {
            throw new LabFailure("the encrypted ext4 had " + before + " blocks and has " + now);
        }
        String name = Shell.run("debugfs", "-R", "cat /etc/hostname", is.toString());
        if (!name.contains(computerName)) {
            throw new LabFailure("the encrypted system is named " + name);
        }
        if (!files(was, folder).equals(files(is, folder))) {
            throw new LabFailure("it holds\n" + files(is, folder) + "\nthe source\n" + files(was, folder));
        }
        return "deciphered by cryptsetup: " + (before >> 8) + " -> " + (now >> 8) + " MiB, named " + computerName
                + ", file by file";
    }

    private static Path inside(Path disk, Path folder) {
        return Luks.deciphered(TableRow.of(disk, 2).getLast().copied(disk, folder.resolve("partition")), folder);
    }

    /** Of 4 KiB. */
    private static long blocks(Path ext4) {
        String told =
                Shell.run("sh", "-c", "dumpe2fs -h \"$1\" 2>&1 | sed -n 's/^Block count: *//p'", "sh", ext4.toString());
        return Long.parseLong(told.strip());
    }

    /** Without what the restored system's name makes different. */
    private static String files(Path ext4, Path folder) {
        return PartitionFile.listed(ext4, "ext4", "noload", folder)
                .lines()
                .filter(line -> !line.contains("etc/host") && !line.endsWith(" etc"))
                .reduce("", (all, line) -> all + line + "\n");
    }
}
