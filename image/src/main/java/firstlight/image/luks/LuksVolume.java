package firstlight.image.luks;

import firstlight.image.disk.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Opens a LUKS volume without the kernel's help: cryptsetup checks the passphrase and hands out the volume's key, sectors
 * are deciphered by us. Nothing is set up, and the header is never written.
 */
public final class LuksVolume {
    private static final String CIPHER = "aes-xts-plain64";
    /**
     * Argon2id takes up to 1 GB, which a small PC's kernel grants and has not: then it is to end this program, and not the engine.
     */
    private static final String FIRST_TO_GO = "echo 1000 2>/dev/null > /proc/self/oom_score_adj; exec \"$0\" \"$@\"";

    /** cryptsetup's status where it asked for more than there was; and, by SIGKILL, where it was given what was not there. */
    private static final int NO_MEMORY = 3;

    private static final int ENDED_BY_THE_KERNEL = 128 + 9;

    /** Where both versions' headers have it, as text. */
    private static final int UUID = 168;

    private static final int UUID_LENGTH = 40;
    /** The only segment in LUKS2's metadata, with all blanks taken out. */
    private static final Pattern SEGMENTS = Pattern.compile("\"segments\":\\{\"0\":\\{([^{}]*)}}");

    private final Path path;
    private final Layout layout;

    private LuksVolume(Path path, Layout layout) {
        this.path = path;
        this.layout = layout;
    }

    /** By which the volume's passphrase is found; as the header has it. */
    public static String uuid(byte[] window) {
        return new String(window, UUID, UUID_LENGTH, StandardCharsets.US_ASCII).replaceAll("\0.*", "");
    }

    /**
     * @param path of the volume, for cryptsetup
     * @return empty when its cipher is not the usual one
     */
    static Optional<LuksVolume> of(Path path, byte[] window) throws IOException {
        Optional<Layout> layout = window[7] == 1 ? Layout.ofVersion1(window) : Layout.ofVersion2(path);
        return layout.map(known -> new LuksVolume(path, known));
    }

    /** What came of a passphrase. */
    sealed interface Attempt {
        record Opened(LuksKey key) implements Attempt {}

        /** It is none of the volume's own. */
        record Closed() implements Attempt {}

        /** Nobody knows whether it is. */
        record NoMemory() implements Attempt {}
    }

    /** Takes seconds, and the memory that the header asks for. The key comes through a file in a folder of our own, which is removed. */
    Attempt open(byte[] passphrase) throws IOException {
        Path folder = Files.createTempDirectory("firstlight-");
        Path file = folder.resolve("key");
        try {
            Tool dump = Tool.run(
                    List.of(
                            "sh",
                            "-c",
                            FIRST_TO_GO,
                            "cryptsetup",
                            "luksDump",
                            "--batch-mode",
                            "--dump-volume-key",
                            "--volume-key-file",
                            file.toString(),
                            "--key-file",
                            "-",
                            path.toString()),
                    passphrase);
            if (dump.exit() == NO_MEMORY || dump.exit() == ENDED_BY_THE_KERNEL) {
                return new Attempt.NoMemory();
            }
            return dump.succeeded()
                    ? new Attempt.Opened(new LuksKey(layout.offset(), layout.sector(), Files.readAllBytes(file)))
                    : new Attempt.Closed();
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    /** Where the encrypted sectors begin and how long they are. */
    private record Layout(long offset, int sector) {
        /** LUKS1's header, big-endian: 8 the cipher, 40 its mode, 104 the content's first sector. */
        static Optional<Layout> ofVersion1(byte[] window) {
            ByteBuffer in = ByteBuffer.wrap(window);
            String cipher = text(window, 8) + "-" + text(window, 40);
            long offset = Integer.toUnsignedLong(in.getInt(104)) * 512;
            return cipher.equals(CIPHER) && offset > 0 ? Optional.of(new Layout(offset, 512)) : Optional.empty();
        }

        /** Several segments: it is being encrypted anew. */
        static Optional<Layout> ofVersion2(Path path) throws IOException {
            Tool dump = Tool.run(List.of("cryptsetup", "luksDump", "--dump-json-metadata", path.toString()));
            Matcher segment = SEGMENTS.matcher(dump.output().replaceAll("\\s", ""));
            if (!dump.succeeded() || !segment.find()) {
                return Optional.empty();
            }
            String members = segment.group(1);
            boolean known = members.contains("\"type\":\"crypt\"")
                    && members.contains("\"size\":\"dynamic\"")
                    && members.contains("\"iv_tweak\":\"0\"")
                    && members.contains("\"encryption\":\"" + CIPHER + "\"")
                    && !members.contains("flags");
            long offset = number(members, "offset");
            int sector = (int) number(members, "sector_size");
            return known && offset > 0 && sector >= 512 ? Optional.of(new Layout(offset, sector)) : Optional.empty();
        }

        private static long number(String members, String name) {
            Matcher number = Pattern.compile("\"" + name + "\":\"?(\\d{1,18})").matcher(members);
            return number.find() ? Long.parseLong(number.group(1)) : -1;
        }

        private static String text(byte[] window, int at) {
            return new String(Arrays.copyOfRange(window, at, at + 32), StandardCharsets.US_ASCII)
                    .replaceAll("\0.*", "");
        }
    }
}
