package firstlight.environment;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * One compressed cpio archive, kept under a name that its inputs decide. The kernel unpacks archives that stand one
 * after the other in one file, so a part that did not change is never compressed again.
 */
record Part(Path file, Report.Part report) {
    /** For parts that are made once in a while. */
    static final int SMALL = 19;
    /** For those that are made at each change of the engine: a sixth of the time. */
    static final int QUICK = 12;

    /** Makes the content of a part that is not kept, and says in a few words what it is. */
    interface Maker {
        String make(Tree tree) throws IOException, BuildFailedException;
    }

    static Part of(Path folder, String name, int level, List<String> inputs, Maker maker, Progress progress)
            throws IOException, BuildFailedException {
        String key = key(inputs);
        Path file = folder.resolve(name + "-" + key + ".cpio.zst");
        Path note = folder.resolve(name + "-" + key + ".txt");
        if (Files.isRegularFile(file) && Files.isRegularFile(note)) {
            String[] lines = Files.readString(note).split("\n", 2);
            return new Part(
                    file, new Report.Part(name, lines[1].strip(), Long.parseLong(lines[0]), Files.size(file), true));
        }
        Files.createDirectories(folder);
        Tree tree = new Tree();
        String contents = maker.make(tree);
        long unpacked = compress(tree, level, file, done -> progress.report("compressing " + name, done, tree.size()));
        Files.writeString(note, unpacked + "\n" + contents + "\n");
        return new Part(file, new Report.Part(name, contents, unpacked, Files.size(file), false));
    }

    static String key(List<String> inputs) {
        MessageDigest digest = sha256();
        for (String input : inputs) {
            digest.update(input.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    static String hash(Path file) throws IOException {
        return HexFormat.of().formatHex(sha256().digest(Files.readAllBytes(file)));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long compress(Tree tree, int level, Path file, java.util.function.LongConsumer progress)
            throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        long size;
        try (ZstdOutputStream zstd =
                        new ZstdOutputStream(new BufferedOutputStream(Files.newOutputStream(unfinished)), level);
                OutputStream out = new Counting(new BufferedOutputStream(zstd, 1 << 20), progress)) {
            // With any number of workers the output is the same; with none it would be another.
            zstd.setWorkers(Math.max(1, Runtime.getRuntime().availableProcessors()));
            size = Cpio.write(tree, out);
        }
        Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        return size;
    }

    /** Tells how much went through, a hundred times at most. */
    private static final class Counting extends FilterOutputStream {
        private static final long STEP = 1 << 20;
        private final java.util.function.LongConsumer progress;
        private long count;

        Counting(OutputStream out, java.util.function.LongConsumer progress) {
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
