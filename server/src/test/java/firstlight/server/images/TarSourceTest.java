package firstlight.server.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.image.addon.AddOnBuilder;
import firstlight.image.addon.FolderSource;
import firstlight.image.disk.Tool;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.AddOnEntry;
import firstlight.image.manifest.PartitionChoice;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import firstlight.image.tree.FileTree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives by GNU tar, held against the folder that they were made of. */
class TarSourceTest {
    @TempDir
    private Path folder;

    private ImageStore store;

    @BeforeEach
    void open() throws IOException {
        store = DiskStore.open(folder.resolve("store"));
        run("""
                mkdir -p files/etc files/deep; cd files
                echo hello > etc/motd; head -c 700000 /dev/urandom > deep/noise; : > empty; ln etc/motd etc/twin; ln -s ../etc deep/link
                truncate -s 3M sparse; echo middle | dd of=sparse bs=1 seek=1000000 conv=notrunc 2>/dev/null
                mkfifo pipe; chmod 640 etc/motd; touch -d '2001-02-03 04:05:06.5' 'etc/motd'; echo x > 'ä "b"'
                setfattr -n user.colour -v blue deep/noise
                """);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private void run(String script) throws IOException {
        Tool tool = Tool.run(List.of("bash", "-e", "-c", "cd '" + folder + "'; " + script));
        assertThat(tool.exit()).as(tool.output()).isZero();
    }

    private AddOn ofTar(InputStream tar) throws IOException {
        try (AddOnBuilder builder = new AddOnBuilder(store.trustingSink(), "into")) {
            new TarSource(builder, Optional.empty()).add(tar);
            return builder.build(PartitionChoice.SYSTEM);
        }
    }

    private List<AddOnEntry> ofFolder() throws IOException {
        try (AddOnBuilder builder = new AddOnBuilder(store.trustingSink(), "into");
                FileTree tree = FileTree.open(folder.resolve("files"), false)) {
            new FolderSource(tree, builder, Optional.empty(), false).add("");
            return builder.build(PartitionChoice.SYSTEM).entries();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cat", "gzip", "zstd -q", "xz"})
    void anArchiveHoldsWhatItsFolderHeld(String packer) throws IOException {
        run("tar --format=posix --sparse --sort=name --xattrs -C files -cf - . | " + packer + " > archive");
        try (InputStream in = Files.newInputStream(folder.resolve("archive"))) {
            assertThat(ofTar(in).entries()).isEqualTo(ofFolder());
        }
    }

    private void refused(String script, String why) throws IOException {
        run(script);
        try (InputStream in = Files.newInputStream(folder.resolve("archive"))) {
            assertThatThrownBy(() -> ofTar(in))
                    .isInstanceOfSatisfying(
                            ImageFailure.class,
                            failure -> assertThat(failure.cause()).contains(why));
        }
    }

    @Test
    void anArchiveThatWouldLeadElsewhereOrIsBrokenIsRefused() throws IOException {
        refused("cd files; tar -P -cf ../archive ../store/lock", "'../store/lock' leads out of the folder");
        refused("cd files; tar -cf ../archive empty; tar -rf ../archive empty", "'into/empty' is in it twice");
        refused(
                "mkdir more; ln -s /etc more/d; tar -C more -cf archive d; rm more/d; mkdir more/d; touch more/d/x;"
                        + " tar -C more -rf archive d/x",
                "'into/d/x' lies below 'into/d', which is no folder");
        refused("tar -C files -cf - . | head -c 500000 > archive", "");
        refused("head -c 100000 /dev/urandom > archive", "");
        assertThatThrownBy(() -> ofTar(new ByteArrayInputStream(new byte[0]))).hasMessageContaining("no tar archive");
    }

    @Test
    void anAbsolutePathIsBelowTheFolderLikeAnyOther() throws IOException {
        run("tar -P -cf archive '" + folder + "/files/empty'");
        try (InputStream in = Files.newInputStream(folder.resolve("archive"))) {
            assertThat(ofTar(in).entries().getLast().path()).isEqualTo("into" + folder + "/files/empty");
        }
    }
}
