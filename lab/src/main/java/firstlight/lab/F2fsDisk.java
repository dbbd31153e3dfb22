package firstlight.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A disk with one F2FS partition and files on it, made and read by F2FS' own tools, one inode at a time: few kernels mount it. */
record F2fsDisk(Path file) {
    private static final int START_MIB = 1;
    /** Nearly all of a disk of {@link DiskLayout#DISK_MIB}: a larger and a smaller one must both change it. */
    private static final int SIZE_MIB = 780;
    /** Octets of one file that cannot be packed, and how many small ones there are: enough to fill several segments (of 2 MiB). */
    private static final int NOISE = 30 << 20;

    private static final int MANY = 300;

    /** Makes the disk, in {@code work} beside which {@code file} lies. */
    static F2fsDisk make(Path file, Path work) {
        Path folder = Stage.freshFolder(work);
        Path partition = folder.resolve("partition");
        Path tree = folder.resolve("tree");
        try {
            Files.createDirectories(tree.resolve("folder/empty"));
            Files.createDirectories(tree.resolve("many"));
            byte[] noise = new byte[NOISE];
            new Random(NOISE).nextBytes(noise);
            Files.write(tree.resolve("noise"), noise);
            for (int i = 0; i < MANY; i++) {
                Files.writeString(tree.resolve("many/" + i), "number " + i + "\n");
            }
            Files.createLink(tree.resolve("folder/hard"), tree.resolve("noise"));
            Files.createSymbolicLink(tree.resolve("folder/soft"), Path.of("../noise"));
        } catch (IOException failure) {
            throw new LabFailure("cannot fill " + tree + ": " + failure.getMessage(), failure);
        }
        // Its logs are spread over all of its length (-a 1, as usual), so that a smaller one has some to move.
        PartitionFile.made(partition, SIZE_MIB, "mkfs.f2fs", "-q", "-f", "-a", "1", "-l", "FLASH");
        Shell.run("sload.f2fs", "-P", "-f", tree.toString(), partition.toString());
        Shell.run("truncate", "-s", DiskLayout.DISK_MIB + "M", file.toString());
        String table = "label: gpt\\nstart=" + START_MIB + "MiB, size=" + SIZE_MIB + "MiB\\n";
        Shell.run("sh", "-c", "printf '" + table + "' | sfdisk -q '" + file + "'");
        PartitionFile.place(partition, file, START_MIB);
        return new F2fsDisk(file);
    }

    /** Holds UUID, label and every file against those of {@code restored}, whose F2FS must be longer, or shorter, than it was. */
    String compare(Path restored, boolean larger, Path work) {
        Path folder = Stage.freshFolder(work);
        Shell.run("sfdisk", "--verify", restored.toString());
        TableRow before = TableRow.of(file, 1).getFirst();
        TableRow now = TableRow.of(restored, 1).getFirst();
        if (before.sectors() == now.sectors() || (now.sectors() > before.sectors()) != larger) {
            throw new LabFailure("the partition was " + before + " and is " + now);
        }
        Path was = before.copied(file, folder.resolve("before"));
        Path is = now.copied(restored, folder.resolve("now"));
        Shell.run("fsck.f2fs", "-f", "--dry-run", is.toString());
        String told = told(was, folder.resolve("was"));
        if (told.lines().count() < MANY || !told.equals(told(is, folder.resolve("is")))) {
            throw new LabFailure("the F2FS held\n" + told + "\nand holds\n" + told(is, folder.resolve("again")));
        }
        return "F2FS " + (before.sectors() >> 11) + " -> " + (now.sectors() >> 11) + " MiB, by fsck.f2fs, and " + MANY
                + " files and more one by one";
    }

    /**
     * The tree with its inodes' numbers; of each inode what it is; of each file its content. dump.f2fs asks before it writes a
     * file out, into lost_found below its working folder: hence {@code echo y}, and what is summed there.
     */
    private static String told(Path partition, Path work) {
        return Shell.run("sh", "-ec", """
                mkdir -p "$2"; cd "$2"
                blkid -p -o export "$1" | grep -E '^(UUID|LABEL|TYPE)='
                fsck.f2fs -t "$1" | grep -a '^|' | grep -a ino > tree
                cat tree
                for ino in $(sed -n 's/.*<ino = \\(0x[0-9a-f]*\\)>.*/\\1/p' tree); do
                  echo y | dump.f2fs -i $ino "$1" | grep -aE '^i_(name|mode|size|links|mtime|uid)' || true
                done
                find lost_found -type f -print0 | sort -z | xargs -0 sha256sum
                """, "sh", partition.toString(), work.toString());
    }
}
