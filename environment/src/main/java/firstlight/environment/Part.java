package firstlight.environment;

import firstlight.model.Sha256;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/**
 * One cpio archive, kept under a name that its inputs decide. The kernel unpacks archives that stand one after the other in one
 * file, so a part that did not change is never compressed again.
 *
 * @param file the archive, in the cache
 */
record Part(Path file, Report.Part report) {
    /** Makes the content of a part that is not kept, and says in a few words what it is. */
    interface Maker {
        String make(Tree tree) throws IOException, BuildFailedException;
    }

    /**
     * @param name begins the file's name; the key of the inputs follows
     * @param inputs all that decides its octets: what is not among them must not change it
     */
    static Part of(Path folder, String name, Packing packing, List<String> inputs, Maker maker, Progress progress)
            throws IOException, BuildFailedException {
        String key = key(inputs);
        Path file = folder.resolve(name + "-" + key + packing.suffix());
        Path note = folder.resolve(name + "-" + key + ".txt");
        if (Files.isRegularFile(file) && Files.isRegularFile(note)) {
            String[] lines = Files.readString(note).split("\n", 2);
            if (lines.length == 2 && lines[0].matches("[0-9]{1,18}")) { // else what wrote it was cut off
                return new Part(
                        file,
                        new Report.Part(name, lines[1].strip(), Long.parseLong(lines[0]), Files.size(file), true));
            }
        }
        Files.createDirectories(folder);
        Tree tree = new Tree();
        String contents = maker.make(tree);
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        packing.pack(name, tree, unfinished, progress);
        try (FileChannel written = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
            written.force(true); // the name must not outlive the octets when the power goes
        }
        Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        Files.writeString(note, tree.size() + "\n" + contents + "\n");
        return new Part(file, new Report.Part(name, contents, tree.size(), Files.size(file), false));
    }

    /** 16 hexadecimal digits of a SHA-256 over the inputs, each ended by a zero. */
    static String key(List<String> inputs) {
        MessageDigest digest = Sha256.fresh();
        for (String input : inputs) {
            digest.update(input.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    static String hash(Path file) throws IOException {
        return Sha256.hex(Files.readAllBytes(file));
    }
}
