package firstlight.server;

import firstlight.environment.BootPrograms;
import firstlight.environment.BuildFailedException;
import firstlight.environment.EnvironmentBuilder;
import firstlight.environment.Options;
import firstlight.environment.Progress;
import firstlight.server.configuration.Configuration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to it that what scripts and offers point to is there: boot programs and the imaging environment. */
final class BootFileSupply {
    private static final Logger LOG = LoggerFactory.getLogger(BootFileSupply.class);

    private final Path root;
    private final Optional<Path> home;
    private final Path cache;
    private final Configuration configuration;

    /** {@code home}: where the engine is built; empty when the server runs without its sources. */
    BootFileSupply(Path root, Optional<Path> home, Path cache, Configuration configuration) {
        this.root = root;
        this.home = home;
        this.cache = cache;
        this.configuration = configuration;
    }

    /** FIRSTLIGHT_HOME and FIRSTLIGHT_CACHE, as the launcher sets them. */
    static BootFileSupply of(Path root, Configuration configuration) {
        Optional<Path> home =
                Optional.ofNullable(System.getenv("FIRSTLIGHT_HOME")).map(Path::of);
        Path cache = Optional.ofNullable(System.getenv("FIRSTLIGHT_CACHE"))
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache", "firstlight"));
        return new BootFileSupply(root, home, cache, configuration);
    }

    /** What a PC would ask for in vain now. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        programs().forEach(each -> missing.addAll(each.missing(root)));
        for (String name : List.of("environment/vmlinuz", "environment/initramfs.zst")) {
            if (!Files.isRegularFile(root.resolve(name))) {
                missing.add(name);
            }
        }
        return missing;
    }

    /** Copies what the cache has, and builds or downloads the rest: minutes the first time. Each part on its own. */
    List<BuildFailedException> supply() {
        List<BuildFailedException> failures = new ArrayList<>();
        for (BootPrograms each : programs()) {
            attempt(failures, () -> each.place(cache, root, Progress.SILENT));
        }
        home.ifPresent(from -> attempt(failures, () -> buildEnvironment(from, Progress.SILENT)));
        return failures;
    }

    private interface Supply {
        void run() throws BuildFailedException;
    }

    private static void attempt(List<BuildFailedException> failures, Supply part) {
        try {
            part.run();
        } catch (BuildFailedException e) {
            failures.add(e);
        }
    }

    void buildEnvironment(Path from, Progress progress) throws BuildFailedException {
        EnvironmentBuilder.build(
                Options.of(from, cache, root.resolve("environment"), configuration.updates(), progress));
    }

    /** {@link #supply} while PCs are served already; a PC that comes too early is told so by its own missing file. */
    Thread supplyInBackground() {
        return Thread.ofPlatform().daemon().name("boot-files").start(() -> {
            List<String> before = missing();
            if (!before.isEmpty()) {
                LOG.warn("boot files are being prepared; until then PCs ask in vain for {}", String.join(", ", before));
            }
            supply().forEach(failure -> LOG.error("{}; {}", failure.getMessage(), failure.cure()));
            List<String> after = missing();
            if (after.isEmpty()) {
                LOG.info("boot files are complete in {}", root);
            } else {
                LOG.error("boot files are missing, PCs will ask in vain: {}", String.join(", ", after));
            }
        });
    }

    /** All of them: which of the preboot clients a PC gets is chosen for each PC, at any time. */
    private static List<BootPrograms> programs() {
        return List.of(BootPrograms.IPXE, BootPrograms.PXELINUX, BootPrograms.GRUB);
    }
}
