package firstlight.image.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders that a copy fills under a name that says it is not whole. */
final class Scratch {
    private Scratch() {}

    /** Takes {@code folder} away with all that is below it, as far as it can be: what is left bears a name that says what it is. */
    static void remove(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException absent) {
            return;
        }
    }
}
