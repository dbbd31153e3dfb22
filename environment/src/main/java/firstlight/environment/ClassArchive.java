package firstlight.environment;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The classes of the engine's start, parsed and verified at build time (class data sharing): half of the processor time
 * from the engine's first instruction to its request. A plain archive, for a dump of the same list gives the same octets;
 * an AOT cache, which holds profiles, would not.
 */
final class ClassArchive {
    private static final String NAME = "engine.jsa";

    private static final Duration AGAIN = Duration.ofMillis(200);

    private ClassArchive() {}

    /**
     * Where it is made: the archive holds the folder's name, which must not depend on the machine. When the engine starts,
     * Java compares only what follows the name.
     */
    private static final Path STAGE = Path.of("/var/tmp/firstlight-rehearsal");

    /**
     * Puts the jars, their native code and the archive of their classes into {@code tree}.
     *
     * @param runtime the linked runtime
     * @param options those that the environment starts Java with
     * @return the jars in class path order
     */
    static List<String> add(Tree tree, String path, EngineJars jars, Path javaHome, Path runtime, List<String> options)
            throws IOException, BuildFailedException {
        Path lock = STAGE.resolveSibling(STAGE.getFileName() + ".lock");
        try (FileChannel _ = locked(lock)) {
            Folders.delete(STAGE);
            Files.createDirectory(
                    STAGE, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try {
                Path own = runnable(copy(runtime, STAGE.resolve("jre")));
                Path library = Files.createDirectory(STAGE.resolve("lib"));
                List<Path> staged = jars.stage(library);
                make(javaHome, own, library, staged, options);
                for (String name : names(library)) {
                    if (name.matches(".*\\.(jar|so|jsa)")) {
                        tree.content(path + name, Files.readAllBytes(library.resolve(name)), false);
                    }
                }
                return staged.stream().map(jar -> path + jar.getFileName()).toList();
            } finally {
                Folders.delete(STAGE);
            }
        } catch (FileSystemException e) {
            throw new BuildFailedException(
                    "the engine's start cannot be rehearsed in " + STAGE + ": " + e.getMessage(),
                    "remove it, or build as the user who owns it");
        }
    }

    /** How long a build takes at most that holds another's file; who owns that need not be who holds it. */
    private static final Duration LONGEST = Duration.ofMinutes(2);

    /** Until it is closed. A stranger's file is not waited for without end: anybody may make it, and hold it for ever. */
    private static FileChannel locked(Path lock) throws IOException, BuildFailedException {
        // The kernel lets even root open another's file in such a folder only where nothing is asked to be made
        // (fs.protected_regular).
        FileChannel channel = Files.exists(lock, LinkOption.NOFOLLOW_LINKS)
                ? FileChannel.open(lock, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)
                : FileChannel.open(
                        lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        try {
            UserPrincipal owner = Files.getOwner(lock, LinkOption.NOFOLLOW_LINKS);
            if (owner.equals(Files.getOwner(Path.of("/proc/self")))) {
                channel.lock();
            } else {
                long begun = System.nanoTime();
                while (channel.tryLock() == null) {
                    if (System.nanoTime() - begun > LONGEST.toNanos()) {
                        throw new BuildFailedException(
                                "another build of an environment holds " + lock + ", a file of " + owner.getName(),
                                "build again when that has ended, or remove the file");
                    }
                    Thread.sleep(AGAIN);
                }
            }
            return channel;
        } catch (InterruptedException e) {
            channel.close();
            Thread.currentThread().interrupt();
            throw new BuildFailedException("the wait for " + lock + " was interrupted", "build again");
        } catch (IOException | RuntimeException | BuildFailedException e) {
            channel.close();
            throw e;
        }
    }

    private static void make(Path javaHome, Path runtime, Path library, List<Path> jars, List<String> options)
            throws IOException, BuildFailedException {
        Path classes = library.resolve("classes.txt");
        List<String> java = new ArrayList<>(List.of(runtime.resolve("bin/java").toString()));
        java.addAll(options);
        java.addAll(List.of(
                "-cp", String.join(":", jars.stream().map(Path::toString).toList())));

        List<String> learn = new ArrayList<>(java);
        learn.add("-XX:DumpLoadedClassList=" + classes);
        // Some file that is there: the network need not be waited for.
        learn.add("-Dfirstlight.ready=" + jars.getFirst());
        learn.add("firstlight.engine.Main");
        try (Rehearsal rehearsal = new Rehearsal(javaHome, STAGE)) {
            rehearsal.run(learn);
        }
        // Threads load classes in an order of their own each time, and what they resolved on the way (@cp) differs as
        // well.
        TreeSet<String> sorted = new TreeSet<>(Files.readAllLines(classes));
        sorted.removeIf(line -> line.startsWith("#") || line.startsWith("@cp "));
        Files.write(classes, sorted);

        List<String> dump = new ArrayList<>(java);
        dump.addAll(List.of("-Xshare:dump", "-XX:SharedClassListFile=" + classes));
        dump.add("-XX:SharedArchiveFile=" + library.resolve(NAME));
        Command.run(dump, "look at the Java runtime's message");
    }

    /** Hardened hosts mount such folders so that nothing runs from there. */
    static Path runnable(Path runtime) throws BuildFailedException {
        Path java = runtime.resolve("bin/java");
        if (!Files.isExecutable(java)) { // access(2) asks the mount as well
            throw new BuildFailedException(
                    "no program runs from " + runtime + ": its file system is mounted noexec",
                    "allow it while the environment is built: mount -o remount,exec of it, afterwards noexec again");
        }
        return runtime;
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.sorted().toList()) {
                Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return to;
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
