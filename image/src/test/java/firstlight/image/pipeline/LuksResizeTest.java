package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.capture.CaptureOptions;
import firstlight.image.capture.IfLocked;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.luks.KeyRing;
import firstlight.image.luks.Passphrases;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An encrypted system's disk onto a larger and a smaller one: deciphered afterwards by cryptsetup, not by our own cipher. */
class LuksResizeTest {
    private static final Passphrases KEY = uuid -> List.of("secret".getBytes(StandardCharsets.UTF_8));

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();
    private String tree = "";

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    /** A boot partition, and behind it an encrypted one of {@code mebibytes} and a header, with data far behind its start. */
    private Path source(String make, int mebibytes, int sector) throws IOException {
        Path inside = new Lab(folder).disk("inside", mebibytes + "M");
        Shell.run("printf secret > '%s/key'; %s '%s'".formatted(folder, make, inside));
        Lab.attached(inside, sector, node -> {
            Lab.mounted("", node.toString(), root -> {
                new Lab(root).usedDisk("filler", "100M");
                Shell.run("sync -f '%s'".formatted(root));
                Tree.plant(root);
                Shell.run("head -c 20M /dev/urandom > '%1$s/late'; rm '%1$s/filler'".formatted(root));
            });
            Lab.mounted("-o ro", node.toString(), root -> tree = LvmResizeTest.describe(root));
        });
        Path disk = new Lab(folder).disk("source", (mebibytes + 110) + "M");
        Shell.run("""
                cd '%s'; truncate -s +32M inside
                cryptsetup reencrypt -q --encrypt --type luks2 --reduce-device-size 32M --sector-size %d \
                    --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file key inside
                printf 'label: gpt\nsize=64M, type=linux\nsize=%dM, type=linux\n' | sfdisk -q source
                dd if=inside of=source bs=1M seek=65 conv=notrunc status=none
                """.formatted(folder, sector, mebibytes + 32));
        Lab.attached(disk, 512, node -> Shell.run("mkfs.ext4 -q %sp1".formatted(node)));
        return disk;
    }

    private Manifest captured(Path source, ImageStore store) throws IOException {
        String before = Lab.sha256(source);
        Manifest manifest = Lab.captured(source, new CaptureOptions(IfLocked.RAW, List.of(), KEY), store);
        assertThat(manifest.notes()).isEmpty();
        assertThat(Lab.sha256(source)).as("the source after capture").isEqualTo(before);
        return manifest;
    }

    private Path restored(Manifest manifest, ImageStore store, String size, Passphrases keys) throws IOException {
        Path target = new Lab(folder).usedDisk("target-" + size, size);
        said.clear();
        try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            RestoreSummary done = new Restore(store.source(), 3)
                    .opening(new KeyRing(keys))
                    .restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, said::add);
            assertThat(done.verified()).isTrue();
        }
        return target;
    }

    /** Deciphers the second partition; returns where, and how long it was. */
    private Path deciphered(Path target, long mebibytes) throws IOException {
        Path found = folder.resolve("found");
        try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ);
                Disk disk = BlockDevice.open(loop.node(), Access.READ)) {
            Partition encrypted = PartitionTable.read(disk).partitions().getLast();
            assertThat(encrypted.length() >> 20).isEqualTo(mebibytes);
            Shell.run("""
                    cd '%s'; rm -f header found
                    dd if=%s of=found bs=1M iflag=skip_bytes,count_bytes skip=%d count=%d status=none
                    cryptsetup reencrypt -q --decrypt --force-offline-reencrypt --header header --key-file key found
                    """.formatted(folder, loop.node(), encrypted.start(), encrypted.length()));
        }
        return found;
    }

    private void isRight(Path fileSystem, String check, int sector, long least, long most) throws IOException {
        Lab.attached(fileSystem, sector, node -> {
            Shell.run(check + " " + node);
            Lab.mounted("-o ro", node.toString(), root -> {
                assertThat(LvmResizeTest.describe(root)).isEqualTo(tree);
                assertThat(Integer.parseInt(Shell.run("df -m --output=size '%s' | tail -1".formatted(root))
                                .strip()))
                        .isBetween((int) least, (int) most);
            });
        });
    }

    @ParameterizedTest(name = "{0} in sectors of {4}")
    @CsvSource({
        "ext4, mkfs.ext4 -q -b 4096, e2fsck -f -n, 200, 512",
        "ext4, mkfs.ext4 -q -b 4096, e2fsck -f -n, 200, 4096",
        "xfs, mkfs.xfs -q, xfs_repair -n, 400, 512"
    })
    void whatIsEncryptedGrowsAndShrinksWithItsPartition(String kind, String make, String check, int size, int sector)
            throws IOException {
        Path source = source(make, size, sector);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = captured(source, store);
            Path larger = restored(manifest, store, (size + 410) + "M", KEY);
            assertThat(String.join("\n", said))
                    .contains("partition 2 (luks) grows", "what is encrypted in it (" + kind + ") grows");
            isRight(deciphered(larger, size + 332), check, sector, size + 220, size + 316);

            Path smaller = restored(manifest, store, (size + 60) + "M", KEY);
            assertThat(String.join("\n", said))
                    .contains("partition 2 (luks) shrinks", "what is encrypted in it (" + kind + ") shrinks");
            isRight(deciphered(smaller, size - 6), check, sector, size - 100, size - 22);
        }
    }

    /** Half of a mirror whose superblock lies behind what it holds (md 1.0): mdadm looks for it there. */
    @Test
    void whatIsAPartOfAnArrayIsTakenWholeAndStaysAsLongAsItIs() throws IOException {
        Path source = source("mkfs.ext4 -q -b 4096", 200, 512);
        long start = 65L << 20;
        long length = 232L << 20;
        long sector = (length / 512 - 16) & ~7L;
        ByteBuffer superblock = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
        superblock.putInt(0, 0xA92B_4EFC).putInt(4, 1).putInt(72, 1).putLong(144, sector);
        try (FileChannel disk = FileChannel.open(source, StandardOpenOption.WRITE)) {
            disk.write(superblock, start + sector * 512);
        }
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.captured(source, new CaptureOptions(IfLocked.RAW, List.of(), KEY), store);
            assertThat(manifest.notes())
                    .singleElement()
                    .asString()
                    .contains("is taken whole: it is a part of an array");
            restored(manifest, store, "450M", KEY);
            assertThat(said)
                    .noneMatch(words -> words.startsWith("partition 2"))
                    .anyMatch(words -> words.contains("stays as long as it is: it is a part of an array"));
        }
    }

    @Test
    void withoutAKeyThePartitionGrowsAroundItAndNothingShrinks() throws IOException {
        Path source = source("mkfs.ext4 -q -b 4096", 200, 512);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = captured(source, store);
            Path larger = restored(manifest, store, "450M", Passphrases.NONE);
            assertThat(String.join("\n", said))
                    .contains("partition 2 (luks) grows", "stays as long as it is: no passphrase", "resize2fs");
            isRight(deciphered(larger, 372), "e2fsck -f -n", 512, 150, 200);

            Path small = new Lab(folder).usedDisk("small", "250M");
            String before = Lab.sha256(small);
            assertThatThrownBy(() -> restored(manifest, store, "250M", Passphrases.NONE))
                    .isInstanceOfSatisfying(
                            ImageFailure.class,
                            failure -> assertThat(failure.cause())
                                    .contains(
                                            "too few", "partition 2 (luks)", "no passphrase that was given opens it"));
            assertThat(Lab.sha256(small)).isEqualTo(before);
        }
    }

    /** A whole disk of 72 MiB, encrypted, and in it a FAT16 of 40 MiB with two files. */
    private Path fat(int sector, String change) throws IOException {
        Path disk = new Lab(folder).disk("fat", "40M");
        Shell.run("""
                cd '%1$s'; printf secret > key; mkfs.vfat -S %2$d -F 16 -s $((%2$d == 512 ? 4 : 1)) fat >/dev/null
                printf file > file; mcopy -i fat file ::ONE.TXT; mcopy -i fat file ::TWO.TXT
                %3$s
                truncate -s +32M fat
                cryptsetup reencrypt -q --encrypt --type luks2 --reduce-device-size 32M --sector-size %2$d \
                    --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file key fat
                """.formatted(folder, sector, change));
        return disk;
    }

    @Test
    void aFatThatCannotBeMadeAnewStaysAsLongAsItIsAndThatIsKnownBeforeTheDiskIsErased() throws IOException {
        Path source = fat(512, """
                at=$(grep -abo 'ONE     TXT' fat | head -1 | cut -d: -f1)
                printf '\\377\\377' | dd of=fat bs=1 seek=$((at + 26)) conv=notrunc status=none""");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Path target = restored(captured(source, store), store, "100M", KEY);
            assertThat(said).anyMatch(words -> words.contains("stays as long as it is: it cannot be made anew ("));
            Shell.run("""
                    cd '%s'; cryptsetup reencrypt -q --decrypt --force-offline-reencrypt --header header --key-file key '%s'
                    mtype -i '%2$s' ::TWO.TXT | grep -qx file; [ $(minfo -i '%2$s' | awk '/big size/ { print $3 }') = 81920 ]
                    """.formatted(folder, target));
        }
    }

    /** A FAT16 has 4085 clusters at least, and a cluster at least one sector: 2 MiB of 512 octets, and 16 MiB of 4096. */
    @Test
    void whatIsEncryptedInLargerSectorsIsToldToBeTooLongBeforeTheDiskIsErased() throws IOException {
        Path source = fat(4096, "");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = captured(source, store);
            assertThatThrownBy(() -> restored(manifest, store, "28M", KEY))
                    .isInstanceOfSatisfying(
                            ImageFailure.class,
                            failure -> assertThat(failure.cause()).contains("too few"));
            Path target = restored(manifest, store, "40M", KEY);
            Shell.run("""
                    cd '%s'; cryptsetup reencrypt -q --decrypt --force-offline-reencrypt --header header --key-file key '%s'
                    fsck.fat -n '%2$s'; mtype -i '%2$s' ::ONE.TXT | grep -qx file
                    """.formatted(folder, target));
        }
    }
}
