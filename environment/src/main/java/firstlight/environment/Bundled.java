package firstlight.environment;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The files that lie beside this class: lists of packages, programs and modules, and the environment's scripts. */
final class Bundled {
    private Bundled() {}

    /** UTF-8. A file that is missing is a fault of the build, and an IOException. */
    static String text(String name) throws IOException {
        try (InputStream in = Bundled.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("this program was built without its file " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The lines of a list, without comments. */
    static List<String> lines(String name) throws IOException {
        return text(name)
                .lines()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
