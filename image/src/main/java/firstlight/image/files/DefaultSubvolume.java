package firstlight.image.files;

import firstlight.image.disk.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The subvolume of a Btrfs that is mounted where nobody names one: openSUSE has its system in such a one. */
public final class DefaultSubvolume {
    private static final Pattern PATH = Pattern.compile("path (.+)");

    private DefaultSubvolume() {}

    /**
     * Its path from the top level; empty where it is that, or cannot be told.
     *
     * @param mounted anywhere in the Btrfs
     */
    public static Optional<String> of(Path mounted) throws IOException {
        Tool told = Tool.run(List.of("btrfs", "subvolume", "get-default", mounted.toString()));
        Matcher path = PATH.matcher(told.output());
        return told.succeeded() && path.find() ? Optional.of(path.group(1).strip()) : Optional.empty();
    }
}
