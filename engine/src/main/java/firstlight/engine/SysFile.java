package firstlight.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Small files of /sys and /proc. One that is not there, or that the kernel refuses to read, is simply not known. */
final class SysFile {
    private SysFile() {}

    /** The content without blanks around it; empty when there is none. */
    static Optional<String> text(Path file) {
        try {
            String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).strip();
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        } catch (IOException unknown) {
            return Optional.empty();
        }
    }

    /** Decimal, not negative, up to 18 digits; empty for anything else. */
    static Optional<Long> number(Path file) {
        return text(file).filter(text -> text.matches("\\d{1,18}")).map(Long::valueOf);
    }

    /** What is in {@code folder}, sorted. */
    static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException absent) {
            return List.of();
        }
    }
}
