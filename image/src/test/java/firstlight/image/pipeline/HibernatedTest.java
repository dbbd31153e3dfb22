package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.DiskOver;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.addon.AddOnBuilder;
import firstlight.image.addon.FolderSource;
import firstlight.image.addon.ImagedPlace;
import firstlight.image.capture.CaptureOptions;
import firstlight.image.capture.IfLocked;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.luks.KeyRing;
import firstlight.image.luks.Passphrases;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.PartitionChoice;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.tree.FileTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Disks to which somebody else has more to write: a Linux that is hibernated, the other half of a mirror. */
class HibernatedTest extends OnLoopDevices {
    /** Where the root that was 60 MiB long ends on a disk of 200 MiB: it grew by what that has more. */
    private static final long SWAP_AT = 141L << 20;

    private static final CaptureOptions SKIPPING = new CaptureOptions(IfLocked.SKIP, List.of(), Passphrases.NONE);

    /** Swap behind its root, as {@code systemctl hibernate} leaves it. */
    private Path hibernated() throws IOException {
        Path file = new Lab(folder).disk("source", "120M");
        Lab.attached(file, 512, node -> {
            Shell.run("""
                    printf 'label: gpt\\nsize=60MiB\\nsize=20MiB, type=swap\\n' | sfdisk -q %1$s
                    partx -d %1$s 2>/dev/null || true; partx -a %1$s
                    mkfs.ext4 -q %1$sp1; mkswap -q -L sleep %1$sp2
                    printf 'S1SUSPEND\\0' | dd of=%1$sp2 bs=1 seek=4086 conv=notrunc status=none
                    """.formatted(node));
            Lab.mounted("", node + "p1", root -> Shell.run("mkdir '%1$s/etc'; touch '%1$s/etc/fstab'".formatted(root)));
        });
        return file;
    }

    private AddOn addOn() throws IOException {
        Path root = Files.createDirectories(folder.resolve("files"));
        Files.writeString(root.resolve("file"), "content");
        try (AddOnBuilder builder = new AddOnBuilder(store.trustingSink(), "");
                FileTree tree = FileTree.open(root, false)) {
            new FolderSource(tree, builder, Optional.empty(), false).add("");
            return builder.build(PartitionChoice.SYSTEM);
        }
    }

    private void check(Manifest manifest, AddOn addOn) throws IOException {
        check(manifest, addOn, KeyRing.empty());
    }

    private void check(Manifest manifest, AddOn addOn, KeyRing keys) throws IOException {
        ImagedPlace.check(manifest, store.source(), PartitionChoice.SYSTEM, Set.of(), addOn, List.of(), keys);
    }

    private List<String> restored(Manifest manifest, Path target) throws IOException {
        return restored(manifest, target, Wishes.USUAL);
    }

    private List<String> restored(Manifest manifest, Path target, Wishes wishes) throws IOException {
        try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            return new Restore(store.source(), 2)
                    .restore(manifest, List.of(disk), wishes, Progress.SILENT, _ -> {})
                    .notes();
        }
    }

    private static String swap(Path disk) throws IOException {
        String[] type = {""};
        Lab.attached(
                disk,
                512,
                node -> type[0] = Shell.run(
                                "partx -a %1$s 2>/dev/null || true; blkid -p -o value -s TYPE %1$sp2".formatted(node))
                        .strip());
        return type[0];
    }

    @Test
    void aHibernatedLinuxGoesOnWhereNothingButTheImageIsWritten() throws IOException {
        Manifest manifest = Lab.image(hibernated(), 512, store);
        Path target = new Lab(folder).disk("target", "120M");
        assertThat(restored(manifest, target)).isEmpty();
        assertThat(swap(target)).isEqualTo("swsuspend");
    }

    /** Its kernel has the old places and lengths in memory, and would write there. */
    @Test
    void itIsGivenUpWherePartitionsGotOtherPlacesOrLengths() throws IOException {
        Manifest manifest = Lab.image(hibernated(), 512, store);
        Path target = new Lab(folder).disk("target", "200M");
        assertThat(restored(manifest, target))
                .singleElement()
                .asString()
                .contains("partition 2", "was given up", "as after a power cut");
        assertThat(swap(target)).isEqualTo("swap");
        Lab.attached(target, 512, node -> Shell.run("blkid -p %sp2 | grep 'LABEL=\"sleep\"'".formatted(node)));
    }

    /** The PC's partition is longer than the image's, and its root grows there. */
    @Test
    void itIsGivenUpAmongChosenPartitionsAsWell() throws IOException {
        Manifest manifest = Lab.image(hibernated(), 512, store);
        Path target = new Lab(folder).disk("target", "200M");
        restored(manifest, target);
        assertThat(restored(manifest, target, new Wishes(Set.of(1, 2), Wishes.USUAL.grow())))
                .singleElement()
                .asString()
                .contains("partition 2", "was given up");
        assertThat(swap(target)).isEqualTo("swap");
    }

    /** What the table names starts, though the restore goes no further. */
    @Test
    void itIsGivenUpBeforeThereIsATable() throws IOException {
        Manifest manifest = Lab.image(hibernated(), 512, store);
        Path target = new Lab(folder).disk("target", "200M");
        try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                Disk disk = new CutOff(BlockDevice.open(loop.node(), Access.READ_WRITE))) {
            Restore restore = new Restore(store.source(), 2);
            assertThatThrownBy(() -> restore.restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, _ -> {}))
                    .hasMessageContaining("power");
        }
        byte[] mark = new byte[10];
        try (FileChannel octets = FileChannel.open(target)) {
            octets.read(ByteBuffer.wrap(mark), SWAP_AT + 4086);
        }
        assertThat(new String(mark, StandardCharsets.US_ASCII)).isEqualTo("SWAPSPACE2");
    }

    /** All but the table is on the disk then, and right: a PC without it would be worse than one with a note. */
    @Test
    void thatNobodyCanTellWhetherOneIsThereCostsNoTable() throws IOException {
        Manifest manifest = Lab.image(hibernated(), 512, store);
        Path target = new Lab(folder).disk("target", "200M");
        try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                Disk disk = new Unlooked(BlockDevice.open(loop.node(), Access.READ_WRITE), new AtomicBoolean())) {
            assertThat(new Restore(store.source(), 2)
                            .restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, _ -> {})
                            .notes())
                    .singleElement()
                    .asString()
                    .startsWith("it cannot be told whether a Linux is hibernated here (no memory)")
                    .contains("noresume");
        }
        assertThat(swap(target)).isEqualTo("swsuspend");
    }

    /** Nothing that it had in use is another than it was. */
    @Test
    void nobodyIsWarnedOfASessionThatWasRestoredWithItsRoot() throws IOException {
        Path disk = hibernated();
        Manifest manifest = Lab.image(disk, 512, store);
        assertThat(restored(manifest, disk, new Wishes(Set.of(1, 2), Wishes.AS_IT_WAS.grow())))
                .isEmpty();
        assertThat(swap(disk)).isEqualTo("swsuspend");
    }

    @Test
    void itIsGivenUpWhereAVolumeOfABareDiskGrew() throws IOException {
        Path file = new Lab(folder).disk("source", "200M");
        try (LoopDevice loop = LoopDevice.attach(file, 512, Access.READ_WRITE)) {
            Path node = loop.node();
            LvmResizeTest.lvm("pvcreate -q " + node, node);
            LvmResizeTest.lvm("vgcreate -q -s 4M flr " + node, node);
            LvmResizeTest.lvm("lvcreate -q --noudevsync -an -Zn -Wn -l 20 -n root flr", node);
            LvmResizeTest.lvm("lvcreate -q --noudevsync -an -Zn -Wn -l 4 -n swap flr", node);
            Shell.run("blockdev --flushbufs " + node);
            LvmResizeTest.eachVolume(
                    node,
                    Access.READ_WRITE,
                    (name, device) -> Shell.run(
                            name.equals("flr/root")
                                    ? "mkfs.ext4 -q " + device
                                    : "mkswap -q %1$s; printf 'S1SUSPEND\\0' | dd of=%1$s bs=1 seek=4086 conv=notrunc,fsync status=none"
                                            .formatted(device)));
        }
        Manifest manifest = Lab.image(file, 512, store);
        assertThat(restored(manifest, new Lab(folder).disk("same", "200M"))).isEmpty();
        assertThat(restored(manifest, new Lab(folder).disk("target", "400M")))
                .singleElement()
                .asString()
                .contains("hibernated in flr/swap", "was given up");
    }

    /** Without its passphrase nobody can tell, and its kernel would write to where it was. */
    @Test
    void whoMovesWhatIsEncryptedIsTold() throws IOException {
        Path file = new Lab(folder).disk("source", "120M");
        Lab.attached(file, 512, node -> Shell.run("""
                printf 'label: gpt\nsize=60MiB\nsize=20MiB\n' | sfdisk -q %1$s
                partx -d %1$s 2>/dev/null || true; partx -a %1$s
                mkfs.ext4 -q %1$sp1
                echo secret | cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 %1$sp2
                """.formatted(node)));
        Manifest manifest = Lab.image(file, 512, store);
        assertThat(restored(manifest, new Lab(folder).disk("same", "120M"))).isEmpty();
        assertThat(restored(manifest, new Lab(folder).disk("larger", "200M")))
                .singleElement()
                .asString()
                .contains("partition 2 (luks)", "is encrypted", "noresume");
    }

    /** The power goes when the table's first sector is to be written; the notice that is there before has no such entry. */
    private record CutOff(Disk disk) implements DiskOver {
        @Override
        public void write(long offset, ByteBuffer from) throws IOException {
            if (offset == 0 && from.remaining() >= 512 && from.get(from.position() + 450) == (byte) 0xEE) {
                throw new ImageFailure("The table is not written", "the power is off", "Restart the PC");
            }
            disk.write(offset, from);
        }
    }

    /** The swap's first page cannot be looked at any more once it was written, for a reason that is not the disk's. */
    private record Unlooked(Disk disk, AtomicBoolean written) implements DiskOver {
        @Override
        public void write(long offset, ByteBuffer from) throws IOException {
            disk.write(offset, from);
            written.compareAndSet(false, offset >= SWAP_AT);
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            if (written.get() && offset == SWAP_AT) {
                throw new IOException("no memory");
            }
            disk.read(offset, into);
        }
    }

    /** Its kernel has the former content of its root in memory. */
    @Test
    void whoRestoresAPartitionBesideItIsTold() throws IOException {
        Path disk = hibernated();
        Manifest manifest = Lab.image(disk, 512, store);
        assertThat(restored(manifest, disk, new Wishes(Set.of(1), Wishes.AS_IT_WAS.grow())))
                .singleElement()
                .asString()
                .startsWith("a Linux is hibernated in partition 2 of ")
                .contains("noresume");
        assertThat(swap(disk)).as("it may be another's").isEqualTo("swsuspend");
    }

    @Test
    void noAddOnIsLaidBesideIt() throws IOException {
        Manifest manifest = Lab.image(hibernated(), 512, store);
        AddOn addOn = addOn();
        assertThatThrownBy(() -> check(manifest, addOn)).hasMessageContaining("a Linux is hibernated in partition 2");
    }

    /** The image has nothing of its swap, which stays with all that its kernel remembers of the root. */
    @Test
    void whoRestoresAllButItIsToldThoughNothingMoved() throws IOException {
        Path disk = hibernated();
        Manifest manifest = Lab.captured(disk, SKIPPING, store);
        assertThat(restored(manifest, disk))
                .singleElement()
                .asString()
                .startsWith("a Linux is hibernated in partition 2 of ")
                .contains("noresume");
        assertThat(swap(disk)).isEqualTo("swsuspend");
    }

    /** Debian's usual way to install encrypted: {@code /boot} beside a LUKS with all else, the swap too. */
    @Test
    void whoRestoresBesideWhatIsEncryptedIsToldThatNobodyLookedIntoIt() throws IOException {
        Path disk = new Lab(folder).disk("source", "120M");
        Lab.attached(disk, 512, node -> Shell.run("""
                printf 'label: gpt\nsize=60MiB\nsize=20MiB\n' | sfdisk -q %1$s
                partx -d %1$s 2>/dev/null || true; partx -a %1$s
                mkfs.ext4 -q %1$sp1
                echo secret | cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 %1$sp2
                """.formatted(node)));
        Manifest whole = Lab.image(disk, 512, store);
        assertThat(restored(whole, disk)).isEmpty();
        for (List<String> notes : List.of(
                restored(whole, disk, new Wishes(Set.of(1), Wishes.AS_IT_WAS.grow())),
                restored(Lab.captured(disk, SKIPPING, store), disk))) {
            assertThat(notes)
                    .singleElement()
                    .asString()
                    .contains("partition 2 of ", "is encrypted, and was not looked into", "noresume");
        }
    }

    /** Its system is not encrypted, which it has in use. */
    @Test
    void noAddOnIsLaidBesideOneThatIsEncryptedWhereItsKeyIsKnown() throws IOException {
        Path file = hibernated();
        Lab.attached(file, 512, node -> Shell.run("""
                partx -a %1$s 2>/dev/null || true
                cd '%2$s'; printf secret > key
                dd if=%1$sp2 of=swap bs=1M count=2 status=none; truncate -s 34M swap
                cryptsetup reencrypt -q --encrypt --type luks2 --reduce-device-size 32M --pbkdf pbkdf2 \
                    --pbkdf-force-iterations 1000 --key-file key swap
                dd if=swap of=%1$sp2 bs=1M count=20 conv=fsync status=none
                """.formatted(node, folder)));
        Manifest manifest = Lab.image(file, 512, store);
        AddOn addOn = addOn();
        check(manifest, addOn);
        KeyRing keys = new KeyRing(_ -> List.of("secret".getBytes(StandardCharsets.UTF_8)));
        assertThatThrownBy(() -> check(manifest, addOn, keys))
                .hasMessageContaining("a Linux is hibernated in partition 2");
    }

    /** What is written to one half only, the other does not have. */
    @Test
    void noAddOnIsLaidOnHalfOfAMirror() throws IOException {
        Path file = new Lab(folder).disk("source", "60M");
        Shell.run("""
                mkfs.ext4 -q -F '%1$s' 59M;
                """.formatted(file));
        Lab.attached(
                file,
                512,
                node -> Lab.mounted(
                        "",
                        node.toString(),
                        root -> Shell.run("mkdir '%1$s/etc'; touch '%1$s/etc/fstab'".formatted(root))));
        AddOn addOn = addOn();
        check(Lab.image(file, 512, store), addOn);
        long at = (((60L << 20) / 512 - 16) & ~7L) * 512;
        try (FileChannel disk = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer superblock = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
            superblock.putInt(0, 0xA92B_4EFC).putInt(4, 1).putInt(72, 1).putLong(144, at / 512);
            disk.write(superblock, at);
        }
        Manifest half = Lab.image(file, 512, store);
        assertThatThrownBy(() -> check(half, addOn)).hasMessageContaining("part of an array");
    }
}
