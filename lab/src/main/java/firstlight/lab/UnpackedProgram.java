package firstlight.lab;

import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
        return unpacked(folder, debianPackage, program, () -> {
            // apt-get writes into the working directory only.
            Programs.Ended ended =
                    Programs.attempt(List.of("sh", "-c", UNPACK, "sh", folder.toString(), debianPackage));
            if (ended.status() != 0) {
                throw new OperatorError(
                        "the package " + debianPackage + " cannot be loaded and unpacked: "
                                + ended.output().strip(),
                        "apt-get update, where this machine has no package lists");
            }
        });
    }

    /** Two commands that are the first to want it unpack it one after the other, and the second finds it. */
    static synchronized Path unpacked(Path folder, String debianPackage, String program, Runnable unpack) {
        Path start = folder.resolve("start-" + Path.of(program).getFileName());
        try {
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(
                            folder.resolveSibling(folder.getFileName() + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (!lock.isValid() || Files.isExecutable(start)) {
                    return start;
                }
                unpack.run();
                return started(folder, debianPackage, program, start);
            }
        } catch (IOException e) {
            throw new OperatorError(
                    "cannot unpack the package " + debianPackage + " into " + folder,
                    "see space and permission there (" + e.getMessage() + ")",
                    e);
        }
    }

    private static Path started(Path folder, String debianPackage, String program, Path start) throws IOException {
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
    }

    /** What becomes {@code program}. */
    static String script(Path program, String libraries) {
        return "#!/bin/sh\nLD_LIBRARY_PATH=" + quoted(libraries) + " exec " + quoted(program.toString()) + " \"$@\"\n";
    }

    /** As the shell reads it as it is: the cache may lie in a folder with a blank in its name. */
    static String quoted(String text) {
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
