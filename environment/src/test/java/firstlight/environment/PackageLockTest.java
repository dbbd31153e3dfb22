package firstlight.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the machine's apt, and an archive in a folder that has each wanted package without a content. */
class PackageLockTest {
    @TempDir
    Path folder;

    private Path etc;
    private Path archive;
    private String architecture;

    @BeforeEach
    void anArchiveWithoutItsFirmwaresList() throws IOException, BuildFailedException {
        architecture = Command.run(List.of("dpkg", "--print-architecture"), "").strip();
        etc = Files.createDirectories(folder.resolve("etc"));
        archive = folder.resolve("archive");
        Files.writeString(etc.resolve("os-release"), "VERSION_CODENAME=bookworm\n");
        Files.createDirectories(etc.resolve("apt"));
        Files.writeString(etc.resolve("apt/sources.list"), "deb [trusted=yes] copy:" + archive + " bookworm main\n");
        List<String> wanted = Bundled.lines("packages.list");
        component("main", wanted.stream().filter(name -> !name.startsWith("?")).toList());
        component(
                "non-free-firmware",
                wanted.stream()
                        .filter(name -> name.startsWith("?"))
                        .map(name -> name.substring(1))
                        .toList());
        release();
    }

    @Test
    void firmwareThatTheArchiveHadNotWhileItWasBroughtUpToDateComesWithTheNextBuild() throws Exception {
        Path list = list("non-free-firmware");
        Path away = Files.move(list, folder.resolve("away"));
        PackageLock without = lock(false);
        assertThat(without.text()).doesNotContain("firmware-");
        assertThat(without.notes()).singleElement().asString().contains("non-free-firmware is not to be had");

        assertThat(lock(false).text()).isEqualTo(without.text());

        Files.move(away, list);
        PackageLock with = lock(false);
        assertThat(with.text()).contains("firmware-realtek 1");
        assertThat(with.notes()).isEmpty();
    }

    @Test
    void whatWasResolvedIsKeptUntilItIsRefreshed() throws Exception {
        String first = lock(false).text();
        Files.writeString(list("main"), Files.readString(list("main")).replace("Version: 1", "Version: 2"));
        release();
        assertThat(lock(false).text()).isEqualTo(first);
        assertThat(lock(true).text()).contains("busybox-static 2");
    }

    private PackageLock lock(boolean refresh) throws IOException, BuildFailedException {
        return PackageLock.of(folder.resolve("cache"), etc, refresh, Progress.SILENT);
    }

    private Path list(String component) {
        return archive.resolve("dists/bookworm/" + component + "/binary-" + architecture + "/Packages");
    }

    private void component(String name, List<String> packages) throws IOException {
        Files.createDirectories(list(name).getParent());
        Files.writeString(
                list(name),
                packages.stream()
                        .map(each -> "Package: " + each + "\nVersion: 1\nArchitecture: all\nFilename: " + each
                                + ".deb\nSize: 1\nSHA256: " + "0".repeat(64) + "\n")
                        .collect(Collectors.joining("\n")));
    }

    /** Names both lists, as an archive does whose files are still on their way. */
    private void release() throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "Suite: stable",
                "Codename: bookworm",
                "Architectures: " + architecture,
                "Components: main non-free-firmware",
                "Date: Mon, 30 Nov 2026 07:00:00 UTC",
                "SHA256:"));
        for (String component : List.of("main", "non-free-firmware")) {
            Path list = list(component);
            lines.add(" " + Part.hash(list) + " " + Files.size(list) + " "
                    + archive.resolve("dists/bookworm").relativize(list));
        }
        Files.write(archive.resolve("dists/bookworm/Release"), lines);
    }
}
