package firstlight.environment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A private apt: it uses the machine's archives, keys and proxies, but its own lists, cache and (empty) status, so that
 * asking it to install something names the whole closure, and nothing of the machine changes.
 */
final class Apt {
    /** A line of a simulated installation: name, version. And one of --print-uris: the file's name, its octets. */
    private static final Pattern INSTALL = Pattern.compile("^Inst (\\S+) \\((\\S+) .*");

    private static final Pattern URI = Pattern.compile("^'\\S+' (\\S+) (\\d+).*");
    private static final String CURE = "look at the network and at /etc/apt, then run it again";

    /** Of a version that was written down before. */
    private static final String NEWER = CURE
            + "; where the archive has newer versions in the place of these: firstlight environment build --refresh";

    /** Holds apt's lists, cache and status, the downloaded packages and, by name and version, what they unpack to. Kept between builds. */
    private final Path folder;

    private final Progress progress;

    /** A package as apt names it. Sorted by name, so that a lock reads the same whatever order apt plans in. */
    record Version(String name, String version) implements Comparable<Version> {
        @Override
        public int compareTo(Version other) {
            return name.compareTo(other.name);
        }

        @Override
        public String toString() {
            return name + "=" + version;
        }
    }

    Apt(Path folder, Progress progress) {
        this.folder = folder;
        this.progress = progress;
    }

    /** Fetches the lists of the archives in {@code sources}, which has the octets of {@link AptSources}. */
    void update(String sources) throws BuildFailedException, IOException {
        for (String path : List.of("state/lists/partial", "cache/archives/partial", "parts", "packages")) {
            Files.createDirectories(folder.resolve(path));
        }
        Files.writeString(folder.resolve("status"), "");
        Files.writeString(folder.resolve("parts/machine.sources"), sources, StandardCharsets.ISO_8859_1);
        progress.report("package lists", 0, 0);
        Command.run(apt("apt-get", "update", "-o", "APT::Update::Error-Mode=any"), CURE);
    }

    /**
     * Those of {@code names} that the archives have. In the order of {@code names}. "Candidate: (none)" is what apt says of a
     * name that it knows and cannot have.
     */
    List<String> available(List<String> names) throws BuildFailedException {
        List<String> command = apt("apt-cache", "policy");
        command.addAll(names);
        Set<String> found = new TreeSet<>();
        String name = "";
        for (String line : Command.run(command, CURE).lines().toList()) {
            if (!line.startsWith(" ")) {
                name = line.replaceFirst(":$", "");
            } else if (line.strip().startsWith("Candidate:") && !line.contains("(none)")) {
                found.add(name);
            }
        }
        return names.stream().filter(found::contains).toList();
    }

    /**
     * {@code names} with all that they depend on. Without what is recommended; the status is empty, so that nothing counts as installed.
     */
    List<Version> closure(List<String> names) throws BuildFailedException {
        List<String> command = apt("apt-get", "--simulate", "--no-install-recommends", "install");
        command.addAll(names);
        TreeSet<Version> versions = new TreeSet<>();
        for (String line : Command.run(command, CURE).lines().toList()) {
            Matcher install = INSTALL.matcher(line);
            if (install.matches()) {
                versions.add(new Version(install.group(1), install.group(2)));
            }
        }
        return List.copyOf(versions);
    }

    /**
     * Downloads what is not here yet and unpacks it; a folder a package, in the order of {@code versions}. A version that the
     * archive has replaced meanwhile cannot be downloaded any more: the cure says --refresh.
     */
    List<Path> unpacked(List<Version> versions) throws BuildFailedException, IOException {
        List<Version> missing = versions.stream()
                .filter(version -> !Files.isDirectory(unpackedFolder(version)))
                .toList();
        if (!missing.isEmpty()) {
            download(missing);
        }
        int done = 0;
        for (Version version : missing) {
            progress.report("unpacking", done++, missing.size());
            unpack(version);
        }
        return versions.stream().map(this::unpackedFolder).toList();
    }

    private void download(List<Version> versions) throws BuildFailedException, IOException {
        TreeMap<String, Long> sizes = new TreeMap<>();
        for (String line : Command.run(downloading(versions, "--print-uris"), NEWER)
                .lines()
                .toList()) {
            Matcher uri = URI.matcher(line);
            if (uri.matches()) {
                sizes.put(uri.group(1), Long.parseLong(uri.group(2)));
            }
        }
        long total = sizes.values().stream().mapToLong(Long::longValue).sum();
        Path packages = Files.createDirectories(folder.resolve("packages"));
        Command.run(
                packages,
                downloading(versions),
                NEWER,
                () -> progress.report("packages", sizeOf(packages, sizes.keySet()), total));
        progress.report("packages", total, total);
    }

    private static long sizeOf(Path packages, Set<String> names) {
        return names.stream()
                .map(packages::resolve)
                .mapToLong(file -> file.toFile().length())
                .sum();
    }

    private List<String> downloading(List<Version> versions, String... options) {
        List<String> command = apt("apt-get", "download");
        command.addAll(List.of(options));
        versions.forEach(version -> command.add(version.toString()));
        return command;
    }

    private void unpack(Version version) throws BuildFailedException, IOException {
        Path folder = unpackedFolder(version);
        Path unfinished = folder.resolveSibling(folder.getFileName() + ".unfinished");
        Files.createDirectories(unfinished);
        Command.run(
                List.of("dpkg-deb", "--extract", file(version).toString(), unfinished.toString()),
                "free some disk space");
        List<String> compressed = new ArrayList<>();
        try (Stream<Path> all = Files.walk(unfinished)) {
            all.map(Path::toString).filter(name -> name.endsWith(".ko.xz")).forEach(compressed::add);
        }
        // The archive as a whole is compressed; modules that are compressed already would only make it larger.
        for (int from = 0; from < compressed.size(); from += 500) {
            // A build that was interrupted may have left some of them beside what they were.
            List<String> command = new ArrayList<>(List.of("xz", "--decompress", "--force"));
            command.addAll(compressed.subList(from, Math.min(from + 500, compressed.size())));
            Command.run(command, "install xz-utils");
        }
        // Renamed last: a folder of that name is whole.
        Files.move(unfinished, folder);
    }

    /** The downloaded file; apt writes the colon of an epoch as %3a. */
    private Path file(Version version) throws BuildFailedException, IOException {
        String start = version.name() + "_" + version.version().replace(":", "%3a") + "_";
        try (Stream<Path> files = Files.list(folder.resolve("packages"))) {
            return files.filter(file -> file.getFileName().toString().startsWith(start))
                    .findFirst()
                    .orElseThrow(() -> new BuildFailedException("apt did not download " + version, CURE));
        }
    }

    private Path unpackedFolder(Version version) {
        return folder.resolve("unpacked")
                .resolve(version.name() + "_" + version.version().replace(":", "%3a"));
    }

    private List<String> apt(String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of("-q", "-o", "Dir::State=" + folder.resolve("state")));
        command.addAll(List.of("-o", "Dir::State::status=" + folder.resolve("status")));
        command.addAll(List.of("-o", "Dir::Cache=" + folder.resolve("cache")));
        command.addAll(List.of("-o", "Dir::Etc::sourcelist=/dev/null"));
        command.addAll(List.of("-o", "Dir::Etc::sourceparts=" + folder.resolve("parts")));
        // Without it root's apt becomes _apt, who may not read below root's home.
        command.addAll(List.of("-o", "APT::Sandbox::User=root", "-o", "APT::Get::Assume-Yes=true"));
        command.addAll(List.of(arguments));
        return command;
    }
}
