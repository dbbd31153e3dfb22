package firstlight.server.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.capture.IfUnreadable;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.Source;
import firstlight.image.disk.Tool;
import firstlight.image.disk.ViewFile;
import firstlight.image.manifest.Manifest;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.VersionNotes;
import firstlight.image.table.Place;
import firstlight.server.vault.Vault;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks of virtual machines, made by qemu-img and read again; needs root, for loop devices. */
class DiskImportTest {
    private static final VersionNotes.Entry ENTRY =
            new VersionNotes.Entry(Instant.parse("2026-11-22T17:00:00Z"), "ann", "imported");

    private static final int PAGE = 4096;

    @TempDir
    Path folder;

    private static void run(String... command) throws IOException {
        Tool tool = Tool.run(List.of(command));
        assertThat(tool.exit()).as(tool.output()).isZero();
    }

    /** An ext4 file system on a disk without a table. */
    private Path raw() throws IOException {
        Path raw = folder.resolve("disk.raw");
        try (RandomAccessFile file = new RandomAccessFile(raw.toFile(), "rw")) {
            file.setLength(64 << 20);
        }
        run("mkfs.ext4", "-q", "-F", "-d", "/usr/share/common-licenses", raw.toString());
        return raw;
    }

    private ImageJob.Outcome imported(ImageStore store, Path file, Optional<String> format) throws IOException {
        return imported(store, file, format, IfUnreadable.STOP);
    }

    private ImageJob.Outcome imported(ImageStore store, Path file, Optional<String> format, IfUnreadable choice)
            throws IOException {
        return new DiskImport(
                        file, new ImageName("vm"), format, 512, choice, new Vault(folder), folder.resolve("scratch"))
                .run(store, ENTRY, Progress.SILENT);
    }

    @Test
    void everyFormatOfTheSameDiskMakesTheSameImage() throws IOException {
        Path raw = raw();
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            imported(store, raw, Optional.of("raw"));
            Manifest first = store.open(store.find(new ImageName("vm"), 1).orElseThrow());
            assertThat(first.disks().getFirst().regions().getFirst().fileSystem())
                    .isEqualTo("ext4");
            for (String format : List.of("qcow2", "vmdk", "vhdx", "vdi")) {
                Path file = folder.resolve("disk." + format);
                run("qemu-img", "convert", "-f", "raw", "-O", format, raw.toString(), file.toString());
                ImageJob.Outcome outcome = imported(store, file, Optional.empty());
                assertThat(outcome.text()).contains("(" + format + ")");
                ImageVersion version = store.find(new ImageName("vm"), 0).orElseThrow();
                assertThat(store.open(version).disks()).as(format).isEqualTo(first.disks());
                assertThat(version.notes().history()).singleElement().asString().contains(file.toString());
            }
        }
        try (var left = Files.list(folder.resolve("scratch"))) {
            assertThat(left).isEmpty();
        }
    }

    /** Of a laptop's disk, or a virtual machine's, as installers encrypt it. */
    private Path encrypted() throws IOException {
        Path raw = raw();
        run("truncate", "-s", "+32M", raw.toString());
        Path key = Files.writeString(folder.resolve("key"), "secret");
        run("sh", "-c", """
                cryptsetup reencrypt -q --encrypt --type luks2 --reduce-device-size 32M --pbkdf-force-iterations 4 \\
                --pbkdf-memory 32768 --key-file "$1" "$2"
                """, "sh", key.toString(), raw.toString());
        return raw;
    }

    @Test
    void whatIsEncryptedIsOpenedByTheServersVault() throws IOException {
        Path raw = encrypted();
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            ImageJob.Outcome whole = imported(store, raw, Optional.of("raw"));
            assertThat(whole.details()).anySatisfy(note -> assertThat(note).contains("no key for it was given"));
            new Vault(folder).put("laptop", "secret");
            assertThat(imported(store, raw, Optional.of("raw")).details()).isEmpty();
            long used =
                    store.open(store.find(new ImageName("vm"), 1).orElseThrow()).usedBytes();
            assertThat(store.open(store.find(new ImageName("vm"), 2).orElseThrow())
                            .usedBytes())
                    .isLessThan(used / 2);
        }
    }

    @Test
    void whatIsNotedOfADiskNamesItsFile() throws IOException {
        Path raw = raw();
        run("debugfs", "-w", "-R", "ssv state 0", raw.toString()); // as if it had never been unmounted
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            imported(store, raw, Optional.of("raw"));
            assertThat(store.open(store.find(new ImageName("vm"), 1).orElseThrow())
                            .notes())
                    .isNotEmpty()
                    .allMatch(note -> note.contains(raw + " (raw)"))
                    .noneMatch(note -> note.contains("/dev/"));
        }
    }

    /** A disk in a file whose file system cannot read one page of it. */
    private record Failing(Disk disk, long bad) implements Source {
        @Override
        public long size() {
            return disk.size();
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            if (offset < bad + PAGE && offset + into.remaining() > bad) {
                throw new IOException("medium error");
            }
            disk.read(offset, into);
        }
    }

    @Test
    void aRawDiskThatCannotAllBeReadMakesNoImageOrOneThatNamesWhatIsZeros() throws IOException {
        Path raw = raw();
        long bad = 1L << 20;
        run("sh", "-c", "head -c 64M /dev/urandom >" + raw);
        try (ImageStore store = DiskStore.open(folder.resolve("store"));
                Disk disk = DiskFile.open(raw, 512, Access.READ);
                ViewFile failing = ViewFile.of(new Failing(disk, bad))) {
            assertThatThrownBy(() -> imported(store, failing.path(), Optional.of("raw")))
                    .isInstanceOf(ImageFailure.class)
                    .hasMessageContaining("has unreadable sectors")
                    .hasMessageContaining("image import");
            assertThat(store.list()).isEmpty();

            imported(store, failing.path(), Optional.of("raw"), IfUnreadable.ZERO);

            Manifest manifest = store.open(store.find(new ImageName("vm"), 1).orElseThrow());
            assertThat(manifest.disks().getFirst().unreadable()).containsExactly(new Place(bad, PAGE));
            assertThat(manifest.notes()).anyMatch(note -> note.contains("zeros are in their place"));
        }
    }

    @Test
    void zerosAreNotPutIntoADiskOfWhichNobodyCouldTellWhere() throws IOException {
        Path qcow2 = folder.resolve("disk.qcow2");
        run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw().toString(), qcow2.toString());
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            assertThatThrownBy(() -> imported(store, qcow2, Optional.empty(), IfUnreadable.ZERO))
                    .isInstanceOf(ImageFailure.class)
                    .hasMessageContaining("raw disks only")
                    .hasMessageContaining("qemu-img convert --salvage");
        }
    }

    @Test
    void aFileThatIsLaidOverAnotherOrIsNoneOfTheFormatsIsRefusedWithTheCure() throws IOException {
        Path raw = raw();
        Path over = folder.resolve("over.qcow2");
        run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", raw.toString(), over.toString());
        Path text = Files.writeString(folder.resolve("notes.txt"), "no disk at all");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            assertThatThrownBy(() -> imported(store, over, Optional.empty()))
                    .isInstanceOf(ImageFailure.class)
                    .hasMessageContaining("laid over")
                    .hasMessageContaining("qemu-img convert");
            assertThatThrownBy(() -> imported(store, text, Optional.of("qcow2")))
                    .isInstanceOf(ImageFailure.class)
                    .hasMessageContaining("cannot be read");
            assertThat(store.list()).isEmpty();
        }
    }
}
