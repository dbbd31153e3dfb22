package firstlight.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The runtime of the engine: jlink's, with the few modules that it uses, made from the JDK that builds. */
final class JavaRuntime {
    /**
     * jdk.unsupported is sun.misc.Unsafe, which libraries look for. Elliptic curves are in java.base
     * since JDK 22. java.net.http is not here: its first request takes seconds on a slow PC.
     */
    private static final String MODULES = "java.base,jdk.unsupported";

    /**
     * Nothing of the engine asks for them: programs outside read a runtime's classes by the first; the machine sorts large arrays without
     * the second, on each processor; the third is for certificates whose names have a {@code *}, and the engine knows its server's by its key.
     */
    private static final List<String> LEFT_OUT =
            List.of("lib/jrt-fs.jar", "lib/libsimdsort.so", "lib/security/public_suffix_list.dat");

    private static final Path STRIP = Path.of("/usr/bin/strip");

    private final Path javaHome;
    private final Path cache;
    private final String key;
    private final Progress progress;

    private JavaRuntime(Path javaHome, Path cache, String key, Progress progress) {
        this.javaHome = javaHome;
        this.cache = cache;
        this.key = key;
        this.progress = progress;
    }

    /** Nothing is linked before it is asked for; what was linked stays in {@code cache}. */
    static JavaRuntime of(Path javaHome, Path cache, Progress progress) throws IOException {
        Path release = javaHome.resolve("release");
        String version = Files.isRegularFile(release) ? Files.readString(release) : javaHome.toString();
        String key = Part.key(List.of("4", MODULES, version, Files.isExecutable(STRIP) ? "stripped" : "whole"));
        return new JavaRuntime(javaHome, cache, key, progress);
    }

    /** What decides the runtime's bytes. */
    String key() {
        return key;
    }

    Path folder() throws IOException, BuildFailedException {
        Path folder = cache.resolve(key);
        if (!Files.isDirectory(folder)) {
            progress.report("Java runtime", 0, 0);
            Path unfinished = Files.createDirectories(cache).resolve(key + ".unfinished");
            Folders.delete(unfinished); // of a build that was cut off; no other has this folder now (BuildLock)
            link(unfinished);
            strip(unfinished);
            for (String each : LEFT_OUT) {
                Files.deleteIfExists(unfinished.resolve(each));
            }
            // A class archive remembers the time of the runtime's modules; cpio gives every file this one.
            Files.setLastModifiedTime(unfinished.resolve("lib/modules"), FileTime.from(Cpio.TIME));
            Files.move(unfinished, folder);
        }
        return folder;
    }

    /** Libraries that the runtime needs and does not bring. */
    List<String> libraries() throws IOException, BuildFailedException {
        Set<String> needed = new TreeSet<>();
        Set<String> own = new HashSet<>();
        try (Stream<Path> all = Files.walk(folder())) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                own.add(file.getFileName().toString());
                Elf.read(file).ifPresent(elf -> needed.addAll(elf.needed()));
            }
        }
        needed.removeAll(own);
        return List.copyOf(needed);
    }

    private void link(Path folder) throws BuildFailedException {
        Command.run(
                List.of(
                        javaHome.resolve("bin/jlink").toString(),
                        "--add-modules",
                        MODULES,
                        "--strip-java-debug-attributes",
                        "--no-header-files",
                        "--no-man-pages",
                        // The initramfs is compressed as a whole, and far better than jlink can.
                        "--compress",
                        "zip-0",
                        "--output",
                        folder.toString()),
                "build with a complete JDK (not a JRE) of which no file was edited: " + javaHome
                        + " must have jlink; FIRSTLIGHT_JAVA_HOME names another");
    }

    /** Takes the symbols out of the virtual machine (5 of 30 MB), where the machine has the program for it. */
    private static void strip(Path folder) throws BuildFailedException {
        if (Files.isExecutable(STRIP)) {
            String jvm = folder.resolve("lib/server/libjvm.so").toString();
            Command.run(List.of(STRIP.toString(), "--strip-unneeded", "--preserve-dates", jvm), "install binutils");
        }
    }
}
