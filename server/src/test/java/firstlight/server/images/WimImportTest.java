package firstlight.server.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.disk.Tool;
import firstlight.image.manifest.Manifest;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.VersionNotes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows image files, made by wimlib; needs root, for loop devices. */
class WimImportTest {
    private static final VersionNotes.Entry ENTRY =
            new VersionNotes.Entry(Instant.parse("2026-11-28T05:00:00Z"), "ann", "imported");

    @TempDir
    Path folder;

    private Path wim;

    private static String run(String... command) throws IOException {
        Tool tool = Tool.run(List.of(command));
        assertThat(tool.exit()).as(tool.output()).isZero();
        return tool.output();
    }

    @BeforeEach
    void aFileWithTwoImages() throws IOException {
        wim = folder.resolve("install.wim");
        Path home = Files.createDirectories(folder.resolve("home/Windows/System32"));
        Files.writeString(home.resolve("edition.txt"), "home");
        Path pro = Files.createDirectories(folder.resolve("pro/Windows/System32"));
        Files.writeString(pro.resolve("edition.txt"), "pro");
        Files.createLink(pro.resolve("second name.txt"), pro.resolve("edition.txt"));
        run("cp", "-r", "/usr/share/common-licenses", pro.toString());
        run("wimcapture", folder.resolve("home").toString(), wim.toString(), "Home");
        run("wimappend", folder.resolve("pro").toString(), wim.toString(), "Pro: all of it");
    }

    private ImageJob.Outcome imported(ImageStore store, Optional<Integer> index, Optional<Integer> size)
            throws IOException {
        return new WimImport(wim, new ImageName("windows"), index, size, folder.resolve("scratch"))
                .run(store, ENTRY, Progress.SILENT);
    }

    @Test
    void theTreeOfAnIndexBecomesADiskWithItsFiles() throws IOException {
        assertThat(Import.isWim(wim)).isTrue();
        Path target = folder.resolve("target.raw");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            ImageJob.Outcome outcome = imported(store, Optional.of(2), Optional.empty());
            assertThat(outcome.text()).contains("install.wim, index 2 'Pro: all of it'");
            assertThat(outcome.details()).anyMatch(note -> note.contains("no boot files"));
            Manifest manifest =
                    store.open(store.find(new ImageName("windows"), 1).orElseThrow());
            try (RandomAccessFile file = new RandomAccessFile(target.toFile(), "rw")) {
                file.setLength(manifest.disks().getFirst().size());
            }
            try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                    BlockDevice disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
                RestoreSummary done = new Restore(store.source(), 2).restore(manifest, List.of(disk), Progress.SILENT);
                assertThat(done.verified()).isTrue();
                loop.partitionsChanged();
                String node = disk.node(1).orElseThrow().toString();
                assertThat(run("ntfsfix", "-n", node)).doesNotContain("BAD");
                assertThat(run("ntfscat", node, "Windows/System32/second name.txt"))
                        .isEqualTo("pro");
                assertThat(run("ntfscat", node, "Windows/System32/common-licenses/GPL-3"))
                        .isEqualTo(Files.readString(Path.of("/usr/share/common-licenses/GPL-3"))
                                .strip());
            }
        }
        try (var left = Files.list(folder.resolve("scratch"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void whatCannotBeImportedIsSaidWithTheCureAndLeavesNothing() throws IOException {
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            assertThatThrownBy(() -> imported(store, Optional.empty(), Optional.empty()))
                    .isInstanceOf(ImageFailure.class)
                    .hasMessageContaining("holds 2 images")
                    .hasMessageContaining("1 'Home', 2 'Pro: all of it'")
                    .hasMessageContaining("--index N");
            assertThatThrownBy(() -> imported(store, Optional.of(3), Optional.empty()))
                    .hasMessageContaining("has no index 3");
            Path big = folder.resolve("home/big");
            run("sh", "-c", "head -c 30000000 /dev/urandom > '" + big + "'");
            run("wimappend", folder.resolve("home").toString(), wim.toString(), "Big");
            assertThatThrownBy(() -> imported(store, Optional.of(3), Optional.of(16)))
                    .hasMessageContaining("16 MiB is too small")
                    .hasMessageContaining("--size");
            run("truncate", "-s", "5000", wim.toString());
            assertThatThrownBy(() -> imported(store, Optional.of(1), Optional.empty()))
                    .isInstanceOf(ImageFailure.class);
            assertThat(store.list()).isEmpty();
        }
        assertThat(run("losetup", "--list", "--output=BACK-FILE")).doesNotContain(folder.toString());
    }
}
