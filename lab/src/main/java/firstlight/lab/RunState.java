package firstlight.lab;

import firstlight.model.IoReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one run of the lab has made on this machine, written down before it is made, so that it can be taken away by id:
 * at the run's end, on Ctrl-C, or by {@code lab down} after a crash.
 */
final class RunState implements AutoCloseable {
    private static final Path ROOT = Path.of("/var/tmp/firstlight-lab");
    private static final String PREFIX = "fl";

    private static final FileAttribute<?> OURS_TO_WRITE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));

    /** A run that has noted nothing for so long has been cut off. */
    private static final Duration BEGINNING = Duration.ofMinutes(1);

    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    /** Place of the start in /proc/PID/stat, behind the name and its parenthesis (proc(5): starttime, 22). */
    private static final int START = 19;

    private final Path folder;

    private final Thread onExit;
    private boolean closed;

    /** @param folder the run's own */
    RunState(Path folder) {
        this.folder = folder;
        this.onExit = new Thread(() -> sweep(folder), "lab-cleanup");
    }

    /** A new run, owned by this process; it is swept when this process ends in whatever orderly way. */
    static RunState open() {
        try {
            makeOwn();
            String id = PREFIX
                    + HexFormat.of()
                            .toHexDigits((short) ThreadLocalRandom.current().nextInt());
            RunState state = new RunState(Files.createDirectory(ROOT.resolve(id)));
            state.note("owner", ProcessHandle.current());
            Runtime.getRuntime().addShutdownHook(state.onExit);
            return state;
        } catch (IOException failure) {
            throw new LabFailure("cannot write the lab's state below " + ROOT + ": " + failure.getMessage(), failure);
        }
    }

    private static void makeOwn() throws IOException {
        if (!Files.exists(ROOT, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Files.createDirectory(ROOT, OURS_TO_WRITE);
            } catch (FileAlreadyExistsException meanwhile) {
                // by another run
            }
        }
        ownOnly(ROOT);
    }

    /** What it holds names processes that are ended and namespaces that are deleted: nobody else's word may count. */
    private static void ownOnly(Path root) throws IOException {
        PosixFileAttributes is = Files.readAttributes(root, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        boolean others = is.permissions().contains(PosixFilePermission.GROUP_WRITE)
                || is.permissions().contains(PosixFilePermission.OTHERS_WRITE);
        if (!is.isDirectory() || others || !is.owner().equals(Files.getOwner(Path.of("/proc/self")))) {
            throw new LabFailure(root + " is " + is.owner().getName()
                    + "'s, or others may write there, and the lab ends what is noted there: chown root it and chmod go-w,"
                    + " or, where others have written, end by hand what is noted and remove it");
        }
    }

    /** The run's unique prefix for namespaces and files. */
    String id() {
        return folder.getFileName().toString();
    }

    /** Where the run keeps logs, captures and disks that need not outlive it. */
    Path folder() {
        return folder;
    }

    /** Whether the run {@code id} has things on this machine. */
    static boolean exists(String id) {
        return Files.isDirectory(ROOT.resolve(id));
    }

    /** To be called before it is made. */
    void namespace(String name) {
        append("netns " + name);
    }

    /** Of a process that has just been started; answers it. */
    Process started(Process process) {
        note("process", process.toHandle());
        return process;
    }

    /** Leaves everything as it is when this process ends: {@code lab up}, {@code --keep}. {@code lab down} takes it away. */
    void leave() {
        closed = true;
        Runtime.getRuntime().removeShutdownHook(onExit);
        append("left");
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException alreadyGoingDown) {
            return; // the hook does the same work
        }
        sweep(folder);
    }

    private void note(String kind, ProcessHandle process) {
        append(kind + " " + process.pid() + " " + startOf(process));
    }

    /** By the kernel's own count: Java's is reckoned from a clock that may be set meanwhile, as after a VM's resume. */
    private static String startOf(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            String ticks = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[START];
            return ticks + " " + Files.readString(BOOT).strip();
        } catch (IOException gone) {
            return "gone";
        }
    }

    private synchronized void append(String line) {
        try {
            Files.writeString(
                    folder.resolve("things"), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new LabFailure(
                    "cannot note in " + folder + " what the lab makes: " + IoReason.of(failure)
                            + "; look at the space there",
                    failure);
        }
    }

    /** Takes away what runs left behind: those that were left on purpose and those whose owner is gone. */
    static List<String> down() {
        return down(ROOT, Instant.now());
    }

    /** @param root where the runs have their folders */
    static List<String> down(Path root, Instant now) {
        List<String> swept = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        if (!Files.isDirectory(root)) {
            return swept;
        }
        try {
            ownOnly(root);
            for (Path run : runs(root)) {
                String id = run.getFileName().toString();
                try {
                    if (isLeft(run, now)) {
                        sweep(run);
                        swept.add(id);
                    }
                } catch (UncheckedIOException failure) {
                    failures.add(id + ": " + failure.getCause());
                } catch (LabFailure failure) { // no answer of ip
                    failures.add(id + ": " + failure.getMessage());
                }
            }
        } catch (IOException failure) {
            throw new LabFailure("cannot read " + root + ": " + failure.getMessage(), failure);
        }
        if (!failures.isEmpty()) {
            throw new LabFailure("of " + root + " is not taken away: " + String.join("; ", failures)
                    + (swept.isEmpty() ? "" : " (taken away: " + String.join(", ", swept) + ")"));
        }
        return swept;
    }

    private static List<Path> runs(Path root) throws IOException {
        try (Stream<Path> runs = Files.list(root)) {
            // A plain file there is nobody's run.
            return runs.filter(run -> Files.isDirectory(run, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isLeft(Path run, Instant now) throws IOException {
        List<String> things = things(run);
        if (things.isEmpty()) { // it begins just now, or its owner takes it away
            try {
                return Files.getLastModifiedTime(run).toInstant().isBefore(now.minus(BEGINNING));
            } catch (NoSuchFileException gone) {
                return false;
            }
        }
        boolean owned = things.stream()
                .filter(line -> line.startsWith("owner "))
                .anyMatch(line -> alive(line).isPresent());
        return things.contains("left") || !owned;
    }

    /** The process of a line {@code KIND PID START}, if it is still that very process. */
    private static Optional<ProcessHandle> alive(String line) {
        String[] words = line.split(" ", 3);
        return ProcessHandle.of(Long.parseLong(words[1]))
                .filter(ProcessHandle::isAlive)
                .filter(process -> startOf(process).equals(words[2]));
    }

    private static List<String> things(Path run) {
        try {
            return Files.readAllLines(run.resolve("things"));
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Processes before namespaces, which they hold; what is gone already is passed over. */
    private static void sweep(Path run) {
        List<String> things = things(run);
        List<String> namespaces = things.stream()
                .filter(line -> line.startsWith("netns "))
                .map(line -> line.substring("netns ".length()))
                .toList();
        Stream<ProcessHandle> started =
                things.stream().filter(line -> line.startsWith("process ")).flatMap(line -> alive(line).stream());
        List<ProcessHandle> processes = Stream.concat(
                        started, namespaces.stream().flatMap(RunState::inside))
                .distinct()
                .toList();
        processes.forEach(ProcessHandle::destroy);
        processes.forEach(RunState::end);
        namespaces.forEach(name -> Shell.attempt(List.of("ip", "netns", "delete", name)));
        try {
            Files.walkFileTree(run, new Deletion());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Of what its owner, or another {@code lab down}, may delete at the same time. */
    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            if (failure != null && !(failure instanceof NoSuchFileException)) {
                throw failure;
            }
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }

    /** What a person started in a namespace by hand: it would keep the namespace, with its bridge and cards, alive without a name. */
    private static Stream<ProcessHandle> inside(String namespace) {
        Shell.Outcome pids = Shell.attempt(List.of("ip", "netns", "pids", namespace));
        ProcessHandle self = ProcessHandle.current();
        return pids.status() != 0
                ? Stream.empty()
                : pids.output()
                        .lines()
                        .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.strip())).stream())
                        .filter(process -> !process.equals(self) && !isBelow(self, process));
    }

    private static boolean isBelow(ProcessHandle process, ProcessHandle ancestor) {
        return Stream.iterate(process.parent(), Optional::isPresent, parent -> parent.flatMap(ProcessHandle::parent))
                .anyMatch(parent -> parent.get().equals(ancestor));
    }

    private static void end(ProcessHandle process) {
        try {
            process.onExit().get(3, TimeUnit.SECONDS);
        } catch (Exception stubborn) {
            process.destroyForcibly();
            process.onExit()
                    .orTimeout(3, TimeUnit.SECONDS)
                    .exceptionally(gone -> process)
                    .join();
        }
    }
}
