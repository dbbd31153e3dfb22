package firstlight.environment;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** How a part's files are put into the one file that the kernel gets, a series of cpio archives. */
enum Packing {
    /** An archive that the kernel unpacks whole: for what is always needed, and for updates. */
    ARCHIVE(".cpio.zst"),
    /** An archive of one file, an image whose blocks are unpacked when they are read. Made once in a while. */
    IMAGE(".cpio"),
    /** The same, made at each change of the engine: a tenth of the time. */
    QUICK_IMAGE(".cpio");

    /** Where the images lie in the PC's memory; start.sh looks for them there. */
    static final String FOLDER = "layers/";

    private final String suffix;

    Packing(String suffix) {
        this.suffix = suffix;
    }

    String suffix() {
        return suffix;
    }

    void pack(String name, Tree tree, Path file, Progress progress) throws IOException, BuildFailedException {
        progress.report("compressing " + name, 0, 0);
        switch (this) {
            case ARCHIVE -> archive(tree, file, done -> progress.report("compressing " + name, done, tree.size()));
            case IMAGE -> image(new SquashFs(22, "512K"), name, tree, file);
            case QUICK_IMAGE -> image(new SquashFs(19, "512K"), name, tree, file);
        }
    }

    /** The image is in an archive of its own, unpacked by the kernel to {@link #FOLDER}: a file in memory, which a loop device reads. */
    private static void image(SquashFs format, String name, Tree tree, Path file)
            throws IOException, BuildFailedException {
        Path image = file.resolveSibling(file.getFileName() + ".squashfs");
        try {
            format.write(tree, image);
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
                Cpio.write(new Tree().copy(FOLDER + name + ".squashfs", image), out);
            }
        } finally {
            Files.deleteIfExists(image);
        }
    }

    private static void archive(Tree tree, Path file, LongConsumer progress) throws IOException {
        try (ZstdOutputStream zstd = new ZstdOutputStream(new BufferedOutputStream(Files.newOutputStream(file)), 19);
                OutputStream out = new Counting(new BufferedOutputStream(zstd, 1 << 20), progress)) {
            // With any number of workers the output is the same; with none it would be another.
            zstd.setWorkers(Math.max(1, Runtime.getRuntime().availableProcessors()));
            Cpio.write(tree, out);
        }
    }

    /** Tells how much went through, a hundred times at most. */
    private static final class Counting extends FilterOutputStream {
        private static final long STEP = 1 << 20;
        private final LongConsumer progress;
        private long count;

        Counting(OutputStream out, LongConsumer progress) {
            super(out);
            this.progress = progress;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            if (count / STEP != (count + length) / STEP) {
                progress.accept(count + length);
            }
            count += length;
        }

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }
    }
}
