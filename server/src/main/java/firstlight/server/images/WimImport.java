package firstlight.server.images;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.capture.IfUnreadable;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.disk.Tool;
import firstlight.image.luks.Passphrases;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.VersionNotes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Makes an image of one of the trees in a Windows image file: a GPT disk with one NTFS partition that holds its files, with their
 * streams, links and rights, since wimlib applies to the volume itself. A WIM has no boot files, so the disk does not start.
 *
 * @param file on the server's host
 * @param index which tree; empty where the file has one
 * @param mebibytes of the partition; empty: what the files need. A restore can make it larger
 * @param scratch the folder for the disk that is made: it takes what the files hold
 */
public record WimImport(Path file, ImageName image, Optional<Integer> index, Optional<Integer> mebibytes, Path scratch)
        implements Import {
    private static final long MIB = 1L << 20;

    /** Of an NTFS without files, and of one file or folder in it: its MFT record, and half a cluster that it does not fill. */
    private static final long EMPTY = 64 * MIB;

    private static final long AN_ENTRY = 1024 + 2048;

    private static final String NO_START =
            "it has no boot files: lay it onto a PC that has them (restore --partition), or make them with bcdboot";

    @Override
    public ImageJob.Outcome run(ImageStore images, VersionNotes.Entry entry, Progress progress) throws IOException {
        WimIndex tree = tree(WimIndex.of(file));
        long size = mebibytes.isPresent() ? mebibytes.get() * MIB : size(tree);
        try (Unpacked unpacked = Unpacked.in(scratch)) {
            Path raw = unpacked.file();
            progress.progress(Progress.Phase.COPYING, 0, 0);
            try (RandomAccessFile disk = new RandomAccessFile(raw.toFile(), "rw")) {
                disk.setLength(size + 2 * MIB); // with both partition tables
            }
            try (LoopDevice loop = LoopDevice.attach(raw, 512, Access.READ_WRITE)) {
                apply(tree, loop, size, progress);
            }
            return new DiskCapture(
                            image,
                            file + ", index " + tree,
                            512,
                            IfUnreadable.STOP,
                            Passphrases.NONE,
                            List.of(NO_START))
                    .run(raw, images, entry, progress);
        }
    }

    private void apply(WimIndex tree, LoopDevice loop, long size, Progress progress) throws IOException {
        String node = loop.node().toString();
        String layout = "start=2048, size=" + size / 512 + ", type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, name=Windows";
        make(layout, "sfdisk", "--quiet", "--label", "gpt", node);
        loop.partitionsChanged();
        Path partition;
        try (BlockDevice disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            partition = disk.node(1)
                    .orElseThrow(() -> new ImageFailure(
                            file + " cannot be unpacked",
                            "the kernel made no device of a partition on " + node,
                            "Start the server where loop devices have partitions (not in a container)"));
        }
        // Where the partition begins, and the geometry, stand in NTFS' boot sector: given, so that they do not depend
        // on what a loop device tells of itself.
        make("", "mkntfs", "-q", "-Q", "-L", "Windows", "-p", "2048", "-H", "255", "-S", "63", partition.toString());
        Tool apply = Tool.run(
                List.of("wimapply", file.toString(), String.valueOf(tree.number()), partition.toString()), said -> {
                    if (said.contains("file data") && Tool.percent(said) >= 0) {
                        progress.progress(Progress.Phase.COPYING, Tool.percent(said), 100);
                    }
                });
        if (!apply.succeeded()) {
            boolean full = apply.output().contains("No space left");
            throw new ImageFailure(
                    file + " cannot be unpacked",
                    full ? "a partition of " + size / MIB + " MiB is too small for its files" : apply.lastLine(),
                    apply.exit() == Tool.NOT_INSTALLED
                            ? WimIndex.INSTALL
                            : full ? "Say how large it is to be: --size MIB" : "See: wimverify " + file);
        }
    }

    private static void make(String input, String... words) throws IOException {
        Tool tool = Tool.run(List.of(words), input.getBytes(StandardCharsets.US_ASCII));
        if (!tool.succeeded()) {
            throw new ImageFailure(
                    "The disk for the files cannot be made: " + words[0] + " failed",
                    tool.lastLine(),
                    "See that there is room for it");
        }
    }

    private WimIndex tree(List<WimIndex> all) throws ImageFailure {
        List<WimIndex> wanted = index.isPresent()
                ? all.stream().filter(each -> each.number() == index.get()).toList()
                : all;
        if (wanted.size() == 1) {
            return wanted.getFirst();
        }
        throw new ImageFailure(
                index.isPresent() ? file + " has no index " + index.get() : file + " holds " + all.size() + " images",
                "there are " + all.stream().map(WimIndex::toString).collect(Collectors.joining(", ")),
                "Say which one: --index N");
    }

    /** What the files hold, a tenth more, and an MFT record for each; in whole MiB. */
    private static long size(WimIndex tree) {
        long needed = EMPTY + tree.octets() + tree.octets() / 10 + tree.entries() * AN_ENTRY;
        return (needed + MIB - 1) / MIB * MIB;
    }
}
