package firstlight.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The exact packages of an environment. They are resolved once and written down, so that the next build makes the same
 * bytes without asking the archives; {@code refresh} resolves anew.
 */
final class PackageLock {
    /** Begins a line of the lock that is for people; all others are a package and its version. */
    private static final String FIRMWARE_NOTE = "# note: ";

    private static final String NO_FIRMWARE = FIRMWARE_NOTE + "non-free-firmware is not to be had";

    private final Path folder;
    private final Apt apt;
    private final List<String> lines;

    private PackageLock(Path folder, Apt apt, List<String> lines) {
        this.folder = folder;
        this.apt = apt;
        this.lines = List.copyOf(lines);
    }

    /**
     * By what the machine's archives and the list of packages are: other ones have a lock of their own.
     *
     * @throws BuildFailedException on a machine without a Debian archive, or where apt fails
     */
    static PackageLock of(Path folder, boolean refresh, Progress progress) throws IOException, BuildFailedException {
        return of(folder, Path.of("/etc"), refresh, progress);
    }

    /** @param etc the machine's */
    static PackageLock of(Path folder, Path etc, boolean refresh, Progress progress)
            throws IOException, BuildFailedException {
        String sources = AptSources.ofMachine(etc, true);
        if (sources.isEmpty()) {
            throw new BuildFailedException(
                    "no Debian archive of this machine's release in /etc/apt",
                    "the imaging environment is made of Debian packages: build it on Debian, with its archive in /etc/apt");
        }
        List<String> wanted = Bundled.lines("packages.list");
        Path file = folder.resolve("packages-" + Part.key(List.of(sources, String.join("\n", wanted))) + ".lock");
        Apt apt = new Apt(folder.resolve("apt"), progress);
        if (refresh || !Files.isRegularFile(file)) {
            keep(file, resolve(apt, etc, wanted));
        } else if (isWithoutFirmware(file)) {
            try {
                apt.update(sources);
                keep(file, resolve(apt, wanted, new ArrayList<>()));
            } catch (BuildFailedException e) {
                progress.report("firmware packages are still not to be had", 0, 0);
            }
        }
        return new PackageLock(folder, apt, Files.readAllLines(file));
    }

    private static void keep(Path file, List<String> lines) throws IOException {
        Files.createDirectories(file.getParent());
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        Files.write(unfinished, lines);
        Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The archive may have none, or may have failed in this only while it was brought up to date: so each build asks once more. */
    private static boolean isWithoutFirmware(Path file) throws IOException {
        return Files.readAllLines(file).stream().anyMatch(line -> line.startsWith(NO_FIRMWARE));
    }

    private static List<String> resolve(Apt apt, Path etc, List<String> wanted)
            throws IOException, BuildFailedException {
        List<String> lines = new ArrayList<>();
        try {
            apt.update(AptSources.ofMachine(etc, true));
        } catch (BuildFailedException e) {
            apt.update(AptSources.ofMachine(etc, false));
            lines.add(NO_FIRMWARE + " (" + e.getMessage() + "): network cards that need firmware files may not work");
        }
        return resolve(apt, wanted, lines);
    }

    private static List<String> resolve(Apt apt, List<String> wanted, List<String> lines) throws BuildFailedException {
        List<String> optional = wanted.stream()
                .filter(name -> name.startsWith("?"))
                .map(name -> name.substring(1))
                .toList();
        List<String> firmware = apt.available(optional);
        if (firmware.isEmpty() && lines.isEmpty()) {
            lines.add(FIRMWARE_NOTE + "no firmware packages in the machine's archives: network cards that need firmware"
                    + " files (some Realtek and Broadcom) may not work");
        }
        List<String> names = new ArrayList<>(
                wanted.stream().filter(name -> !name.startsWith("?")).toList());
        names.addAll(firmware);
        apt.closure(names).forEach(version -> lines.add(version.name() + " " + version.version()));
        return lines;
    }

    /** What decides the packages' bytes, and so is a part of each key. */
    String text() {
        return String.join("\n", lines);
    }

    /** What a person should know of the packages. */
    List<String> notes() {
        return lines.stream()
                .filter(line -> line.startsWith(FIRMWARE_NOTE))
                .map(line -> line.substring(FIRMWARE_NOTE.length()))
                .toList();
    }

    /** The kernel's package with its version. */
    String kernel() {
        return lines.stream()
                .filter(line -> line.matches("linux-image-\\d.*"))
                .findFirst()
                .orElse("no kernel");
    }

    /** The packages' files, downloaded and unpacked when they are not yet here. */
    Packages unpack() throws IOException, BuildFailedException {
        return Packages.of(apt.unpacked(versions(line -> true)));
    }

    /** The kernel itself, without looking into every other package. */
    Path vmlinuz() throws IOException, BuildFailedException {
        Packages kernel = Packages.of(apt.unpacked(versions(line -> line.equals(kernel()))));
        return kernel.file("boot/vmlinuz-" + BaseTree.kernelVersion(kernel)).orElseThrow();
    }

    Path folder() {
        return folder;
    }

    private List<Apt.Version> versions(Predicate<String> which) {
        return lines.stream()
                .filter(line -> !line.startsWith("#"))
                .filter(which)
                .map(line -> line.split(" ", 2))
                .map(words -> new Apt.Version(words[0], words[1]))
                .toList();
    }
}
