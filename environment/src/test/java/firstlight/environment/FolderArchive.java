package firstlight.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A Debian archive in a folder, and the {@code /etc} of a machine of Debian 12 that names it, for the machine's own apt. */
final class FolderArchive {
    private final Path folder;
    private final String release;
    private final String architecture;

    FolderArchive(Path folder, String release) throws IOException, BuildFailedException {
        this.folder = Files.createDirectories(folder);
        this.release = release;
        this.architecture =
                Command.run(List.of("dpkg", "--print-architecture"), "").strip();
        Files.createDirectories(etc().resolve("apt"));
        Files.writeString(etc().resolve("os-release"), "VERSION_CODENAME=bookworm\n");
        Files.writeString(etc().resolve("apt/sources.list"), "deb [trusted=yes] copy:" + folder + " bookworm main\n");
    }

    Path etc() {
        return folder.resolve("etc");
    }

    Path list(String component) {
        return folder.resolve("dists/" + release + "/" + component + "/binary-" + architecture + "/Packages");
    }

    void component(String name, List<String> paragraphs) throws IOException {
        Files.createDirectories(list(name).getParent());
        Files.writeString(list(name), String.join("\n", paragraphs));
    }

    /** A package that nobody downloads. */
    static String named(String name, int version) {
        return "Package: " + name + "\nVersion: " + version + "\nArchitecture: all\nFilename: " + name
                + ".deb\nSize: 1\nSHA256: " + "0".repeat(64) + "\n";
    }

    /** A package with {@code files}, each of which holds its version. */
    String built(String name, int version, List<String> files) throws IOException, BuildFailedException {
        Path tree = folder.resolve("built/" + name + version);
        for (String file : files) {
            Files.createDirectories(tree.resolve(file).getParent());
            Files.writeString(tree.resolve(file), file + " of version " + version);
        }
        Files.createDirectories(tree.resolve("DEBIAN"));
        String control = "Package: " + name + "\nVersion: " + version
                + "\nArchitecture: all\nMaintainer: a <a@example.com>\nDescription: a\n";
        Files.writeString(tree.resolve("DEBIAN/control"), control);
        Path deb = folder.resolve(name + "_" + version + "_all.deb");
        Command.run(List.of("dpkg-deb", "--build", "--root-owner-group", tree.toString(), deb.toString()), "");
        return control + "Filename: " + deb.getFileName() + "\nSize: " + Files.size(deb) + "\nSHA256: " + Part.hash(deb)
                + "\n";
    }

    /** Names the lists of these components, also one whose file goes away afterwards: an archive that is being brought up to date. */
    void publish(List<String> components) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "Suite: stable",
                "Codename: " + release,
                "Architectures: " + architecture,
                "Components: " + components.stream().collect(Collectors.joining(" ")),
                "Date: Mon, 30 Nov 2026 07:00:00 UTC",
                "SHA256:"));
        Path dists = folder.resolve("dists/" + release);
        for (String component : components) {
            Path list = list(component);
            lines.add(" " + Part.hash(list) + " " + Files.size(list) + " " + dists.relativize(list));
        }
        Files.write(dists.resolve("Release"), lines);
    }
}
