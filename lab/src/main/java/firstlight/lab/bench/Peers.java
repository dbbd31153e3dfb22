package firstlight.lab.bench;

import firstlight.lab.Programs;
import firstlight.lab.UnpackedProgram;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the peers' programs are. One that is not installed is unpacked from its Debian package into the cache: atftpd and
 * tftpd-hpa cannot be installed together, and nginx should not start on this machine because it was measured once.
 */
final class Peers {
    /** Unpacked once and kept between runs, as all that the launcher's cache holds. */
    private final Path cache;

    Peers() {
        String folder = System.getenv("FIRSTLIGHT_CACHE");
        String home = System.getenv().getOrDefault("HOME", "/root");
        Path whole = folder == null || folder.isEmpty() ? Path.of(home, ".cache", "firstlight") : Path.of(folder);
        cache = whole.toAbsolutePath().resolve("bench");
    }

    /** The path of {@code program}, which Debian's {@code debianPackage} holds. */
    Path program(String program, String debianPackage) {
        return program("usr/sbin", program, debianPackage);
    }

    /** @param folder where the package has it */
    Path program(String folder, String program, String debianPackage) {
        return Programs.find(program)
                .orElseGet(
                        () -> UnpackedProgram.of(cache.resolve(debianPackage), debianPackage, folder + "/" + program));
    }

    /** The first line that {@code program} prints about itself. */
    static String version(Path program, String option) {
        return Programs.attempt(List.of(program.toString(), option))
                .output()
                .lines()
                .filter(line -> !line.isBlank())
                .findFirst()
                .orElse("version unknown")
                .strip();
    }
}
