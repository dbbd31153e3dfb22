package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.capture.CaptureOptions;
import firstlight.image.capture.IfLocked;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Manifest;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Volumes that cryptsetup encrypted, and deciphers again after the restore: not by our own cipher. */
class LuksTest {
    @TempDir
    Path folder;

    private Path source;
    private String tree = "";

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    @BeforeEach
    void makeSource() {
        source = folder.resolve("source");
    }

    private void encrypted(int sectorSize, int keyBits, String type) throws IOException {
        new Lab(folder).disk("source", "60M");
        Shell.run("mkfs.ext4 -q -b 4096 '%s'; printf secret > '%s/key'".formatted(source, folder));
        Lab.attached(
                source,
                512,
                node -> Lab.mounted("", node.toString(), root -> {
                    Tree.plant(root);
                    tree = Tree.describe(root);
                }));
        Shell.run("""
                cd '%s'; truncate -s +32M source
                cryptsetup reencrypt -q --encrypt --type luks2 --reduce-device-size 32M --sector-size %d -s %d \
                    --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file key source
                """.formatted(folder, sectorSize, keyBits));
        convert(type, source);
    }

    /** LUKS1 cannot be made of a file without the device mapper. */
    private static void convert(String type, Path volume) throws IOException {
        if (!type.equals(
                Shell.run("blkid -p -o value -s VERSION '%s'".formatted(volume)).strip())) {
            Shell.run("cryptsetup convert -q --type luks%s '%s'".formatted(type, volume));
        }
    }

    private Manifest captured(ImageStore store, IfLocked ifLocked, String... keys) throws IOException {
        CaptureOptions options = new CaptureOptions(
                ifLocked,
                List.of(),
                uuid -> List.of(keys).stream()
                        .map(key -> key.getBytes(StandardCharsets.UTF_8))
                        .toList());
        return Lab.captured(source, options, store);
    }

    @ParameterizedTest(name = "encrypted in sectors of {0} octets, by a key of {1} bits, LUKS{2}")
    @CsvSource({"512, 512, 2", "4096, 256, 2", "512, 256, 1"})
    void withItsKeyOnlyWhatTheInnerFileSystemUsesIsTakenAndStaysEncrypted(int sectorSize, int keyBits, String type)
            throws IOException {
        encrypted(sectorSize, keyBits, type);
        String before = Lab.sha256(source);
        Path target = new Lab(folder).disk("target", "92M");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = captured(store, IfLocked.RAW, "wrong", "secret");
            assertThat(Lab.sha256(source)).isEqualTo(before);
            assertThat(manifest.notes()).isEmpty();
            Content.Blocks blocks = (Content.Blocks)
                    manifest.disks().getFirst().regions().getFirst().content();
            assertThat(blocks.method()).isEqualTo(Content.Method.USED_BLOCKS);
            assertThat(blocks.used().octets()).isLessThan(62 << 20);
            assertThat(Lab.restore(manifest, store, target, 512).verified()).isTrue();
        }
        convert("2", target);
        Shell.run(
                "cd '%s'; cryptsetup reencrypt -q --decrypt --force-offline-reencrypt --header header --key-file key target"
                        .formatted(folder));
        Shell.run("e2fsck -f -n '%s'".formatted(target));
        Lab.attached(
                target,
                512,
                node -> Lab.mounted(
                        "-o ro",
                        node.toString(),
                        root -> assertThat(Tree.describe(root)).isEqualTo(tree)));
    }

    @Test
    void withoutItsKeyItIsTakenWholeAndNamed() throws IOException {
        encrypted(512, 512, "2");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest without = captured(store, IfLocked.RAW);
            assertThat(without.notes())
                    .singleElement()
                    .asString()
                    .contains("(luks) is taken whole: it is encrypted with LUKS, and no key for it was given");
            assertThat(without.usedBytes()).isEqualTo(92 << 20);
            assertThat(captured(store, IfLocked.RAW, "wrong").notes())
                    .singleElement()
                    .asString()
                    .contains("no passphrase that was given opens it");
        }
    }
}
