package firstlight.server;

import firstlight.environment.BootPrograms;
import firstlight.environment.BuildFailedException;
import firstlight.environment.Environment;
import firstlight.environment.EnvironmentBuilder;
import firstlight.environment.Options;
import firstlight.environment.Report;
import firstlight.server.configuration.Configuration;
import firstlight.server.configuration.DataDirectory;
import firstlight.server.operator.OperatorError;
import firstlight.server.operator.ProgressLine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code firstlight environment build}. */
@Command(
        name = "environment",
        description = "Makes the imaging environment that PCs boot into: kernel and initramfs.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight environment build --refresh",
            "  firstlight environment build --updates drivers",
            "",
            "A server builds at each start, with 'updates' of its configuration. For one that a unit of systemd starts, this wants the",
            "unit's FIRSTLIGHT_CACHE, or the next start takes back what came (docs/running.md)."
        })
final class EnvironmentCommand {
    @Command(
            name = "build",
            description =
                    "Builds kernel and initramfs from Debian packages. The same inputs give the same bytes; what did not "
                            + "change is kept. Boot programs (iPXE, pxelinux, shim and GRUB) are fetched as well. A folder of extra "
                            + "drivers, firmware and scripts becomes a second archive (--updates).")
    void build(
            @Option(
                            names = "--data",
                            paramLabel = "DIR",
                            defaultValue = "${env:FIRSTLIGHT_DATA:-" + DataDirectory.USUAL + "}",
                            description = "The server's data directory (default: ${DEFAULT-VALUE}).")
                    Path data,
            @Option(
                            names = "--updates",
                            paramLabel = "DIR",
                            description =
                                    "Extra drivers, firmware and scripts (default: 'updates' of the server's configuration).")
                    @Nullable
                    Path updates,
            @Option(names = "--refresh", description = "Ask the archives for newer packages, of the boot programs too.")
                    boolean refresh) {
        // The launcher's folder: the sources of the environment lie there.
        String home = System.getenv("FIRSTLIGHT_HOME");
        if (home == null) {
            throw new OperatorError("FIRSTLIGHT_HOME is not set", "run this through ./firstlight");
        }
        Path cache = cache();
        DataDirectory directory = new DataDirectory(data);
        List<String> notes = new ArrayList<>();
        Optional<Path> extra = made(directory, Optional.ofNullable(updates), notes);
        ProgressLine line = new ProgressLine();
        Options options = Options.of(Path.of(home), cache, directory.boot().resolve("environment"), extra, line::show);
        try {
            Environment built = EnvironmentBuilder.build(refresh ? options.refreshed() : options);
            Set<String> others = new TreeSet<>();
            for (BootPrograms programs : BootPrograms.values()) {
                others.addAll(placed(programs, cache, directory.boot(), refresh, line, notes));
            }
            line.end();
            for (Report.Part part : built.report().parts()) {
                System.out.printf(
                        Locale.ROOT,
                        "  %-10s %8.1f MB%s  %s%n",
                        part.name(),
                        part.bytes() / 1e6,
                        part.kept() ? " (kept)" : "",
                        part.contents());
            }
            notes.forEach(note -> System.out.println("  note: " + note));
            others.forEach(
                    name -> System.out.println("  note: " + directory.boot().resolve(name)
                            + " is none that was put there by Firstlight, and stays; remove it to have the packages'"));
            built.report().notes().forEach(note -> System.out.println("  note: " + note));
            System.out.printf(
                    Locale.ROOT,
                    "environment built in %.1f s: %s%n",
                    built.report().took().toMillis() / 1000.0,
                    built.initramfs());
        } catch (BuildFailedException e) {
            line.end();
            throw new OperatorError(String.valueOf(e.getMessage()), e.cure(), e);
        }
    }

    /** Makes the directory when all is there that is named: where one folder is mistyped, this one may be as well. */
    static Optional<Path> made(DataDirectory directory, Optional<Path> named, List<String> notes) {
        if (named.isPresent() && !Files.isDirectory(named.get())) {
            throw new OperatorError(
                    "the updates folder " + named.get() + " is not there", "create it, or leave --updates out");
        }
        Optional<Path> updates = updates(directory, named, notes);
        directory.create();
        return updates;
    }

    /** An archive that has none of them need not keep anybody from a newer kernel, as long as those are there that were. */
    private static List<String> placed(
            BootPrograms programs, Path cache, Path boot, boolean refresh, ProgressLine line, List<String> notes)
            throws BuildFailedException {
        try {
            return programs.place(cache, boot, refresh, line::show);
        } catch (BuildFailedException e) {
            if (!refresh || !programs.missing(boot).isEmpty()) {
                throw e;
            }
            notes.add("boot programs (" + programs.name().toLowerCase(Locale.ROOT) + ") stay as they are: "
                    + e.getMessage());
            return List.of();
        }
    }

    /** Of those that are named and those of the server's configuration, which its next start takes. */
    static Optional<Path> updates(DataDirectory directory, Optional<Path> named, List<String> notes) {
        if (!directory.hasServed()) {
            notes.add("no server has run with the data directory " + directory.path() + " yet");
        }
        Optional<Path> servers;
        try {
            servers = directory.configured("which updates the server has").flatMap(Configuration::updates);
        } catch (OperatorError unusable) {
            if (named.isEmpty()) {
                throw unusable;
            }
            notes.add(String.valueOf(unusable.getMessage()));
            return named;
        }
        if (named.isPresent() && !named.map(Path::toAbsolutePath).equals(servers.map(Path::toAbsolutePath))) {
            notes.add("the server's next start builds "
                    + servers.map(folder -> "with " + folder).orElse("without them") + " again; write 'updates: "
                    + named.get().toAbsolutePath() + "' into its configuration");
        }
        return named.or(() -> servers);
    }

    /** Where what was fetched and built is kept. */
    static Path cache() {
        return Optional.ofNullable(System.getenv("FIRSTLIGHT_CACHE"))
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache", "firstlight"));
    }
}
