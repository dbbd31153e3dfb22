package firstlight.server;

import firstlight.environment.BootPrograms;
import firstlight.environment.BuildFailedException;
import firstlight.environment.EnvironmentBuilder;
import firstlight.environment.Options;
import firstlight.environment.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sees to it that what scripts and offers point to is there: boot programs and the imaging environment. */
final class BootFileSupply {
    private final Path root;
    private final Optional<Path> home;
    private final Path cache;
    private final Optional<Path> updates;

    /** {@code home}: where the engine is built; empty when the server runs without its sources. */
    BootFileSupply(Path root, Optional<Path> home, Path cache, Optional<Path> updates) {
        this.root = root;
        this.home = home;
        this.cache = cache;
        this.updates = updates;
    }

    /**
     * FIRSTLIGHT_HOME and FIRSTLIGHT_CACHE, as the launcher sets them.
     *
     * @param root the folder that TFTP and HTTP serve
     * @param updates a folder of drivers, firmware and scripts; empty for none
     */
    static BootFileSupply of(Path root, Optional<Path> updates) {
        Optional<Path> home =
                Optional.ofNullable(System.getenv("FIRSTLIGHT_HOME")).map(Path::of);
        return new BootFileSupply(root, home, EnvironmentCommand.cache(), updates);
    }

    /** What a PC would ask for in vain now. */
    static List<String> missing(Path root) {
        List<String> missing = new ArrayList<>();
        programs().forEach(each -> missing.addAll(each.missing(root)));
        for (String name : List.of("environment/vmlinuz", "environment/initramfs.zst")) {
            if (!Files.isRegularFile(root.resolve(name))) {
                missing.add(name);
            }
        }
        return missing;
    }

    /** @param notes what a person should know of what was made */
    record Supplied(List<BuildFailedException> failures, List<String> notes) {}

    /**
     * Copies what the cache has, and builds or downloads the rest: minutes the first time. Each part on its own. What fails is in the
     * answer, and does not keep the other parts from being made.
     */
    Supplied supply() {
        List<BuildFailedException> failures = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (BootPrograms each : programs()) {
            attempt(failures, () -> each.place(cache, root, false, Progress.SILENT));
        }
        home.ifPresent(from -> attempt(
                failures,
                () -> notes.addAll(EnvironmentBuilder.build(
                                Options.of(from, cache, root.resolve("environment"), updates, Progress.SILENT))
                        .report()
                        .notes())));
        return new Supplied(failures, notes);
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

    /** All of them: which of the preboot clients a PC gets is chosen for each PC, at any time. */
    private static List<BootPrograms> programs() {
        return List.of(BootPrograms.IPXE, BootPrograms.PXELINUX, BootPrograms.GRUB, BootPrograms.GRUB_IA32);
    }
}
