package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.files.ImageVolume;
import firstlight.image.files.ImageVolumes;
import firstlight.image.files.MountedTree;
import firstlight.image.luks.Passphrases;
import firstlight.image.manifest.Manifest;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of every file system, read inside an image, are those of the source. */
@Tag("alone") // it looks whether any loop device of this host is left
class MountedTreeTest {
    private static final List<Format> FORMATS =
            List.of(Format.EXT4, Format.XFS, Format.BTRFS, Format.F2FS, Format.FAT16, Format.EXFAT, Format.NTFS);

    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    /** Each file's hash with its name; of F2FS, whose tools tell no folders and not of small files, the hash. A link is none. */
    private static List<String> hashes(Format format, String tree) {
        return tree.lines()
                .filter(line -> line.matches("[0-9a-f]{64}  .*") && !line.endsWith("/soft"))
                .map(line -> format == Format.F2FS ? line.substring(0, 64) : line)
                .toList();
    }

    @Test
    void whatIsReadInAnImageIsWhatTheSourceHoldsInEachFileSystem() throws IOException {
        Path source = new Lab(folder).disk("source", "1G");
        String[] trees = new String[FORMATS.size()];
        Lab.attached(source, 512, node -> {
            String sizes = FORMATS.stream()
                    .map(format -> "size=" + format.mebibytes + "M")
                    .collect(Collectors.joining("\n"));
            Shell.run("printf 'label: gpt\n%s\n' | sfdisk -q %s; partx -u %s".formatted(sizes, node, node));
            for (int i = 0; i < trees.length; i++) {
                Path partition = Path.of(node + "p" + (i + 1));
                FORMATS.get(i).make(partition);
                FORMATS.get(i).fill(partition);
                trees[i] = FORMATS.get(i).describe(partition);
            }
        });
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            try (ImageVolumes volumes = ImageVolumes.of(manifest, store.source(), Passphrases.NONE)) {
                assertThat(volumes.all()).hasSize(FORMATS.size());
                for (int i = 0; i < trees.length; i++) {
                    Format format = FORMATS.get(i);
                    ImageVolume volume = volumes.find(Integer.toString(i + 1));
                    assertThat(volume.fileSystem().word()).isEqualTo(format.word);
                    try (MountedTree tree = volumes.mount(volume)) {
                        String seen = Tree.describe(tree.root());
                        if (format == Format.FAT16 || format == Format.EXFAT || format == Format.F2FS) {
                            assertThat(hashes(format, seen)).containsAll(hashes(format, trees[i]));
                        } else {
                            assertThat(seen).isEqualTo(trees[i]);
                        }
                    }
                }
            }
        }
        Shell.assertNoImageIsLeft();
    }

    @Test
    void aJournalIsReplayedForTheReaderAloneAndNoLinkLeadsToThisHost() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Shell.run("mkfs.ext4 -q '%s'".formatted(source));
        Lab.attached(
                source,
                512,
                node -> Lab.mounted("", node.toString(), root -> {
                    Shell.run(
                            "cd '%s'; ln -s /etc/passwd out; ln -s ../../../../etc/passwd up; mkdir etc; echo mine >etc/passwd"
                                    .formatted(root));
                    Shell.run("sync -f '%1$s'; echo late > '%1$s/late'; sync '%1$s/late'; cp '%2$s' '%2$s.dirty'"
                            .formatted(root, source));
                }));
        Path dirty = folder.resolve("source.dirty");
        assertThat(Shell.run("dumpe2fs -h '%s' 2>/dev/null | grep features".formatted(dirty)))
                .contains("needs_recovery");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(dirty, 512, store);
            try (ImageVolumes volumes = ImageVolumes.of(manifest, store.source(), Passphrases.NONE);
                    MountedTree tree = volumes.mount(volumes.find("disk1"))) {
                assertThat(tree.note()).isEmpty();
                assertThat(tree.root().resolve("late")).hasContent("late\n");
                assertThatThrownBy(() -> Files.readString(tree.root().resolve("out")))
                        .isInstanceOf(IOException.class);
                assertThatThrownBy(() -> Files.readString(tree.root().resolve("up")))
                        .isInstanceOf(IOException.class);
                assertThatThrownBy(() -> Files.writeString(tree.root().resolve("new"), "x"))
                        .isInstanceOf(IOException.class);
            }
        }
        Shell.assertNoImageIsLeft();
    }
}
