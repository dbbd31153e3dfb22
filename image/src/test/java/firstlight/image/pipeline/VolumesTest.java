package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.files.FileEntry;
import firstlight.image.files.ImagePath;
import firstlight.image.files.ImageVolume;
import firstlight.image.files.ImageVolumes;
import firstlight.image.files.MountedTree;
import firstlight.image.files.TreeCopy;
import firstlight.image.luks.Passphrases;
import firstlight.image.manifest.Manifest;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies inside of what is encrypted or joined, in an image, and what each is called. */
class VolumesTest {
    /** A GPT of 2048 sectors, then the partitions of {@link #aDiskOfAllKinds} one behind the other. */
    private static final int FIRST = 2048;

    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    /**
     * ESP, ext4, LVM with a volume {@code home}, LUKS, NTFS. The volume's ext4 is laid to where LVM's tools say that it lies,
     * and the LUKS is made around its ext4: no device mapper is needed.
     */
    private Path aDiskOfAllKinds() throws IOException {
        new Lab(folder).disk("lvm", "80M");
        Lab.attached(folder.resolve("lvm"), 512, node -> Shell.run("""
                lvm() { command lvm "$@" --config 'backup{backup=0 archive=0}' --driverloaded n --devices %1$s -q 2>/dev/null; }
                lvm pvcreate %1$s; lvm vgcreate -s 4M flvol %1$s; lvm lvcreate --noudevsync -an -Zn -Wn -l 15 -n home flvol
                test "$(lvm lvs -o seg_pe_ranges --noheadings flvol | tr -d ' ')" = %1$s:0-14
                """.formatted(node)));
        Shell.run("""
                cd '%s'; mkdir -p files/etc files/anna; echo 'UUID=1 / ext4' > files/etc/fstab; echo "anna's" > files/anna/letter
                truncate -s 40M esp; mkfs.vfat -n ESPLABEL esp
                truncate -s 40M plain; mkfs.ext4 -q -L 'the röot' -d files plain
                truncate -s 60M home; mkfs.ext4 -q -L home -d files home
                dd if=home of=lvm bs=1M seek=1 conv=notrunc status=none
                truncate -s 40M luks; mkfs.ext4 -q -b 4096 -L secrets -d files luks; truncate -s +32M luks; printf secret > key
                cryptsetup reencrypt -q --encrypt --type luks2 --reduce-device-size 32M \
                    --pbkdf-force-iterations 4 --pbkdf-memory 32768 --key-file key luks
                truncate -s 40M ntfs; mkntfs -q -F -Q -L 'Ärger C:' ntfs
                truncate -s 280M disk
                printf 'label: gpt\\nsize=40M,type=U\\nsize=40M\\nsize=80M,type=lvm\\nsize=72M\\nsize=40M\\n' | sfdisk -q disk
                at=%d; for part in esp plain lvm luks ntfs; do
                    dd if=$part of=disk bs=512 seek=$at conv=notrunc status=none
                    at=$((at + $(stat -c %%s $part) / 512))
                done
                """.formatted(folder, FIRST));
        return folder.resolve("disk");
    }

    private static Passphrases keys(String... all) {
        return uuid -> List.of(all).stream()
                .map(key -> key.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void filesWithinLvmAndLuksAreFoundReadAndCopiedAndEachFileSystemTellsItsLabel() throws IOException {
        Path disk = aDiskOfAllKinds();
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(disk, 512, store);
            try (ImageVolumes volumes = ImageVolumes.of(manifest, store.source(), keys("wrong", "secret"))) {
                assertThat(volumes.all().stream().map(VolumesTest::told))
                        .containsExactly(
                                "1  vfat ESPLABEL",
                                "2  ext4 the röot",
                                "3  lvm ",
                                "4 luks ext4 secrets",
                                "5  ntfs Ärger C:",
                                "flvol/home lvm on 3 ext4 home");
                for (String name : List.of("4", "flvol/home")) {
                    try (MountedTree tree = volumes.mount(volumes.find(name))) {
                        assertThat(FileEntry.in(tree.root()))
                                .extracting(FileEntry::name)
                                .contains("etc", "anna");
                        assertThat(ImagePath.find(tree, "/anna/letter", true)).hasContent("anna's");
                        Path copy = folder.resolve("out-" + name.replace('/', '-'));
                        TreeCopy.of(tree, ImagePath.find(tree, "/anna", false)).to(copy, _ -> {});
                        assertThat(copy.resolve("letter")).hasContent("anna's");
                    }
                }
            }
            try (ImageVolumes volumes = ImageVolumes.of(manifest, store.source(), Passphrases.NONE)) {
                assertThat(told(volumes.find("4"))).startsWith("4  luks");
                assertThatThrownBy(() -> volumes.mount(volumes.find("4")))
                        .hasMessageContaining("no key in the vault opens it");
                assertThatThrownBy(() -> volumes.mount(volumes.find("3")))
                        .hasMessageContaining("it holds LVM's volumes, which have names of their own");
            }
        }
    }

    private static String told(ImageVolume volume) {
        try {
            return volume.name() + " " + volume.within() + " "
                    + volume.fileSystem().word() + " " + volume.label();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Whatever disk ends so is one of JMicron's raids to blkid, and to mount, where they are not told to leave raids out. */
    @Test
    void aDiskWhoseLastSectorBeginsWithTwoUnluckyOctetsIsStillItsFileSystem() throws IOException {
        Path disk = new Lab(folder).disk("disk", "16M");
        Shell.run("mkfs.ext2 -q -m 0 -L unlucky '%s'".formatted(disk));
        Lab.attached(disk, 512, node -> {
            Lab.mounted("", node.toString(), root -> Shell.run("""
                    echo here > '%1$s/letter'
                    python3 -c 'import sys; sys.stdout.buffer.write(b"JM".ljust(512, bytes(1)) * 40000)' > '%1$s/full' || true
                    """.formatted(root)));
            assertThat(Shell.run("blkid -p " + node)).contains("jmicron_raid_member");
        });
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(disk, 512, store);
            try (ImageVolumes volumes = ImageVolumes.of(manifest, store.source(), Passphrases.NONE);
                    MountedTree tree = volumes.mount(volumes.find("disk1"))) {
                assertThat(told(volumes.find("disk1"))).endsWith(" unlucky");
                assertThat(ImagePath.find(tree, "/letter", true)).hasContent("here");
            }
        }
    }

    /** Windows has junctions to its own drive in every user's folder. */
    @Test
    void aJunctionLeadsToWhereItLeadsOnThePcAndNotToWhereTheImageIsMounted() throws IOException {
        Path disk = new Lab(folder).disk("disk", "40M");
        Shell.run("""
                cd '%s'; mkntfs -q -F -Q disk; mkdir m; ntfs-3g -o streams_interface=xattr disk m; trap 'umount m' EXIT
                mkdir m/ProgramData m/All m/Lost m/Top; echo data > m/ProgramData/file
                python3 - <<'END'
                import os, struct
                for name, target in ('All', 'C:\\\\ProgramData'), ('Lost', 'D:\\\\Elsewhere'), ('Top', 'C:\\\\'):
                    there, shown = ('\\\\??\\\\' + target).encode('utf-16le'), target.encode('utf-16le')
                    data = struct.pack('<HHHH', 0, len(there), len(there) + 2, len(shown)) + there + b'\\0\\0' + shown + b'\\0\\0'
                    os.setxattr('m/' + name, 'system.ntfs_reparse_data', struct.pack('<IHH', 0xA0000003, len(data), 0) + data)
                END
                """.formatted(folder));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(disk, 512, store);
            try (ImageVolumes volumes = ImageVolumes.of(manifest, store.source(), Passphrases.NONE);
                    MountedTree tree = volumes.mount(volumes.find("disk1"))) {
                assertThat(FileEntry.in(tree.root()).stream()
                                .map(entry -> entry.name() + " " + entry.target())
                                .map(String::strip))
                        .containsExactly("All /ProgramData", "Lost D:/Elsewhere", "ProgramData", "Top C:");
                assertThat(ImagePath.find(tree, "/all/FILE", true)).hasContent("data");
                assertThat(ImagePath.find(tree, "/Top/All/file", true)).hasContent("data");
                assertThatThrownBy(() -> ImagePath.find(tree, "/Lost/x", true)).hasMessageContaining("Elsewhere");
                Path copy = folder.resolve("out");
                TreeCopy.of(tree, tree.root()).to(copy, _ -> {});
                assertThat(Files.readSymbolicLink(copy.resolve("All"))).isEqualTo(Path.of("/ProgramData"));
                assertThat(Files.readSymbolicLink(copy.resolve("Lost"))).isEqualTo(Path.of("D:/Elsewhere"));
                assertThat(Files.readSymbolicLink(copy.resolve("Top")).toString())
                        .isEqualTo("C:/");
            }
        }
    }
}
