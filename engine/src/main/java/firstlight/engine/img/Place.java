package firstlight.engine.img;

import firstlight.image.ImageFailure;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;

/** Where images are, as a person writes it. */
sealed interface Place {
    /** @param url {@code http://ADDRESS:PORT}; empty: the one that started this environment, or that its medium names */
    record Server(Optional<String> url) implements Place {}

    /** One that is mounted already, or lies in memory. */
    record Folder(Path path) implements Place {}

    /** A partition that is mounted for the time of the work; {@code folder} is below its root. */
    record Partition(Path device, String folder) implements Place {}

    /** @throws ImageFailure when a person mistyped it */
    static Place of(String text) throws ImageFailure {
        if (text.equals("server")) {
            return new Server(Optional.empty());
        }
        if (text.matches("http://[^/\\s]+/*") && isAddress(text)) {
            return new Server(Optional.of(text.replaceFirst("/+$", "")));
        }
        if (text.startsWith("/dev/")) {
            int colon = text.indexOf(':');
            String folder = colon < 0 ? "firstlight" : text.substring(colon + 1).replaceFirst("^/+", "");
            return new Partition(Path.of(colon < 0 ? text : text.substring(0, colon)), folder);
        }
        if (text.startsWith("/") || text.startsWith(".")) {
            return new Folder(Path.of(text));
        }
        throw new ImageFailure(
                "'" + text + "' is no place",
                "it is neither a server nor a partition nor a folder",
                "Name server, http://ADDRESS:8080, a partition such as /dev/sdb1, or a folder such as /mnt/images");
    }

    private static boolean isAddress(String text) {
        try {
            return new URI(text).getHost() != null;
        } catch (URISyntaxException mistyped) {
            return false;
        }
    }
}
