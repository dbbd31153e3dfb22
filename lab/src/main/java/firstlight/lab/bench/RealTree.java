package firstlight.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Files of this machine's own system, as a PC's disk has them: programs, libraries, archives, texts; neither zeros nor noise. The
 * same files in the same order each time.
 *
 * @param octets of all their content; less than was asked for where the machine has less
 */
record RealTree(List<Path> files, long octets) {
    /** In this order: /opt only counts where /usr is too small. */
    private static final List<Path> ROOTS = List.of(Path.of("/usr"), Path.of("/opt"));

    /** One octet of so many is in a file that the next version has anew. */
    private static final int CHANGED = 20;

    /** Makes other octets of each, and leaves every repetition that a compressor finds. */
    private static final byte OTHER = 0x5A;

    /** As much of it as there is, up to {@code octets}. */
    static RealTree of(long octets) throws IOException {
        List<Path> files = new ArrayList<>();
        long sum = 0;
        for (Path root : ROOTS) {
            for (Path file : regular(root)) {
                if (sum >= octets) {
                    return new RealTree(files, sum);
                }
                files.add(file);
                sum += Files.size(file);
            }
        }
        return new RealTree(files, sum);
    }

    private static List<Path> regular(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
    }

    void fill(Path folder) throws IOException {
        for (Path file : files) {
            Path copy = in(folder, file);
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
        }
    }

    /**
     * Files that hold a twentieth of all octets, chosen by the same dice each time, are deleted and written anew, with content that
     * was nowhere before and compresses as well.
     */
    void change(Path folder) throws IOException {
        List<Path> shuffled = new ArrayList<>(files);
        Collections.shuffle(shuffled, new Random(CHANGED));
        long left = octets / CHANGED;
        for (Path file : shuffled) {
            Path copy = in(folder, file);
            long size = Files.size(copy);
            if (size > left / 4) {
                continue; // one of the few large ones would be most of the change
            }
            left -= size;
            byte[] content = Files.readAllBytes(copy);
            for (int at = 0; at < content.length; at++) {
                content[at] ^= OTHER;
            }
            Files.delete(copy);
            Files.write(copy, content);
        }
    }

    private static Path in(Path folder, Path file) {
        return folder.resolve(file.subpath(0, file.getNameCount()));
    }
}
