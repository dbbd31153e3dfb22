package firstlight.environment;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What to build an imaging environment from.
 *
 * @param home the house's root: {@code engine/target} below it holds the engine and its libraries
 * @param cache where packages and finished parts are kept between builds
 * @param output the folder that gets {@code vmlinuz}, {@code initramfs.zst} and {@code updates.cpio.zst}
 * @param updates a folder of additional drivers, firmware and scripts
 * @param refresh ask the archives for newer packages, instead of those that the last build used
 * @param javaHome the JDK whose jlink makes the engine's runtime
 */
public record Options(
        Path home, Path cache, Path output, Optional<Path> updates, boolean refresh, Path javaHome, Progress progress) {

    /** With the JDK that runs this program. */
    public static Options of(Path home, Path cache, Path output, Optional<Path> updates, Progress progress) {
        return new Options(home, cache, output, updates, false, Path.of(System.getProperty("java.home")), progress);
    }

    /** The same, with packages resolved anew. */
    public Options refreshed() {
        return new Options(home, cache, output, updates, true, javaHome, progress);
    }
}
