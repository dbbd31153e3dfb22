package firstlight.server.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.capture.IfUnreadable;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.LoopDevice;
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
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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
            assertThat(imported(store, raw, Optional.empty()).details()).isEmpty();
            long used =
                    store.open(store.find(new ImageName("vm"), 1).orElseThrow()).usedBytes();
            assertThat(store.open(store.find(new ImageName("vm"), 2).orElseThrow())
                            .usedBytes())
                    .isLessThan(used / 2);
        }
    }

    /** qemu-img takes LUKS1 on a whole disk for a format of its own, and wants a key. */
    @Test
    void aDiskThatIsEncryptedAsAWholeIsARawOne() throws IOException {
        run("sh", "-ec", """
                truncate -s 8M "$1"; printf secret | cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 "$1" -
                """, "sh", folder.resolve("luks1").toString());
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            assertThat(imported(store, folder.resolve("luks1"), Optional.empty())
                            .text())
                    .contains("(raw)");
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

    @Test
    void aVhdThatIsLaidOverAnotherIsRefusedForQemuTakesItForAWholeOne() throws Exception {
        Path vhd = folder.resolve("child.vhd");
        run("qemu-img", "convert", "-f", "raw", "-O", "vpc", raw().toString(), vhd.toString());
        try (FileChannel file = FileChannel.open(vhd, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (long at : new long[] {0, file.size() - 512}) {
                ByteBuffer footer = ByteBuffer.allocate(512);
                file.read(footer, at);
                footer.putInt(60, 4).putInt(64, footer.getInt(64) - 1); // by one more than 3, a dynamic one's
                file.write(footer.rewind(), at);
            }
        }
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            refused(store, "child.vhd", "child.vhd is not whole", "laid over another one", "Merge");
        }
    }

    @Test
    void aQcow2WhoseContentIsAnotherFileOfTheServerIsRefused() throws Exception {
        Path secret = raw();
        Path qcow2 = folder.resolve("reads.qcow2");
        String options = "data_file=" + secret + ",data_file_raw=on";
        run("qemu-img", "create", "-q", "-f", "qcow2", "-o", options, qcow2.toString(), "64M");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            refused(store, "reads.qcow2", "reads.qcow2 is not whole", "its content lies in " + secret);
        }
    }

    private void refused(ImageStore store, String file, String... words) {
        assertThatThrownBy(() -> imported(store, folder.resolve(file), Optional.empty()))
                .isInstanceOf(ImageFailure.class)
                .message()
                .contains(words);
    }

    /** qemu-img reads zeros where a file ends too early: a download that broke off became an image that is half of one. */
    @Test
    void aFileThatWasCutShortOrIsPackedMakesNoImage() throws IOException {
        raw();
        run("sh", "-ec", """
                cd "$1"
                for format in qcow2 vmdk vdi vhdx; do
                  qemu-img convert -f raw -O $format disk.raw whole.$format
                  head -c "$(($(stat -c %s whole.$format) - 300000))" whole.$format > cut.$format
                done
                gzip -k disk.raw; tar -cf disk.ova whole.vmdk; zstd -q disk.raw -o disk.zst; : > empty.raw
                head -c 65537 disk.raw > odd.raw
                """, "sh", folder.toString());
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            refused(store, "cut.qcow2", "cut.qcow2 is damaged, or not all of it is there", "Copy it again");
            refused(store, "cut.vdi", "cut.vdi is damaged, or not all of it is there", "its table names");
            refused(store, "cut.vhdx", "cut.vhdx");
            refused(store, "cut.vmdk", "cut.vmdk");
            refused(store, "disk.raw.gz", "it is packed with gzip", "Unpack it first");
            refused(store, "disk.zst", "it is packed with zstd");
            refused(store, "disk.ova", "it is an archive");
            refused(store, "empty.raw", "empty.raw is no disk", "it has 0 octets");
            assertThat(store.list()).isEmpty();
            assertThat(imported(store, folder.resolve("odd.raw"), Optional.empty())
                            .details())
                    .anyMatch(note -> note.startsWith("the last 1 octets of "));
            imported(store, folder.resolve("disk.raw.gz"), Optional.of("raw"));
        }
    }

    @Test
    void aVmdkWhoseContentLiesInAFileOfItsOwnIsImportedByItsShortText() throws Exception {
        Path text = folder.resolve("flat.vmdk");
        run("qemu-img", "create", "-q", "-f", "vmdk", "-o", "subformat=monolithicFlat", text.toString(), "64M");
        Files.copy(raw(), folder.resolve("flat-flat.vmdk"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(Files.size(text)).isLessThan(512);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            assertThat(imported(store, text, Optional.empty()).text()).contains("(vmdk)");
            assertThat(store.open(store.find(new ImageName("vm"), 1).orElseThrow())
                            .diskBytes())
                    .isEqualTo(64 << 20);
        }
    }

    private Path fixedVhd(String name) throws IOException {
        Path vhd = folder.resolve(name);
        run(
                "qemu-img",
                "convert",
                "-f",
                "raw",
                "-O",
                "vpc",
                "-o",
                "subformat=fixed,force_size=on",
                raw().toString(),
                vhd.toString());
        return vhd;
    }

    /** Its length is in the footer, and in cylinders too, of which there are no halves. */
    @Test
    void aVhdByAnotherProgramIsAsLongAsItSays() throws Exception {
        Path vhd = fixedVhd("other.vhd");
        try (FileChannel file = FileChannel.open(vhd, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer footer = ByteBuffer.allocate(512);
            file.read(footer, file.size() - 512);
            footer.put(28, "vbox".getBytes(StandardCharsets.US_ASCII));
            footer.putShort(56, (short) 963)
                    .put(58, (byte) 8)
                    .put(59, (byte) 17)
                    .putInt(64, 0);
            int sum = 0;
            for (byte octet : footer.array()) {
                sum += octet & 0xff;
            }
            footer.putInt(64, ~sum);
            file.write(footer.rewind(), file.size() - 512);
        }
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            imported(store, vhd, Optional.empty());
            assertThat(store.open(store.find(new ImageName("vm"), 1).orElseThrow())
                            .diskBytes())
                    .isEqualTo(64 << 20);
        }
    }

    /** Its footer would be the disk's last sector, and the image too long for a disk of its own size. */
    @Test
    void aVhdOfFixedSizeIsNotTakenForARawDisk() throws IOException {
        Path vhd = fixedVhd("fixed.vhd");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            assertThat(imported(store, vhd, Optional.empty()).text()).contains("(vpc)");
            assertThat(store.open(store.find(new ImageName("vm"), 1).orElseThrow())
                            .diskBytes())
                    .isEqualTo(64 << 20);
        }
    }

    /** As large as the disk of a virtual machine, and the kernel held it: nobody missed the room but the next import. */
    @Test
    void whatAKilledServerHadUnpackedGoesAtTheNextStart() throws IOException {
        Path spool = folder.resolve("spool");
        Unpacked.sweep(spool);
        Path left = Unpacked.in(spool).file();
        Path other = Files.write(spool.resolve("00000007.pack"), new byte[100]);
        run("truncate", "-s", "1M", left.toString());
        LoopDevice held = LoopDevice.attach(left, 512, Access.READ);
        Unpacked.sweep(spool);
        assertThat(left).doesNotExist();
        assertThat(other).exists();
        assertThat(Tool.run(List.of(
                                "losetup",
                                "--list",
                                "--noheadings",
                                "--output",
                                "BACK-FILE",
                                held.node().toString()))
                        .output())
                .doesNotContain("import-");
    }
}
