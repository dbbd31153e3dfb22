package firstlight.environment;

import firstlight.model.IoReason;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes kernel and initramfs of the imaging environment from Debian packages; the same inputs give the same bytes.
 *
 * <p>The initramfs is four archives in one file: images of Debian's part, of the Java runtime and of the engine, and the
 * little that opens them. Each is kept under a key of its inputs, so a changed engine costs seconds.
 */
public final class EnvironmentBuilder {
    /** Counts up when this room makes something else of the same inputs. */
    private static final String FORMAT = "4";
    /**
     * The serial collector and small stacks suit a PC with 1 GB, of which the environment itself holds a sixth. It begins with a quarter of the memory:
     * with Java's sixty-fourth each collection copies the chunks that are on their way once more. Half of the young ones' part is for those that
     * live through a collection: an eighth is too small for what a restore fetched ahead, and the rest went, with its garbage, to ever new memory. Both
     * compilers start late: compiling the start itself costs more than it gains, and the hashing of chunks, which needs
     * them, passes these numbers in its first second. The class archive lies where it was made for, for moving it would
     * touch every page; it holds no secret whose place would matter. It was made with compressed pointers, which Java would give up for the heap of a
     * PC with 76 GB, and that is asked for them gets a smaller heap.
     */
    private static final List<String> JAVA_OPTIONS = List.of(
            "-XX:+UseSerialGC",
            "-XX:+UseCompressedOops",
            "-XX:InitialRAMPercentage=25",
            "-XX:MaxRAMPercentage=40",
            "-XX:SurvivorRatio=2",
            "-Xss512k",
            "-XX:-UsePerfData",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:ArchiveRelocationMode=0",
            "-XX:Tier3InvocationThreshold=2000",
            "-XX:Tier3MinInvocationThreshold=1000",
            "-XX:Tier3CompileThreshold=20000",
            "-XX:Tier3BackEdgeThreshold=600000",
            "-XX:Tier4InvocationThreshold=50000",
            "-XX:Tier4MinInvocationThreshold=6000",
            "-XX:Tier4CompileThreshold=150000",
            "-XX:Tier4BackEdgeThreshold=400000",
            "-XX:ErrorFile=/run/hs_err.log",
            "-Djava.library.path=/firstlight/lib",
            "--enable-native-access=ALL-UNNAMED");

    private static final String UPDATES = "updates.cpio.zst";

    private final Options options;
    private final PackageLock lock;
    private final JavaRuntime runtime;
    /** Unpacked when the first part needs them. */
    private @Nullable Packages packages;

    private EnvironmentBuilder(Options options, PackageLock lock, JavaRuntime runtime) {
        this.options = options;
        this.lock = lock;
        this.runtime = runtime;
    }

    /**
     * Builds what changed since the last time and answers with the files. Waits while another process builds in the same cache.
     *
     * @throws BuildFailedException in words for the operator
     */
    public static Environment build(Options options) throws BuildFailedException {
        long start = System.nanoTime();
        Path cache = options.cache().resolve("environment");
        try (BuildLock _ = BuildLock.in(cache, options.progress())) {
            EngineJars jars = EngineJars.of(options.home());
            PackageLock lock = PackageLock.of(cache, options.refresh(), options.progress());
            JavaRuntime runtime = JavaRuntime.of(options.javaHome(), cache.resolve("java"), options.progress());
            return new EnvironmentBuilder(options, lock, runtime).build(jars, start);
        } catch (IOException | UncheckedIOException e) {
            throw new BuildFailedException(
                    "the imaging environment cannot be written: " + IoReason.withFile(e),
                    "look at the space and the permissions of " + cache + " and " + options.output());
        }
    }

    private Environment build(EngineJars jars, long start) throws BuildFailedException, IOException {
        Part base = base();
        Part java = image("java", List.of(FORMAT, runtime.key()), tree -> {
            tree.copyAll("firstlight/jre", runtime.folder());
            return "jlink runtime " + Runtime.version().feature();
        });
        Part engine = engine(jars);
        Part first = Part.of(
                parts(),
                "start",
                Packing.ARCHIVE,
                List.of(FORMAT, lock.text(), Bundled.text("start.sh")),
                tree -> StartTree.add(tree, packages()),
                options.progress());
        List<String> notes = new ArrayList<>(lock.notes());
        Optional<Part> updates = updates(notes);

        Files.createDirectories(options.output());
        Path kernel = lock.vmlinuz();
        place("vmlinuz", kernel);
        // The kernel looks for an uncompressed archive at multiples
        // of four octets only, so the compressed one is the last.
        Path initramfs = place("initramfs.zst", base.file(), java.file(), engine.file(), first.file());
        if (updates.isPresent()) {
            place(UPDATES, updates.get().file());
        } else {
            Files.deleteIfExists(options.output().resolve(UPDATES));
        }
        List<Report.Part> parts = new ArrayList<>();
        parts.add(new Report.Part("kernel", lock.kernel(), Files.size(kernel), Files.size(kernel), true));
        parts.addAll(List.of(first.report(), base.report(), java.report(), engine.report()));
        updates.ifPresent(part -> parts.add(part.report()));
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        return new Environment(initramfs, new Report(parts, notes, took));
    }

    /** Rebuilt when a package, the Java runtime's libraries or one of the lists changes; it takes minutes. */
    private Part base() throws BuildFailedException, IOException {
        return image("base", baseInputs(), tree -> new BaseTree(packages(), tree).add(runtime.libraries()));
    }

    private List<String> baseInputs() throws IOException {
        List<String> inputs = new ArrayList<>(List.of(FORMAT, lock.text(), runtime.key()));
        for (String file : List.of("modules.list", "modprobe.conf", "programs.list", "udhcpc.script")) {
            inputs.add(Bundled.text(file));
        }
        return inputs;
    }

    /** The engine and the script that starts it. The runtime is among its inputs, for the class archive is good for that one only. */
    private Part engine(EngineJars jars) throws BuildFailedException, IOException {
        String init = Bundled.text("init.sh").replace("@JAVA_OPTIONS@", String.join(" ", JAVA_OPTIONS));
        List<String> inputs = new ArrayList<>(
                List.of(FORMAT, init, Bundled.text("img.sh"), Bundled.text("controllers.sh"), runtime.key()));
        for (Path jar : jars.files()) {
            inputs.add(jar.getFileName() + " " + Part.hash(jar));
        }
        String version = Part.key(inputs);
        return Part.of(
                parts(),
                "engine",
                Packing.QUICK_IMAGE,
                inputs,
                tree -> addEngine(tree, jars, init.replace("@VERSION@", version)),
                options.progress());
    }

    private String addEngine(Tree tree, EngineJars jars, String init) throws BuildFailedException, IOException {
        options.progress().report("rehearsing the engine's start", 0, 0);
        List<String> classPath =
                ClassArchive.add(tree, "firstlight/lib/", jars, options.javaHome(), runtime.folder(), JAVA_OPTIONS);
        String line = String.join(":", classPath.stream().map(jar -> "/" + jar).toList());
        tree.content("firstlight/classpath", BaseTree.utf8(line + "\n"), false);
        tree.content("firstlight/init", BaseTree.utf8(init), true);
        tree.content("firstlight/controllers", BaseTree.utf8(Bundled.text("controllers.sh")), true);
        String img = Bundled.text("img.sh").replace("@JAVA_OPTIONS@", String.join(" ", JAVA_OPTIONS));
        tree.content("usr/bin/img", BaseTree.utf8(img), true);
        return jars.files().size() + " jars, archive of the classes of the start";
    }

    private Path parts() {
        return lock.folder().resolve("parts");
    }

    private Optional<Part> updates(List<String> notes) throws BuildFailedException, IOException {
        Optional<UpdatesArchive> archive = options.updates().isPresent()
                ? UpdatesArchive.of(options.updates().get())
                : Optional.empty();
        if (archive.isEmpty()) {
            return Optional.empty();
        }
        notes.addAll(archive.get().notes());
        if (archive.get().isEmpty()) {
            return Optional.empty();
        }
        List<String> inputs = new ArrayList<>(baseInputs());
        inputs.addAll(archive.get().inputs());
        return Optional.of(Part.of(
                parts(),
                "updates",
                Packing.ARCHIVE,
                inputs,
                tree -> archive.get().addTo(tree, packages()),
                options.progress()));
    }

    private Part image(String name, List<String> inputs, Part.Maker maker) throws BuildFailedException, IOException {
        return Part.of(parts(), name, Packing.IMAGE, inputs, maker, options.progress());
    }

    private Packages packages() throws BuildFailedException, IOException {
        Packages known = packages;
        if (known == null) {
            known = lock.unpack();
            packages = known;
        }
        return known;
    }

    /** {@code parts} one after the other as one file of the output; who reads the old file meanwhile keeps it. */
    private Path place(String name, Path... parts) throws IOException {
        Path file = options.output().resolve(name);
        Path unfinished = options.output().resolve("." + name + ".unfinished");
        try (OutputStream out = Files.newOutputStream(unfinished)) {
            for (Path part : parts) {
                Files.copy(part, out);
            }
        }
        return Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
