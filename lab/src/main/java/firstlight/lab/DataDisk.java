package firstlight.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * Makes a disk without a system: NTFS with Windows' page files, ext4 with a swap file, LVM, F2FS, LUKS2, swap. Nothing is mounted
 * for it and no device mapper is needed, so that it can be made wherever the lab runs. Rubbish lies in free space.
 */
final class DataDisk {
    /** In the order of the notes; hiberfil.sys begins as one in which nothing is hibernated. */
    static final List<String> PAGE_FILES = List.of("pagefile.sys", "hiberfil.sys", "swapfile.sys");

    /** In the same order; of different lengths, none a multiple of a cluster, so that a length that was mixed up or rounded shows. */
    static final List<Integer> PAGE_FILE_OCTETS = List.of(12_000_000, 8_000_000, 4_000_000);

    static final int SWAP_FILE_OCTETS = 6 << 20;
    /** Octets that no file owns, in NTFS and in swap: an image must not hold them, and the restored disk has zeros there. */
    static final int RUBBISH_OCTETS = 4 << 20;

    static final String GROUP = "labdata";

    /**
     * Volumes in extents of {@link Lvm#EXTENT_MIB} MiB. The linear one
     * and half of the striped one fill most of the first physical volume.
     */
    static final int LINEAR_EXTENTS = 8;

    static final int STRIPED_EXTENTS = 12;

    /** From the partition's start. NTFS' files lie far before, swap's first page too. */
    private static final int NTFS_RUBBISH_MIB = 150;

    private static final int SWAP_RUBBISH_MIB = 8;
    /** What {@code lvcreate -I 64k} is told below. */
    private static final int STRIPE = 64 << 10;

    private final Path work;

    private DataDisk(Path work) {
        this.work = work;
    }

    /** {@code work} is a folder for its parts, beside which {@code file} lies. */
    static Path make(Path file, Path work) {
        DataDisk disk = new DataDisk(Stage.freshFolder(work));
        try {
            disk.build(file);
        } catch (IOException failure) {
            throw new LabFailure("cannot make " + file + ": " + failure.getMessage(), failure);
        }
        return file;
    }

    static int leftOutOctets() {
        return PAGE_FILE_OCTETS.stream().mapToInt(Integer::intValue).sum();
    }

    private void build(Path disk) throws IOException {
        Shell.run("truncate", "-s", DataPart.DISK_MIB + "M", disk.toString());
        Path table = Files.writeString(work.resolve("table"), DataPart.sfdiskScript());
        Shell.run("sh", "-c", "sfdisk -q \"$1\" < \"$2\"", "sh", disk.toString(), table.toString());
        place(ntfs(), disk, DataPart.NTFS);
        Path tree = tree("ext4");
        Path swapFile = random(tree.resolve("swapfile"), SWAP_FILE_OCTETS);
        Shell.run("mkswap", "-q", swapFile.toString());
        place(ext4("EXT4", DataPart.EXT4.sizeMib(), tree), disk, DataPart.EXT4);
        lvm(disk);
        place(f2fs(), disk, DataPart.F2FS);
        place(luks(), disk, DataPart.LUKS);
        Path swap = blank("swap", DataPart.SWAP.sizeMib());
        Shell.run("mkswap", "-q", "-L", "swapping", swap.toString());
        rubbish(swap, SWAP_RUBBISH_MIB);
        place(swap, disk, DataPart.SWAP);
    }

    private Path ntfs() throws IOException {
        Path part = blank("ntfs", DataPart.NTFS.sizeMib());
        String start = Long.toString(DataPart.NTFS.startMib() * 2048L);
        Shell.run(
                "mkntfs",
                "-q",
                "-F",
                "-Q",
                "-L",
                "WINDATA",
                "-p",
                start,
                "-s",
                "512",
                "-H",
                "255",
                "-S",
                "63",
                part.toString());
        for (int i = 0; i < PAGE_FILES.size(); i++) {
            Path content = random(work.resolve(PAGE_FILES.get(i)), PAGE_FILE_OCTETS.get(i));
            // Zeros where a hibernated Windows has its mark: such an NTFS would be taken whole.
            if (PAGE_FILES.get(i).startsWith("hiber")) {
                write(content, 0, new byte[4096]);
            }
            copyIn(part, content);
        }
        copyIn(part, random(work.resolve("some.bin"), 3 << 20));
        copyIn(part, Files.writeString(work.resolve("note.txt"), "kept\r\n"));
        rubbish(part, NTFS_RUBBISH_MIB);
        return part;
    }

    private static void copyIn(Path ntfs, Path file) {
        Shell.run("ntfscp", "-q", "-f", ntfs.toString(), file.toString(), "/" + file.getFileName());
    }

    /** A few files of every kind, with octets of their own: no file system shares chunks with another. */
    private Path tree(String seed) throws IOException {
        Path tree = Files.createDirectories(work.resolve("tree-" + seed));
        Files.createDirectories(tree.resolve("folder/empty"));
        random(tree.resolve("some.bin"), (3 << 20) + seed.hashCode() % 1000);
        Files.writeString(tree.resolve("note.txt"), "kept in " + seed + "\n");
        Files.createLink(tree.resolve("folder/hard"), tree.resolve("note.txt"));
        Files.createSymbolicLink(tree.resolve("folder/soft"), Path.of("../note.txt"));
        return tree;
    }

    private Path ext4(String label, int mib, Path tree) {
        Path part = blank(label, mib);
        Shell.run("mke2fs", "-q", "-t", "ext4", "-L", label, "-d", tree.toString(), part.toString());
        return part;
    }

    private Path f2fs() throws IOException {
        Path part = blank("f2fs", DataPart.F2FS.sizeMib());
        Path tree = tree("f2fs");
        random(tree.resolve("swapfile"), SWAP_FILE_OCTETS);
        Shell.run("mkfs.f2fs", "-q", "-f", "-l", "FLASH", part.toString());
        Shell.run("sload.f2fs", "-P", "-f", tree.toString(), part.toString());
        return part;
    }

    private Path luks() throws IOException {
        return Luks.encrypted(ext4("INSIDE", DataPart.LUKS.sizeMib() - Luks.HEADER_MIB, tree("luks")), work);
    }

    /** LVM's own tools make the group; the volumes are laid where these say that they lie. */
    private void lvm(Path disk) throws IOException {
        Path one = blank("lvm-one", DataPart.LVM_ONE.sizeMib());
        Path two = blank("lvm-two", DataPart.LVM_TWO.sizeMib());
        try (LoopDevices loops = LoopDevices.of(one, two)) {
            Lvm lvm = new Lvm(work, loops.nodes());
            String first = loops.nodes().getFirst();
            lvm.run("pvcreate", "-q", first, loops.nodes().getLast());
            lvm.run(
                    "vgcreate",
                    "-q",
                    "-s",
                    Lvm.EXTENT_MIB + "M",
                    GROUP,
                    first,
                    loops.nodes().getLast());
            lvm.create(LINEAR_EXTENTS, "linear", first);
            lvm.create(STRIPED_EXTENTS, "striped", "-i", "2", "-I", "64k");
            String layout = lvm.layout();
            String expected = "linear " + first + ":0-7,striped " + first + ":8-13 "
                    + loops.nodes().getLast() + ":0-5";
            if (!layout.equals(expected)) {
                throw new LabFailure("LVM lays the volumes out as " + layout + ", not " + expected);
            }
        }
        Path linear = ext4("LINEAR", LINEAR_EXTENTS * Lvm.EXTENT_MIB, tree("linear"));
        Shell.run("dd", "if=" + linear, "of=" + one, "bs=1M", "seek=1", "conv=notrunc", "status=none");
        stripe(ext4("STRIPED", STRIPED_EXTENTS * Lvm.EXTENT_MIB, tree("striped")), one, two);
        place(one, disk, DataPart.LVM_ONE);
        place(two, disk, DataPart.LVM_TWO);
    }

    /** What the device mapper would do: stripes by turns on both physical volumes, on the first one behind the linear volume. */
    private static void stripe(Path volume, Path one, Path two) throws IOException {
        byte[] octets = Files.readAllBytes(volume);
        long onOne = (1L + LINEAR_EXTENTS * Lvm.EXTENT_MIB) << 20;
        byte[] stripe = new byte[STRIPE];
        for (int turn = 0; turn < octets.length / STRIPE; turn++) {
            System.arraycopy(octets, turn * STRIPE, stripe, 0, STRIPE);
            long there = (turn % 2 == 0 ? onOne : 1 << 20) + (long) (turn / 2) * STRIPE;
            write(turn % 2 == 0 ? one : two, there, stripe);
        }
    }

    private Path blank(String name, int mib) {
        Path file = work.resolve(name);
        Shell.run("truncate", "-s", mib + "M", file.toString());
        return file;
    }

    private static void rubbish(Path part, int mib) throws IOException {
        byte[] octets = new byte[RUBBISH_OCTETS];
        new Random(mib).nextBytes(octets);
        write(part, (long) mib << 20, octets);
    }

    private static void write(Path file, long offset, byte[] octets) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.seek(offset);
            out.write(octets);
        }
    }

    /**
     * By chance, but the same for the same name, folder and length: no
     * two files of the disk share chunks, and each run has the same ones.
     */
    private static Path random(Path file, int octets) throws IOException {
        byte[] content = new byte[octets];
        new Random(31L
                                * file.subpath(file.getNameCount() - 2, file.getNameCount())
                                        .hashCode()
                        + octets)
                .nextBytes(content);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(content);
        }
        return file;
    }

    private static void place(Path part, Path disk, DataPart where) {
        PartitionFile.place(part, disk, where.startMib());
    }
}
