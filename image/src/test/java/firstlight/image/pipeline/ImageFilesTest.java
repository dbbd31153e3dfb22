package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.files.FileDifference;
import firstlight.image.files.FileEntry;
import firstlight.image.files.FileName;
import firstlight.image.files.ImagePath;
import firstlight.image.files.ImageVolumes;
import firstlight.image.files.MountedTree;
import firstlight.image.files.TreeCopy;
import firstlight.image.luks.Passphrases;
import firstlight.image.manifest.Manifest;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people do with files in images: find them by name, copy them out, compare two versions. */
class ImageFilesTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    private static Manifest image(Path source, ImageStore store, String script) throws IOException {
        Lab.attached(
                source,
                512,
                node -> Lab.mounted(
                        "", node.toString(), root -> Shell.run("cd '%s'\n%s\nsync -f .".formatted(root, script))));
        return Lab.image(source, 512, store);
    }

    /** Each file system has its own idea of a folder's size. */
    private static String withoutFoldersSizes(String tree) {
        return tree.replaceAll("(?m)^(.* d \\d+ \\d+ \\d+) \\d+ (\\S+) \\d+ $", "$1 $2");
    }

    private interface OnTree {
        void use(MountedTree tree) throws IOException;
    }

    private static void inside(Manifest manifest, ImageStore store, OnTree work) throws IOException {
        try (ImageVolumes volumes = ImageVolumes.of(manifest, store.source(), Passphrases.NONE);
                MountedTree tree = volumes.mount(volumes.find("disk1"))) {
            work.use(tree);
        }
    }

    @Test
    void linksLeadWithinTheImageAndNamesKeepTheirOctets() throws IOException {
        Path source = new Lab(folder).disk("source", "32M");
        Shell.run("mkfs.ext4 -q '%s'".formatted(source));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = image(source, store, """
                    mkdir -p etc usr/bin; echo 'the image' > etc/shadow; ln -s /etc/shadow absolute
                    ln -s ../../../../../../etc/shadow usr/bin/relative; ln -s usr/bin bin
                    ln -s /etc/machine-id outside; ln -s /proc/self/environ proc; ln -s circle circle
                    echo raw > $'odd\\xff\\nname'; echo umlaut > 'ä\\b'
                    """);
            inside(manifest, store, tree -> {
                for (String path : List.of("/absolute", "absolute", "/bin/relative", "/bin/../../etc/./shadow")) {
                    assertThat(ImagePath.find(tree, path, true)).hasContent("the image\n");
                }
                for (String path : List.of("/outside", "/proc", "/circle", "/nothing", "/etc/shadow/x")) {
                    assertThatThrownBy(() -> ImagePath.find(tree, path, true)).isInstanceOf(IOException.class);
                }
                assertThat(FileEntry.in(tree.root()))
                        .extracting(FileEntry::name)
                        .contains("odd\\xff\\x0aname", "ä\\x5cb");
                assertThat(ImagePath.find(tree, "/odd\\xff\\x0aname", true)).hasContent("raw\n");
                assertThat(ImagePath.find(tree, "/ä\\x5cb", true)).hasContent("umlaut\n");
                assertThat(ImagePath.find(tree, "/ä\\b", true)).hasContent("umlaut\n");
                assertThat(FileEntry.of(ImagePath.find(tree, "/bin", false)).target())
                        .isEqualTo("usr/bin");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mkfs.ext4 -q", "mkfs.xfs -q"})
    void aFolderIsCopiedOutWithAllThatItIsAndNothingDangerousComesAlong(String make) throws IOException {
        Path source = new Lab(folder).disk("source", "320M");
        Shell.run("%s '%s'".formatted(make, source));
        String[] tree = {""};
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Lab.attached(
                    source,
                    512,
                    node -> Lab.mounted("", node.toString(), root -> {
                        Shell.run("mkdir '%s/home'".formatted(root));
                        Tree.plant(root.resolve("home"));
                        Tree.plantAttributes(root.resolve("home"));
                        Shell.run("cd '%s/home'; echo x > $'\\xff'; ln -s /etc/passwd passwd; touch -d 2001-02-03 ."
                                .formatted(root));
                        tree[0] = Tree.describe(root.resolve("home"));
                        Shell.run("cd '%s'; mkdir bad; cp /bin/true bad/suid; chmod 4755 bad/suid; mknod bad/sda b 8 0"
                                .formatted(root));
                    }));
            Manifest manifest = Lab.image(source, 512, store);
            inside(manifest, store, seen -> {
                Path home = folder.resolve("out/home");
                TreeCopy.of(seen, ImagePath.find(seen, "/home", false)).to(home, _ -> {});
                assertThat(withoutFoldersSizes(Tree.describe(home))).isEqualTo(withoutFoldersSizes(tree[0]));
                assertThatThrownBy(() -> TreeCopy.of(seen, seen.root()).to(home, _ -> {}))
                        .hasMessageContaining("it is there already");
                TreeCopy bad = TreeCopy.of(seen, ImagePath.find(seen, "/bad", false));
                assertThat(bad.leftOut()).containsExactly("sda");
                bad.to(folder.resolve("out/bad"), _ -> {});
                assertThat(Shell.run("cd '%s/out'; ls -A . bad; stat -c %%a bad/suid".formatted(folder)))
                        .isEqualTo(".:\nbad\nhome\n\nbad:\nsuid\n755");
                TreeCopy.of(seen, ImagePath.find(seen, "/home/passwd", false)).to(folder.resolve("out/link"), _ -> {});
                assertThat(Files.readSymbolicLink(folder.resolve("out/link"))).isEqualTo(Path.of("/etc/passwd"));
            });
        }
    }

    @Test
    void namedStreamsOfNtfsComeAlongTheLargeOnesAsFiles() throws IOException {
        Path source = new Lab(folder).disk("source", "32M");
        Shell.run("""
                cd '%s'; mkntfs -q -F -Q source; head -c 200000 /dev/urandom > large; head -c 5000 large > small
                head -c 65536 large > edge
                ntfscp -q source small 'f.txt'; ntfscp -q -N long source large f.txt; ntfscp -q -N short source small f.txt
                ntfscp -q -N edge source edge f.txt
                """.formatted(folder));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            inside(Lab.image(source, 512, store), store, tree -> {
                Path file = ImagePath.find(tree, "/F.TXT", false);
                TreeCopy one = TreeCopy.of(tree, file);
                assertThat(one.streams()).containsExactly("f.txt:long");
                assertThat(one.missingStreams()).isEmpty();
                assertThat(one.octets()).isEqualTo(205_000);
                one.to(folder.resolve("out/kept"), _ -> {});
                TreeCopy.of(tree, tree.root()).to(folder.resolve("out/all"), _ -> {});
                for (String[] pair : new String[][] {{"short", "small"}, {"long", "large"}}) {
                    Path stream = tree.stream(file, pair[0]); // ntfs-3g knows no access(2) of it: Files.exists
                    assertThat(Files.mismatch(stream, folder.resolve(pair[1]))).isEqualTo(-1);
                }
            });
        }
        Shell.run("""
                cd '%s/out'; cmp kept ../small; cmp kept:long ../large; cmp all/f.txt ../small; cmp all/f.txt:long ../large
                test "$(ls -A)" = "$(printf 'all\nkept\nkept:long')"
                """.formatted(folder));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mkfs.ext4 -q", "mkfs.btrfs -q"})
    void whatDiffersBetweenTwoVersionsIsToldByFile(String make) throws IOException {
        Path source = new Lab(folder).disk("source", "128M");
        Shell.run("%s '%s'".formatted(make, source));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest before = image(source, store, """
                    mkdir -p d/e; for f in same edited touched gone mode d/e/deep; do echo $f > $f; done; ln -s same link
                    touch -d 2020-01-01 edited
                    """);
            Manifest now = image(source, store, """
                    rm gone; echo EDITED > edited; touch -d 2020-01-01 edited; touch touched; chmod 600 mode
                    ln -sfn edited link; rm -r d/e; mkdir new; echo x > new/file
                    """);
            List<String> changes = new ArrayList<>();
            inside(
                    before,
                    store,
                    old -> inside(
                            now,
                            store,
                            current -> FileDifference.between(
                                    old.root(),
                                    current.root(),
                                    change -> changes.add(change.kind() + " " + change.path()))));
            assertThat(changes)
                    .containsExactly(
                            "REMOVED /d/e",
                            "REMOVED /d/e/deep",
                            "CHANGED /edited",
                            "REMOVED /gone",
                            "CHANGED /link",
                            "PROPERTIES /mode",
                            "ADDED /new",
                            "ADDED /new/file",
                            "PROPERTIES /touched");
            try (ImageVolumes one = ImageVolumes.of(before, store.source(), Passphrases.NONE);
                    ImageVolumes two = ImageVolumes.of(now, store.source(), Passphrases.NONE)) {
                assertThat(one.isAlike(one, "disk1")).isTrue();
                assertThat(two.isAlike(one, "disk1")).isFalse();
            }
        }
    }

    @Test
    void aNameIsTextAndBackWhateverItsOctets() {
        for (String name : List.of("a", "ä ö", "$HOME\"", "\\xff", "\\xff\\x0a", "a\\x5cb", "%41", "100%")) {
            assertThat(FileName.text(FileName.path(name))).isEqualTo(name);
        }
    }

    /** In a process of its own, which is killed while an image's file system is mounted in it. */
    @Test
    @Tag("alone") // it looks at all loop devices of this host
    void aProcessThatIsKilledLeavesNoMountNoLoopDeviceAndNoProcess() throws Exception {
        Path source = new Lab(folder).disk("source", "32M");
        Shell.run("mkfs.ext4 -q '%s'".formatted(source));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MountForever.class.getName(),
                        source.toString())
                .start();
        long holder = Long.parseLong(process.inputReader().readLine());
        assertThat(ProcessHandle.of(holder)).isPresent();
        process.destroyForcibly().waitFor();
        var left = ProcessHandle.of(holder);
        if (left.isPresent()) {
            left.get().onExit().get(20, TimeUnit.SECONDS);
        }
        Shell.assertNoImageIsLeft();
    }
}
