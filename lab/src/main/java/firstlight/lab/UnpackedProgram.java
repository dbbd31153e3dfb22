package firstlight.lab;

import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A program of a Debian package that is unpacked and not installed, since its package would start a server on this host's real
 * network, or excludes another one that is measured beside it. What it depends on and this machine lacks is unpacked with it.
 */
public final class UnpackedProgram {
    /** The packages that installing $2 would bring; the package itself also when it is installed without its programs' use. */
    private static final String UNPACK = """
            set -e
            cd "$1"
            { echo "$2"; apt-get install --simulate --no-install-recommends "$2" | sed -n 's/^Inst \\([^ ]*\\) .*/\\1/p'; } |
              sort -u | xargs apt-get -qq download
            for package in *.deb; do dpkg-deb -x "$package" .; rm "$package"; done
            """;

    private UnpackedProgram() {}

    /**
     * The path of something to start as if it were the program itself; it becomes the program, with the same process number.
     *
     * @param folder the package's own, kept between runs; made when it is missing
     * @param program its path below the root, such as {@code usr/sbin/nginx}
     */
    public static Path of(Path folder, String debianPackage, String program) {
        Path start = folder.resolve("start-" + Path.of(program).getFileName());
        if (Files.isExecutable(start)) {
            return start;
        }
        try {
            Files.createDirectories(folder);
            // apt-get writes into the working directory only.
            Programs.run(List.of("sh", "-c", UNPACK, "sh", folder.toString(), debianPackage));
            Path file = folder.resolve(program);
            if (!Files.isExecutable(file)) {
                throw new OperatorError(
                        "the package " + debianPackage + " holds no " + program,
                        "install " + file.getFileName() + " by hand");
            }
            String libraries = libraries(folder);
            // Written last: a folder that was left half unpacked is unpacked again.
            Files.writeString(start, script(file, libraries));
            if (!start.toFile().setExecutable(true)) {
                throw new IOException("it cannot be made executable");
            }
            return start;
        } catch (IOException e) {
            throw new OperatorError(
                    "cannot unpack the package " + debianPackage + " into " + folder,
                    "see space and permission there (" + e.getMessage() + ")",
                    e);
        }
    }

    /** What becomes {@code program}. */
    static String script(Path program, String libraries) {
        return "#!/bin/sh\nLD_LIBRARY_PATH=" + quoted(libraries) + " exec " + quoted(program.toString()) + " \"$@\"\n";
    }

    /** As the shell reads it as it is: the cache may lie in a folder with a blank in its name. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** Debian has them below a folder for each architecture; some programs keep theirs one deeper. */
    private static String libraries(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            return String.join(
                    ":",
                    all.filter(file -> file.getFileName().toString().matches(".*\\.so(\\.[0-9.]+)?"))
                            .map(file -> file.resolveSibling(".").normalize().toString())
                            .distinct()
                            .sorted()
                            .toList());
        }
    }
}
