package firstlight.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * A disk with one XFS partition and some files on it. Rubbish lies in its free space, as on every disk that was in use: who takes
 * used blocks alone leaves it behind.
 */
record XfsDisk(Path file) {
    private static final int START_MIB = 1;
    /** mkfs.xfs makes no file system below 300 MiB, and a smaller one must still fit on the smaller disk. */
    private static final int SIZE_MIB = 700;
    /** In the fourth and last allocation group, behind its headers. */
    private static final int RUBBISH_MIB = START_MIB + 600;

    private static final int RUBBISH_SIZE_MIB = 4;

    /** Octets of files that a capture may leave out; of the number their content is made. */
    private static final int SWAP_FILE = 8 << 20;

    private static final int CACHE = 1 << 20;

    private static final int BLOCK = 4096;

    /** Makes the disk, in {@code work} beside which {@code file} lies. */
    static XfsDisk make(Path file, Path work) {
        Path folder = Stage.freshFolder(work);
        Path partition = folder.resolve("partition");
        try {
            random(folder.resolve("some"), 3 << 20);
            random(folder.resolve("swapfile"), SWAP_FILE);
            random(folder.resolve("old.cache"), CACHE);
            Files.writeString(folder.resolve("note"), "kept\n");
            Path prototype = Files.writeString(folder.resolve("prototype"), """
                    none
                    0 0
                    d--755 0 0
                    some ---644 0 0 %1$s/some
                    swapfile ---600 0 0 %1$s/swapfile
                    folder d--755 0 0
                    old.cache ---644 1000 1000 %1$s/old.cache
                    note ---600 1000 1000 %1$s/note
                    $
                    $
                    """.formatted(folder));
            Shell.run("truncate", "-s", SIZE_MIB + "M", partition.toString());
            Shell.run("mkfs.xfs", "-q", "-L", "DATA", "-p", prototype.toString(), partition.toString());
            Shell.run("truncate", "-s", DiskLayout.DISK_MIB + "M", file.toString());
            String table = "label: gpt\\nstart=" + START_MIB + "MiB, size=" + SIZE_MIB + "MiB\\n";
            Shell.run("sh", "-c", "printf '" + table + "' | sfdisk -q '" + file + "'");
            PartitionFile.place(partition, file, START_MIB);
            Path rubbish = random(folder.resolve("rubbish"), RUBBISH_SIZE_MIB << 20);
            PartitionFile.place(rubbish, file, RUBBISH_MIB);
            return new XfsDisk(file);
        } catch (IOException failure) {
            throw new LabFailure("cannot make " + file + ": " + failure.getMessage(), failure);
        }
    }

    /** Takes the rubbish away, and holds the rest against {@code restored}, octet for octet; its image-safe data are its own. */
    String compare(Path restored) {
        String zeros = "dd if=/dev/zero of='" + file + "' bs=1M seek=" + RUBBISH_MIB + " count=" + RUBBISH_SIZE_MIB
                + " conv=notrunc status=none";
        Shell.run("sh", "-c", zeros);
        String safe = Integer.toString(DiskCheck.SAFE_AREA);
        Shell.run("cmp", "-n", safe, file.toString(), restored.toString());
        Shell.run("cmp", "-i", Integer.toString(1 << 20), file.toString(), restored.toString());
        return "every octet, and none of what lay in the free space";
    }

    /**
     * The same, for a disk whose image did without the content of {@code swapfile} and {@code folder/old.cache}: that must be zeros.
     * What xfs_repair would repair is told by it too.
     */
    String compareWithoutSpare(Path restored, Path work) {
        takeAway(SWAP_FILE);
        takeAway(CACHE);
        String same = compare(restored);
        Path partition = taken(restored, Stage.freshFolder(work).resolve("partition"));
        Shell.run("xfs_repair", "-n", partition.toString());
        return same + "; the files that were left out are zeros; xfs_repair -n finds nothing";
    }

    /** mkfs.xfs laid the file down in one piece. */
    private void takeAway(int octets) {
        byte[] content = new byte[octets];
        new Random(octets).nextBytes(content);
        byte[] begins = Arrays.copyOf(content, BLOCK);
        try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
            byte[] block = new byte[BLOCK];
            long at = (long) START_MIB << 20;
            do {
                at += BLOCK;
                disk.seek(at);
                disk.readFully(block);
            } while (!Arrays.equals(block, begins));
            byte[] found = new byte[octets];
            disk.seek(at);
            disk.readFully(found);
            if (!Arrays.equals(found, content)) {
                throw new LabFailure("a file on " + file + " lies in pieces");
            }
            disk.seek(at);
            disk.write(new byte[octets]);
        } catch (IOException failure) {
            throw new LabFailure("cannot look for a file on " + file + ": " + failure.getMessage(), failure);
        }
    }

    /**
     * Holds the files, the UUID and the label against those of {@code restored}, whose XFS has another length: made anew there, so
     * no octet need lie where it lay. Needs a kernel that knows XFS; mounted where nobody else sees it.
     */
    String compareFiles(Path restored, Path work) {
        Path folder = Stage.freshFolder(work);
        Shell.run("sfdisk", "--verify", restored.toString());
        Path before = taken(file, folder.resolve("before"));
        Path now = taken(restored, folder.resolve("now"));
        Shell.run("xfs_repair", "-n", now.toString());
        String was = told(before, folder);
        String is = told(now, folder);
        if (!was.equals(is)) {
            throw new LabFailure("the source holds\n" + was + "\nthe restored disk\n" + is);
        }
        return "XFS " + PartitionFile.mib(before) + " -> " + PartitionFile.mib(now)
                + " MiB, by xfs_repair and file by file:\n" + is.strip();
    }

    /** Of a disk with one partition, which starts at {@link #START_MIB} on each. */
    private static Path taken(Path disk, Path part) {
        String size = Shell.run(
                "sh", "-c", "sfdisk -d \"$1\" | sed -n 's/.*size= *\\([0-9]*\\).*/\\1/p'", "sh", disk.toString());
        long octets = Long.parseLong(size.strip()) * 512;
        Shell.run(
                "dd",
                "if=" + disk,
                "of=" + part,
                "bs=1M",
                "iflag=count_bytes",
                "skip=" + START_MIB,
                "count=" + octets,
                "conv=sparse",
                "status=none");
        return part;
    }

    /** UUID and label; then each file's kind, mode, owners, links, time and content. */
    private static String told(Path part, Path folder) {
        String marks = Shell.run(
                "sh", "-c", "blkid -p -o export \"$1\" | grep -E '^(UUID|LABEL|TYPE)='", "sh", part.toString());
        return marks + PartitionFile.listed(part, "xfs", "norecovery,nouuid", folder);
    }

    private static Path random(Path file, int octets) throws IOException {
        byte[] content = new byte[octets];
        new Random(octets).nextBytes(content);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(content);
        }
        return file;
    }
}
