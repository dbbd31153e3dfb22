package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.addon.AddOnBuilder;
import firstlight.image.addon.AddOnPlace;
import firstlight.image.addon.AddOnPlaces;
import firstlight.image.addon.FolderSource;
import firstlight.image.addon.ImagedPlace;
import firstlight.image.addon.LayDown;
import firstlight.image.addon.TreeDifference;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.KernelDisk;
import firstlight.image.disk.LoopDevice;
import firstlight.image.extents.FileSystem;
import firstlight.image.luks.KeyRing;
import firstlight.image.lvm.MappedDisk;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.AddOnEntry;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.PartitionChoice;
import firstlight.image.store.Damage;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageFile;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.Publication;
import firstlight.image.store.VersionNotes;
import firstlight.image.tree.FileTree;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Add-ons made of folders, kept in a store, and laid over real file systems on loop devices. */
class AddOnTest {
    @TempDir
    Path folder;

    private ImageStore store;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    @BeforeEach
    void open() throws IOException {
        store = DiskStore.open(folder.resolve("store"));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private interface Filling {
        void fill(Path root) throws IOException;
    }

    /** A folder with what a Unix file system can hold. */
    private static void plant(Path root) throws IOException {
        Tree.plant(root);
        Shell.run("""
                cd '%s'
                setfattr -n user.colour -v blue noise
                setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 text
                mkfifo pipe
                mknod null c 1 3
                chown 1234:5678 empty
                chmod 4755 etc/hostname
                touch -h -d '2001-02-03 04:05:06.789' deep/er/link
                """.formatted(root));
    }

    private AddOn addOn(String into, List<String> gone, Filling filling) throws IOException {
        Path root = Files.createTempDirectory(folder, "files");
        filling.fill(root);
        return addOn(root, into, gone);
    }

    private AddOn addOn(Path root, String into, List<String> gone) throws IOException {
        try (AddOnBuilder builder = new AddOnBuilder(store.trustingSink(), into);
                FileTree tree = FileTree.open(root, false)) {
            new FolderSource(tree, builder, Optional.empty(), false).add("");
            for (String path : gone) {
                builder.gone(path);
            }
            return builder.build(PartitionChoice.SYSTEM);
        }
    }

    private ImageVersion published(String name, AddOn addOn) throws IOException {
        Manifest manifest = Manifest.of(Instant.EPOCH, "test", addOn, List.of());
        if (store.publish(new ImageName(name), manifest) instanceof Publication.Published published) {
            return published.version();
        }
        throw new AssertionError("not published");
    }

    private Path disk(String make, int mebibytes, Filling filling, String mount) throws IOException {
        Path file = new Lab(folder).disk("disk", mebibytes + "M");
        Lab.attached(file, 512, node -> {
            Shell.run(make + " " + node);
            Lab.mounted(mount, node.toString(), filling::fill);
        });
        return file;
    }

    private void lay(AddOn addOn, Path disk, FileSystem system) throws IOException {
        Lab.attached(
                disk,
                512,
                node -> new LayDown(store.source()).lay(addOn, new AddOnPlace(node, 0, system, ""), Progress.SILENT));
    }

    private static String look(Path disk, String mount, String script) throws IOException {
        String[] said = {""};
        Lab.attached(
                disk,
                512,
                node -> Lab.mounted(
                        mount + " -o ro",
                        node.toString(),
                        root -> said[0] = Shell.run("cd '%s'; %s".formatted(root, script))));
        return said[0];
    }

    private static String described(Path disk) throws IOException {
        String[] said = {""};
        Lab.attached(
                disk,
                512,
                node -> Lab.mounted(
                        "-o ro", node.toString(), root -> said[0] = withoutRoot(Tree.describe(root.resolve("all")))));
        return said[0];
    }

    /** Nor what file systems count differently: a folder's length and names. */
    private static String withoutRoot(String description) {
        return description
                .lines()
                .filter(line -> !line.startsWith(". "))
                .map(line -> line.replaceAll("( d \\d+ \\d+ \\d+) \\d+ (\\S+) \\d+ $", "$1 $2"))
                .collect(Collectors.joining("\n"));
    }

    private static void check(Path disk, String check) throws IOException {
        Lab.attached(disk, 512, node -> Shell.run(check + " " + node));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "EXT4, mkfs.ext4 -q -F, 120, e2fsck -f -n",
        "XFS, mkfs.xfs -q, 320, xfs_repair -n",
        "BTRFS, mkfs.btrfs -q, 200, btrfs check"
    })
    void allThatAUnixFileSystemHoldsIsLaidOverWhatIsThere(FileSystem system, String make, int size, String check)
            throws IOException {
        Path disk = disk(make, size, root -> Shell.run("""
                cd '%s'
                mkdir -p usr/lib etc old/er; ln -s usr/lib lib; echo is-old > etc/hostname; echo keep > etc/kept
                echo gone > old/er/file; chmod 711 etc; chown 7:7 etc; ln etc/kept twin-of-kept
                """.formatted(root)), "");
        AddOn addOn = addOn("", List.of("old", "never/there"), root -> {
            plant(root);
            Shell.run("mkdir '%1$s/lib'; echo through the link > '%1$s/lib/module'".formatted(root));
        });
        lay(addOn, disk, system);
        check(disk, check);
        assertThat(look(
                        disk,
                        "",
                        "cat usr/lib/module; readlink lib; cat etc/kept; stat -c '%a %u' etc; ls -d old 2>&1 || true"))
                .contains("through the link", "usr/lib", "keep", "711 7", "cannot access 'old'");

        Path wanted = Files.createTempDirectory(folder, "wanted");
        plant(wanted);
        lay(addOn("all", List.of(), root -> Shell.run("cp -a '%s'/. '%s'".formatted(wanted, root))), disk, system);
        assertThat(described(disk)).isEqualTo(withoutRoot(Tree.describe(wanted)));
        assertThat(
                        look(
                                disk,
                                "",
                                "find . -name '.firstlight*'; stat -c '%F %t %T' null pipe; getfattr -n security.capability -e hex text | grep sec;"
                                        + " stat -c '%a %u:%g %h' etc/hostname empty; readlink deep/er/link; stat -c %y deep/er/link"))
                .isEqualTo("""
                        character special file 1 3
                        fifo 0 0
                        security.capability=0x0100000200200000000000000000000000000000
                        4755 0:0 2
                        644 1234:5678 1
                        ../text
                        2001-02-03 04:05:06.789000000 +0000""");
        lay(addOn, disk, system); // doing it again changes nothing
        check(disk, check);
    }

    @Test
    void whatWasInterruptedIsFinishedByDoingItAgain() throws IOException {
        Path disk = disk("mkfs.ext4 -q -F", 60, root -> Shell.run("""
                cd '%s'; mkdir etc; echo old > etc/a; echo old > etc/b; echo half > etc/.firstlight-0
                """.formatted(root)), "");
        AddOn addOn = addOn("etc", List.of(), root -> Shell.run("""
                cd '%s'; echo new > a; head -c 3000000 /dev/urandom > b; sha256sum b > /dev/null
                """.formatted(root)));
        published("files", addOn);
        int[] asked = {0};
        Lab.attached(
                disk,
                512,
                node -> assertThatThrownBy(() -> new LayDown(ids -> {
                                    if (asked[0]++ == 0) {
                                        throw new ImageFailure("The server is gone", "it does not answer", "wait");
                                    }
                                    return store.source().get(ids);
                                })
                                .lay(addOn, new AddOnPlace(node, 0, FileSystem.EXT4, ""), Progress.SILENT))
                        .hasMessageContaining("The server is gone"));
        assertThat(look(disk, "", "cat etc/a etc/b; ls -A etc")).isEqualTo("old\nold\n.firstlight-0\na\nb");
        lay(addOn, disk, FileSystem.EXT4);
        assertThat(look(disk, "", "cat etc/a; stat -c %s etc/b; ls -A etc")).isEqualTo("new\n3000000\na\nb");
    }

    /** The server's store has it damaged, and gets it from another one when it is told so. */
    @Test
    void aChunkThatComesDamagedIsAskedForOnceMore() throws IOException {
        Path disk = disk("mkfs.ext4 -q -F", 60, root -> Shell.run("mkdir '%s/etc'".formatted(root)), "");
        AddOn addOn =
                addOn("etc", List.of(), root -> Shell.run("head -c 3000000 /dev/urandom > '%s/b'".formatted(root)));
        published("files", addOn);
        ChunkSource healing = new ChunkSource() {
            @Override
            public List<byte[]> get(List<ChunkId> ids) throws IOException {
                List<byte[]> frames = store.source().get(ids);
                frames.forEach(frame -> frame[frame.length / 2] ^= 1);
                return frames;
            }

            @Override
            public byte[] again(ChunkId damaged) throws IOException {
                return store.source().get(List.of(damaged)).getFirst();
            }
        };
        Lab.attached(
                disk,
                512,
                node -> new LayDown(healing).lay(addOn, new AddOnPlace(node, 0, FileSystem.EXT4, ""), Progress.SILENT));
        assertThat(look(disk, "", "stat -c %s etc/b")).isEqualTo("3000000");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "NTFS, mkntfs -q -Q, 60, -t ntfs-3g, ntfsfix -n",
        "EXFAT, mkfs.exfat, 60, -t exfat-fuse, fsck.exfat -n",
        "FAT, mkfs.vfat -F 16, 60, -t vfat, fsck.vfat -n"
    })
    void namesWithoutCaseFindWhatIsThere(FileSystem system, String make, int size, String mount, String check)
            throws IOException {
        assumeTrue(
                system != FileSystem.FAT
                        || Files.readString(Path.of("/proc/filesystems")).contains("vfat"),
                "this kernel has no FAT");
        Path disk = disk(make, size, root -> Shell.run("""
                cd '%s'; mkdir -p Windows/System32; echo old > Windows/System32/Driver.sys; echo keep > Windows/kept
                mkdir Old; echo x > Old/file
                """.formatted(root)), mount);
        AddOn addOn = addOn(
                "windows", List.of("../never".substring(3), "SYSTEM32/none"), root -> Shell.run("""
                cd '%s'; mkdir -p SYSTEM32 'Länger Name'; head -c 700000 /dev/urandom > SYSTEM32/driver.SYS
                echo new > 'Länger Name/ä b'; cp SYSTEM32/driver.SYS 'Länger Name/copy'
                truncate -s 1M 'Länger Name/hole'; ln SYSTEM32/driver.SYS SYSTEM32/second.sys
                """.formatted(root)));
        lay(addOn, disk, system);
        check(disk, check);
        assertThat(look(
                        disk,
                        mount,
                        "ls; ls Windows Windows/System32; cmp Windows/System32/Driver.sys 'Windows/Länger Name/copy'"
                                + "; cmp Windows/System32/Driver.sys Windows/System32/second.sys; cat 'Windows/Länger Name/ä b'"
                                + "; stat -c %s 'Windows/Länger Name/hole'"))
                .isEqualTo(
                        "Old\nWindows\nWindows:\nLänger Name\nSystem32\nkept\n\nWindows/System32:\nDriver.sys\nsecond.sys\nnew\n1048576");
        lay(addOn, disk, system);
        check(disk, check);
    }

    @Test
    void whatTheFileSystemCannotHoldIsNamedBeforeAnythingIsWritten() throws IOException {
        Path disk = disk("mkntfs -q -Q", 30, root -> Shell.run("mkdir '%s/Data'".formatted(root)), "-t ntfs-3g");
        String before = Lab.sha256(disk);
        refused(
                disk,
                FileSystem.NTFS,
                "'link' is a symbolic link",
                root -> Shell.run("ln -s x '%s/link'".formatted(root)));
        refused(disk, FileSystem.NTFS, "'a:b': it has one of", root -> Shell.run("touch '%s/a:b'".formatted(root)));
        refused(
                disk,
                FileSystem.NTFS,
                "Windows takes it for a device",
                root -> Shell.run("touch '%s/nul.txt'".formatted(root)));
        refused(
                disk,
                FileSystem.NTFS,
                "are one file there",
                root -> Shell.run("touch '%1$s/a' '%1$s/A'".formatted(root)));
        refused(
                disk,
                FileSystem.NTFS,
                "'data' is a folder there",
                root -> Shell.run("touch '%s/data'".formatted(root)));
        refused(
                disk,
                FileSystem.NTFS,
                "MiB are needed",
                root -> Shell.run("head -c 40M /dev/urandom > '%s/big'".formatted(root)));
        assertThat(look(disk, "-t ntfs-3g", "find . -mindepth 1")).isEqualTo("./Data");
        assertThat(before).isNotEmpty();
    }

    private void refused(Path disk, FileSystem system, String why, Filling filling) throws IOException {
        AddOn addOn = addOn("", List.of(), filling);
        assertThatThrownBy(() -> lay(addOn, disk, system)).isInstanceOfSatisfying(ImageFailure.class, failure -> {
            assertThat(failure.what()).contains("not laid down");
            assertThat(failure.cause()).contains(why);
            assertThat(failure.cure()).isNotEmpty();
        });
    }

    @Test
    void noLinkOfTheRestoredSystemLeadsTheWriterOut() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Path disk = disk("mkfs.ext4 -q -F", 40, root -> Shell.run("""
                cd '%s'; mkdir -p home var/%s; ln -s %s escape; ln -s ../../../../../.. up; ln -s loop loop; ln -s nowhere dangling
                ln -s /etc/hostname-of-the-server etc-file; mkdir real; ln -s /real absolute
                printf '/dev/sda1 /home ext4 defaults 0 2\n' > fstab; mkdir etc; mv fstab etc/
                """.formatted(root, "x", outside)), "");
        for (String path : List.of("escape", "loop", "dangling")) {
            refused(
                    disk,
                    FileSystem.EXT4,
                    "'" + path + "' is no folder there",
                    root -> Shell.run("mkdir '%1$s/%2$s'; touch '%1$s/%2$s/file'".formatted(root, path)));
        }
        refused(
                disk,
                FileSystem.EXT4,
                "'home/me' would be hidden: the system's etc/fstab mounts another file system on /home",
                root -> Shell.run("mkdir -p '%1$s/home'; touch '%1$s/home/me'".formatted(root)));
        lay(addOn("", List.of(), root -> Shell.run("""
                        cd '%s'; mkdir up absolute home; echo in > up/inside; echo over > etc-file; echo r > absolute/file
                        """.formatted(root))), disk, FileSystem.EXT4);
        assertThat(look(disk, "", "cat inside real/file; stat -c %F etc-file; cat etc-file"))
                .isEqualTo("in\nr\nregular file\nover");
        assertThat(outside).isEmptyDirectory();
        assertThat(Path.of("/inside")).doesNotExist();
    }

    @Test
    void anAddOnIsAnImageOfTheStore() throws IOException {
        AddOn addOn = addOn("opt", List.of(), root -> Shell.run("""
                cd '%s'; head -c 900000 /dev/urandom > large; for i in $(seq 1 50); do echo $i > small$i; done
                """.formatted(root)));
        ImageVersion version = published("tools", addOn);
        assertThat(version.kind().word()).isEqualTo("add-on");
        assertThat(store.verify(version, Progress.SILENT)).isEmpty();
        assertThat(store.collect(false, Progress.SILENT).chunks()).isZero();
        assertThat(store.verify(version, Progress.SILENT))
                .as("after a collection")
                .isEmpty();

        ByteArrayOutputStream exported = new ByteArrayOutputStream();
        ImageFile.write(store, version, exported, Progress.SILENT);
        try (ImageStore other = DiskStore.open(folder.resolve("other"))) {
            ImageVersion copy = ImageFile.read(
                    new ByteArrayInputStream(exported.toByteArray()),
                    other,
                    Optional.empty(),
                    new VersionNotes.Entry(Instant.EPOCH, "test", "imported"),
                    Progress.SILENT);
            assertThat(other.open(copy)).isEqualTo(store.open(version));
            Shell.run("for p in '%s'/packs/*.pack; do printf X | dd of=$p bs=1 seek=5000 conv=notrunc 2>/dev/null; done"
                    .formatted(folder.resolve("other")));
            List<Damage> damages = other.verify(copy, Progress.SILENT);
            assertThat(damages)
                    .singleElement()
                    .hasToString("file opt/large, 262144 octets at offset 0: chunk "
                            + damages.getFirst().chunk() + ": "
                            + damages.getFirst().cause());
        }
        assertThatThrownBy(() -> store.publish(
                        new ImageName("tools"), new Manifest(Instant.EPOCH, "test", List.of(), List.of())))
                .hasMessageContaining("kind add-on");
    }

    @Test
    void theSystemsPartitionIsFoundAndOthersByNumberLabelOrType() throws IOException {
        Path file = new Lab(folder).disk("disk", "500M");
        Lab.attached(file, 512, node -> {
            Shell.run("""
                    sfdisk -q %1$s <<END
                    label: gpt
                    size=40MiB, type=uefi
                    size=120MiB, type=linux
                    size=160MiB, type=linux
                    size=40MiB, type=linux
                    END
                    partx -d %1$s 2>/dev/null || true; partx -a %1$s
                    mkfs.vfat %1$sp1 >/dev/null; mkfs.ext4 -q %1$sp2; mkfs.btrfs -q %1$sp3; mkntfs -q -Q -L DATA %1$sp4
                    """.formatted(node));
            Lab.mounted(
                    "",
                    node + "p3",
                    root -> Shell.run(
                            "btrfs -q subvolume create '%1$s/@'; mkdir '%1$s/@/etc'; touch '%1$s/@/etc/os-release'"
                                    .formatted(root)));
        });
        try (LoopDevice loop = LoopDevice.attach(file, 512, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            List<Disk> disks = List.of(disk);
            AddOnPlace system = AddOnPlaces.find(disks, PartitionChoice.SYSTEM);
            assertThat(system).hasToString("partition 3 (btrfs)");
            assertThat(system.subvolume()).isEqualTo("@");
            assertThat(AddOnPlaces.find(disks, PartitionChoice.of("esp"))).hasToString("partition 1 (vfat)");
            assertThat(AddOnPlaces.find(disks, PartitionChoice.of("2"))).hasToString("partition 2 (ext4)");
            assertThat(AddOnPlaces.find(disks, PartitionChoice.of("label=DATA")))
                    .hasToString("partition 4 (ntfs)");
            assertThatThrownBy(() -> AddOnPlaces.find(disks, PartitionChoice.of("label=NONE")))
                    .hasMessageContaining(
                            "the label 'NONE' was not found; there is partition 1 (vfat), partition 2 (ext4)");

            AddOn addOn = addOn(
                    "", List.of(), root -> Shell.run("mkdir '%1$s/etc'; echo hi > '%1$s/etc/motd'".formatted(root)));
            new LayDown(store.source()).lay(addOn, system, Progress.SILENT);
            Lab.mounted(
                    "-o ro,subvol=@",
                    loop.node() + "p3",
                    root -> assertThat(Files.readString(root.resolve("etc/motd")))
                            .isEqualTo("hi\n"));

            Lab.mounted(
                    "-t ntfs-3g",
                    loop.node() + "p4",
                    root -> Shell.run("mkdir -p '%s/WINDOWS/system32'".formatted(root)));
            assertThatThrownBy(() -> AddOnPlaces.find(disks, PartitionChoice.SYSTEM))
                    .hasMessageContaining("is on partition 3 (btrfs), partition 4 (ntfs)");
            assertThat(AddOnPlaces.find(disks, PartitionChoice.SYSTEM, Set.of(2, 3)))
                    .as("the other system was not restored")
                    .hasToString("partition 3 (btrfs)");
            assertThatThrownBy(() -> AddOnPlaces.find(disks, PartitionChoice.SYSTEM, Set.of(2)))
                    .hasMessageContaining("a Linux or Windows system was not found; there is partition 2 (ext4) on");
            assertThat(AddOnPlaces.find(disks, PartitionChoice.of("4"), Set.of(2)))
                    .as("somebody named it")
                    .hasToString("partition 4 (ntfs)");
        }
    }

    /** As a restore asks before it erases a disk. */
    @Test
    void whetherAnImageHasThePlaceIsSeenInTheImage() throws IOException {
        Path file = new Lab(folder).disk("source", "120M");
        Lab.attached(file, 512, node -> {
            Shell.run("""
                    printf 'label: gpt\\nsize=50MiB\nsize=50MiB\n' | sfdisk -q %1$s
                    partx -d %1$s 2>/dev/null || true; partx -a %1$s
                    mkfs.ext4 -q %1$sp1; mkntfs -q -Q -L WINDOWS %1$sp2
                    """.formatted(node));
            Lab.mounted("-t ntfs-3g", node + "p2", root -> Shell.run("mkdir -p '%s/Windows/System32'".formatted(root)));
        });
        Manifest clean = captured(file);
        AddOn link = addOn("", List.of(), root -> Shell.run("ln -s x '%s/link'".formatted(root)));
        assertThatThrownBy(() -> check(clean, PartitionChoice.SYSTEM, link))
                .hasMessageContaining("'link' is a symbolic link");
        check(clean, PartitionChoice.of("1"), link);
        AddOn empty = addOn("", List.of(), root -> Shell.run("touch '%s/file'".formatted(root)));
        check(clean, PartitionChoice.SYSTEM, empty);
        assertThatThrownBy(() -> check(clean, PartitionChoice.of("label=DATA"), empty))
                .hasMessageContaining("the label 'DATA' was not found");

        Lab.attached(
                file,
                512,
                node -> Lab.mounted(
                        "",
                        node + "p1",
                        root -> Shell.run("mkdir '%1$s/etc'; touch '%1$s/etc/fstab'".formatted(root))));
        Manifest both = captured(file);
        assertThatThrownBy(() -> check(both, PartitionChoice.SYSTEM, empty))
                .hasMessageContaining("is on partition 1 (ext4), partition 2 (ntfs)");

        Lab.attached(
                file,
                512,
                node -> Lab.mounted(
                        "-t ntfs-3g",
                        node + "p2",
                        root -> Shell.run(
                                "(printf hibr; head -c 8188 /dev/zero) > '%s/hiberfil.sys'".formatted(root))));
        Manifest hibernated = captured(file);
        for (String choice : List.of("2", "label=WINDOWS")) {
            assertThatThrownBy(() -> check(hibernated, PartitionChoice.of(choice), empty))
                    .hasMessageContaining("can only be read")
                    .hasMessageContaining("shutdown /s /t 0");
        }
        check(hibernated, PartitionChoice.of("1"), empty);
    }

    @Test
    void aPlaceThatNobodyWritesToIsSeenInTheImageAndOneThatAnAddOnMakesIsAwaited() throws IOException {
        Path file = new Lab(folder).disk("source", "60M");
        Lab.attached(file, 512, node -> Shell.run("""
                printf 'label: gpt\nsize=20MiB\nsize=20MiB\n' | sfdisk -q %1$s
                partx -d %1$s 2>/dev/null || true; partx -a %1$s
                mkfs.ext4 -q -L DATA %1$sp1; mkswap -q %1$sp2
                """.formatted(node)));
        Manifest image = captured(file);
        AddOn other = addOn("", List.of(), root -> Shell.run("touch '%s/file'".formatted(root)));
        assertThatThrownBy(() -> check(image, PartitionChoice.of("2"), other))
                .hasMessageContaining("partition 2 (swap) has a file system that is not written to");

        AddOn linux =
                addOn("", List.of(), root -> Shell.run("mkdir '%1$s/etc'; touch '%1$s/etc/fstab'".formatted(root)));
        AddOn windows = addOn("", List.of(), root -> Shell.run("mkdir -p '%s/WINDOWS/system32'".formatted(root)));
        check(image, PartitionChoice.SYSTEM, other, other, linux);
        check(image, PartitionChoice.SYSTEM, other, windows);
        assertThatThrownBy(() -> check(image, PartitionChoice.SYSTEM, other, other))
                .hasMessageContaining("a Linux or Windows system was not found");
        assertThatThrownBy(() -> check(image, PartitionChoice.of("label=OTHER"), other, linux))
                .hasMessageContaining("the label 'OTHER' was not found");
    }

    /** The kernel, which mounts what is read there, hears of an input/output error and no more. */
    @Test
    void aChunkThatIsLostIsToldWhereAPlaceIsLookedForInItsImage() throws IOException {
        Path file = new Lab(folder).disk("lost", "60M");
        Lab.attached(file, 512, node -> {
            Shell.run("mkfs.ext4 -q " + node);
            Lab.mounted(
                    "", node.toString(), root -> Shell.run("mkdir '%1$s/etc'; touch '%1$s/etc/fstab'".formatted(root)));
        });
        Manifest image = captured(file);
        AddOn empty = addOn("", List.of(), root -> Shell.run("touch '%s/file'".formatted(root)));
        Thread here = Thread.currentThread();
        ChunkSource broken = ids -> {
            if (Thread.currentThread() != here) { // the kernel asks by another
                throw new ImageFailure("A chunk is damaged", "it does not unpack", "Verify the store");
            }
            return store.source().get(ids);
        };
        assertThatThrownBy(() -> ImagedPlace.check(
                        image, broken, PartitionChoice.SYSTEM, Set.of(), empty, List.of(), KeyRing.empty()))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("A chunk is damaged");
    }

    /** As of a Linux that is hibernated: what it has in memory does not fit a journal that was replayed since. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({"mkfs.ext4 -q, 60M", "mkfs.xfs -q, 330M"})
    void aFileSystemInUseIsLookedAtWithoutReplayingItsJournal(String make, String size) throws IOException {
        Path running = new Lab(folder).disk("running", size);
        Path file = folder.resolve("disk");
        Lab.attached(running, 512, node -> {
            Shell.run(make + " " + node);
            Lab.mounted(
                    "",
                    node.toString(),
                    root -> Shell.run(
                            "mkdir '%1$s/home'; sync -f '%1$s'; echo hi > '%1$s/home/a'; sync '%1$s/home/a'; cp --sparse=always '%2$s' '%3$s'"
                                    .formatted(root, running, file)));
        });
        String before = Lab.sha256(file);
        try (LoopDevice loop = LoopDevice.attach(file, 512, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            assertThatThrownBy(() -> AddOnPlaces.find(List.of(disk), PartitionChoice.SYSTEM))
                    .hasMessageContaining("a Linux or Windows system was not found")
                    .hasMessageNotContaining("cannot be mounted");
        }
        assertThat(Lab.sha256(file)).isEqualTo(before);
    }

    @Test
    void apartFromTheSystemAPartitionThatCannotBeMountedIsInNobodysWay() throws IOException {
        Path file = new Lab(folder).disk("disk", "200M");
        Lab.attached(file, 512, node -> {
            Shell.run("""
                    printf 'label: gpt\nsize=40MiB\nsize=120MiB\n' | sfdisk -q %1$s
                    partx -d %1$s 2>/dev/null || true; partx -a %1$s
                    mkfs.ext4 -q %1$sp1; mkfs.ext4 -q %1$sp2
                    dd if=/dev/zero of=%1$sp1 bs=1024 seek=2 count=16 conv=notrunc status=none
                    """.formatted(node));
            Lab.mounted("", node + "p2", root -> Shell.run("mkdir '%1$s/etc'; touch '%1$s/etc/fstab'".formatted(root)));
        });
        try (LoopDevice loop = LoopDevice.attach(file, 512, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            assertThat(AddOnPlaces.find(List.of(disk), PartitionChoice.SYSTEM)).hasToString("partition 2 (ext4)");
            Lab.mounted("", loop.node() + "p2", root -> Shell.run("rm '%s/etc/fstab'".formatted(root)));
            assertThatThrownBy(() -> AddOnPlaces.find(List.of(disk), PartitionChoice.SYSTEM))
                    .hasMessageContaining("a Linux or Windows system was not found")
                    .hasMessageContaining(loop.node() + "p1 (ext4) cannot be mounted");
        }
    }

    /** As Ubuntu Server and RHEL have their root. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({"mkfs.ext4 -q -L system", "mkfs.xfs -q -L system"})
    void aSystemInALogicalVolumeIsFoundAndLaidOn(String make) throws IOException {
        Path file = new Lab(folder).disk("disk", "420M");
        Lab.attached(file, 512, node -> {
            String lvm = "--driverloaded n --config 'backup{backup=0 archive=0}' --devices " + node;
            Shell.run("pvcreate -q %1$s %2$s; vgcreate -q %1$s flr %2$s".formatted(lvm, node));
            Shell.run("lvcreate -q %s --noudevsync -an -Zn -Wn -l 90 -n root flr".formatted(lvm));
        });
        AddOn addOn =
                addOn("", List.of(), root -> Shell.run("mkdir '%1$s/etc'; echo hi > '%1$s/etc/motd'".formatted(root)));
        try (LoopDevice loop = LoopDevice.attach(file, 512, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            inRoot(disk, root -> Shell.run(make + " " + root));
            inRoot(
                    disk,
                    root -> Lab.mounted(
                            "",
                            root.toString(),
                            at -> Shell.run("mkdir '%1$s/etc'; touch '%1$s/etc/fstab'".formatted(at))));
            AddOnPlace place = AddOnPlaces.find(List.of(disk), PartitionChoice.SYSTEM);
            assertThat(place.toString()).startsWith("volume flr/root (");
            assertThat(AddOnPlaces.find(List.of(disk), PartitionChoice.of("label=system")))
                    .isEqualTo(place);

            new LayDown(store.source()).lay(addOn, place, Progress.SILENT);
            inRoot(
                    disk,
                    root -> Lab.mounted(
                            "-o ro",
                            root.toString(),
                            at -> assertThat(Files.readString(at.resolve("etc/motd")))
                                    .isEqualTo("hi\n")));
        }
    }

    private static void inRoot(Disk disk, Lab.OnNode work) throws IOException {
        try (KernelDisk root = KernelDisk.attach(MappedDisk.on(disk).getLast(), Access.READ_WRITE)) {
            work.use(root.node());
        }
    }

    private void check(Manifest manifest, PartitionChoice choice, AddOn addOn, AddOn... before) throws IOException {
        ImagedPlace.check(manifest, store.source(), choice, Set.of(), addOn, List.of(before), KeyRing.empty());
    }

    private Manifest captured(Path file) throws IOException {
        return Lab.image(file, 512, store);
    }

    @Test
    void aFolderInWhichSomethingElseIsMountedIsRefusedForItsFilesWouldBeMissing() throws IOException {
        Path office = Files.createDirectories(folder.resolve("office/models"));
        Shell.run("mount -t tmpfs none '%1$s'; echo x > '%1$s/model'".formatted(office));
        try {
            assertThatThrownBy(() -> addOn(office.getParent(), "", List.of()))
                    .hasMessageContaining("'models' is another file system");
        } finally {
            Shell.run("umount '%s'".formatted(office));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "mkfs.ext4 -q, '', e2fsck -f -n",
        "mkfs.btrfs -q, '', btrfs check",
        "mkntfs -q -Q, -t ntfs-3g, ntfsfix -n"
    })
    void theDifferenceOfTwoVersionsMakesTheFirstIntoTheSecond(String make, String mount, String check)
            throws IOException {
        boolean unix = mount.isEmpty();
        Path file = new Lab(folder).disk("source", "180M");
        Lab.attached(file, 512, node -> {
            Shell.run("""
                    printf 'label: gpt\\nsize=130MiB, type=linux\\n' | sfdisk -q %1$s
                    partx -d %1$s 2>/dev/null || true; partx -a %1$s; %2$s %1$sp1
                    """.formatted(node, make));
            Lab.mounted(mount, node + "p1", root -> Shell.run("""
                    cd '%s'; mkdir -p Windows/System32 etc gone/deep kind; touch etc/os-release
                    echo same > same; echo old > changed; echo x > gone/deep/file; echo y > kind/file; echo t > twin1; ln twin1 twin2
                    head -c 2M /dev/urandom > large; echo u > untouched1; ln untouched1 untouched2
                    """.formatted(root)));
        });
        Manifest before = captured(file);
        String[] wanted = {""};
        Lab.attached(
                file,
                512,
                node -> Lab.mounted(mount, node + "p1", root -> {
                    Shell.run("""
                    cd '%s'; echo new > changed; rm -r gone; rm -r kind; echo now-a-file > kind; echo T > twin1; mkdir -p new/er
                    head -c 300000 /dev/urandom > new/er/file; printf X | dd of=large bs=1 seek=1000000 conv=notrunc 2>/dev/null
                    touch -r same large
                    """.formatted(root));
                    Shell.run(
                            unix
                                    ? "cd '%s'; chmod 700 etc; chown 5:6 same; ln -s changed link; setfattr -n user.a -v b untouched1"
                                            .formatted(root)
                                    : "true");
                    wanted[0] = withoutFolderTimes(Tree.describe(root));
                }));
        Manifest now = captured(file);

        AddOn addOn;
        TreeDifference.Version one = new TreeDifference.Version("one", before, store.source());
        TreeDifference.Version other = new TreeDifference.Version("other", now, store.source());
        try (AddOnBuilder builder = new AddOnBuilder(store.trustingSink(), "")) {
            assertThat(TreeDifference.add(one, other, PartitionChoice.SYSTEM, builder))
                    .isEmpty();
            addOn = builder.build(PartitionChoice.SYSTEM);
        }
        assertThat(addOn.gone()).containsExactly("gone", "kind");
        assertThat(addOn.entries().stream().map(AddOnEntry::path))
                .contains("changed", "kind", "large", "new", "new/er", "new/er/file", "twin1", "twin2")
                .doesNotContain("etc/os-release", "Windows", "Windows/System32")
                .hasSize(unix ? 13 : 8);

        Path target = new Lab(folder).disk("target", "180M");
        Lab.restore(before, store, target, 512);
        try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            AddOnPlace place = AddOnPlaces.find(List.of(disk), PartitionChoice.SYSTEM);
            new LayDown(store.source()).lay(addOn, place, Progress.SILENT);
            Shell.run(check + " " + place.node());
            Lab.mounted(
                    mount + " -o ro",
                    place.node().toString(),
                    root -> assertThat(withoutFolderTimes(Tree.describe(root))).isEqualTo(wanted[0]));
        }
    }

    /** Apps' aliases, files that Windows compacted, folders of OneDrive: ntfs-3g shows all as links that lead nowhere. */
    @Test
    void whatNtfsHasAndNothingHereCanMakeIsLeftOutOfADifferenceAndTold() throws IOException {
        Path file = new Lab(folder).disk("source", "60M");
        Lab.attached(file, 512, node -> {
            Shell.run("""
                    printf 'label: gpt\\nsize=50MiB\\n' | sfdisk -q %1$s
                    partx -d %1$s 2>/dev/null || true; partx -a %1$s; mkntfs -q -Q %1$sp1
                    """.formatted(node));
            Lab.mounted("-t ntfs-3g", node + "p1", root -> Shell.run("""
                    cd '%s'; mkdir -p Windows/System32; echo octets > packed; echo old > changed; touch old.exe; mkdir cloud; echo c > cloud/file
                    setfattr -n system.ntfs_reparse_data -v 0x1b0000800400000003000000 old.exe
                    """.formatted(root)));
        });
        Manifest before = captured(file);
        Lab.attached(file, 512, node -> Lab.mounted("-t ntfs-3g", node + "p1", root -> Shell.run("""
                cd '%s'; echo new > changed; touch new.exe; rm old.exe; rm -r cloud; mkdir cloud
                setfattr -n user.Zone.Identifier -v 3 changed
                setfattr -n system.ntfs_reparse_data -v 0x1b0000800400000003000000 new.exe
                setfattr -n system.ntfs_reparse_data -v 0x170000801000000001000000020000000100000000000000 packed
                setfattr -n system.ntfs_reparse_data -v 0x1a9000900400000003000000 cloud
                """.formatted(root))));
        Manifest now = captured(file);
        AddOn addOn;
        try (AddOnBuilder builder = new AddOnBuilder(store.trustingSink(), "")) {
            assertThat(TreeDifference.add(
                            new TreeDifference.Version("one", before, store.source()),
                            new TreeDifference.Version("other", now, store.source()),
                            PartitionChoice.SYSTEM,
                            builder))
                    .satisfiesExactlyInAnyOrder(
                            links -> assertThat(links)
                                    .startsWith("3 files or folders are left out, and stay as they are at the PC")
                                    .contains("'cloud', 'new.exe', 'packed'"),
                            streams -> assertThat(streams).contains("named streams", "'changed'"));
            addOn = builder.build(PartitionChoice.SYSTEM);
        }
        assertThat(addOn.gone()).containsExactly("old.exe");
        assertThat(addOn.entries().stream().map(AddOnEntry::path)).containsExactly("changed");

        Path target = new Lab(folder).disk("target", "60M");
        Lab.restore(before, store, target, 512);
        try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            AddOnPlace place = AddOnPlaces.find(List.of(disk), PartitionChoice.SYSTEM);
            new LayDown(store.source()).lay(addOn, place, Progress.SILENT);
            Lab.mounted(
                    "-t ntfs-3g -o ro",
                    place.node().toString(),
                    root -> assertThat(Shell.run("cd '%s'; cat changed packed cloud/file; ls".formatted(root)))
                            .isEqualTo("new\noctets\nc\nWindows\nchanged\ncloud\npacked"));
        }
    }

    /** Two files to Windows, whose table of upper case leaves the letter as it is. */
    @Test
    void aSharpSIsNoDoubleSOnNtfs() throws IOException {
        Path disk =
                disk("mkntfs -q -Q", 30, root -> Shell.run("echo keep > '%s/Strasse'".formatted(root)), "-t ntfs-3g");
        lay(addOn("", List.of(), root -> Shell.run("echo new > '%s/Straße'".formatted(root))), disk, FileSystem.NTFS);
        assertThat(look(disk, "-t ntfs-3g", "cat Strasse Straße")).isEqualTo("keep\nnew");
        AddOn both =
                addOn("", List.of(), root -> Shell.run("cd '%s'; echo 1 > Strasse; echo 2 > Straße".formatted(root)));
        lay(both, disk, FileSystem.NTFS);
        assertThat(look(disk, "-t ntfs-3g", "cat Strasse Straße")).isEqualTo("1\n2");
    }

    /** As openSUSE has it: nothing mounts its system by name. */
    @Test
    void theDifferenceOfABtrfsIsOfTheSubvolumeThatIsMountedByItself() throws IOException {
        Path file = new Lab(folder).disk("source", "180M");
        Lab.attached(file, 512, node -> {
            Shell.run("mkfs.btrfs -q " + node);
            Lab.mounted("", node.toString(), root -> Shell.run("""
                    cd '%s'; btrfs -q subvolume create system; mkdir system/etc; touch system/etc/os-release; echo old > system/etc/motd
                    btrfs subvolume set-default system
                    """.formatted(root)));
        });
        Manifest before = captured(file);
        Lab.attached(
                file,
                512,
                node -> Lab.mounted(
                        "", node.toString(), root -> Shell.run("echo newer > '%s/etc/motd'".formatted(root))));
        Manifest now = captured(file);
        try (AddOnBuilder builder = new AddOnBuilder(store.trustingSink(), "")) {
            var _ = TreeDifference.add(
                    new TreeDifference.Version("one", before, store.source()),
                    new TreeDifference.Version("other", now, store.source()),
                    PartitionChoice.SYSTEM,
                    builder);
            assertThat(builder.build(PartitionChoice.SYSTEM).entries().stream().map(AddOnEntry::path))
                    .containsExactly("etc/motd");
        }
    }

    /** Laying files down changes the times of the folders that they are in. */
    private static String withoutFolderTimes(String description) {
        return description.replaceAll("(?m)( d \\d+ \\d+ \\d+) .*$", "$1");
    }

    @Test
    void aFileThatWasLaidWrongIsFoundByReadingBack() throws IOException {
        Path disk = disk("mkfs.ext4 -q -F", 40, _ -> {}, "");
        AddOn addOn =
                addOn("", List.of(), root -> Shell.run("head -c 600000 /dev/urandom > '%s/file'".formatted(root)));
        published("files", addOn);
        Lab.attached(
                disk,
                512,
                node -> assertThatThrownBy(() -> new LayDown(store.source())
                                .lay(addOn, new AddOnPlace(node, 0, FileSystem.EXT4, ""), (phase, done, _) -> {
                                    if (phase == Progress.Phase.VERIFYING && done == 0) {
                                        // What a failing disk does: find the file's octets on the medium, and flip one.
                                        String at = Shell.run(
                                                        "debugfs -R 'blocks /file' %s 2>/dev/null".formatted(node))
                                                .split(" ", -1)[5];
                                        Shell.run(
                                                "printf X | dd of=%s bs=1 seek=$((%s * 1024 + 7)) conv=notrunc 2>/dev/null; sync; blockdev --flushbufs %s"
                                                        .formatted(node, at, node));
                                    }
                                }))
                        .hasMessageContaining("'file' was read back: its content is not what was written"));
    }
}
