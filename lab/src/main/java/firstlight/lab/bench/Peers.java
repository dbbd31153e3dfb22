package firstlight.lab.bench;

import firstlight.server.OperatorError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the peers' programs are. One that is not installed is unpacked from its Debian package into the cache: atftpd and
 * tftpd-hpa cannot be installed together, and nginx should not start on this machine because it was measured once.
 */
final class Peers {
    private final Path cache;

    Peers() {
        String folder = System.getenv("FIRSTLIGHT_CACHE");
        String home = System.getenv().getOrDefault("HOME", "/root");
        Path whole = folder == null || folder.isEmpty() ? Path.of(home, ".cache", "firstlight") : Path.of(folder);
        cache = whole.toAbsolutePath().resolve("bench");
    }

    /** The path of {@code program}, which Debian's {@code debianPackage} holds. */
    Path program(String program, String debianPackage) {
        return Programs.find(program).orElseGet(() -> unpacked(program, debianPackage));
    }

    private Path unpacked(String program, String debianPackage) {
        Path root = cache.resolve(debianPackage);
        Path found = root.resolve("usr/sbin").resolve(program);
        if (!Files.isExecutable(found)) {
            try {
                Files.createDirectories(root);
                // apt-get writes into the working directory only.
                Programs.run(List.of(
                        "sh",
                        "-c",
                        "cd \"$1\" && apt-get -qq download \"$2\" && dpkg-deb -x \"$2\"_*.deb . && rm \"$2\"_*.deb",
                        "sh",
                        root.toString(),
                        debianPackage));
            } catch (IOException e) {
                throw new OperatorError(
                        "cannot unpack the package " + debianPackage + " into " + root,
                        "see space and permission there",
                        e);
            }
        }
        return Optional.of(found)
                .filter(Files::isExecutable)
                .orElseThrow(() -> new OperatorError(
                        "the package " + debianPackage + " holds no " + found.getFileName(),
                        "install " + program + " by hand"));
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
