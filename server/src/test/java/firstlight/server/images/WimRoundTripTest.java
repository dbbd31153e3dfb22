package firstlight.server.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Progress;
import firstlight.image.capture.IfUnreadable;
import firstlight.image.disk.Tool;
import firstlight.image.files.FileDifference;
import firstlight.image.files.ImageVolumes;
import firstlight.image.files.MountedTree;
import firstlight.image.files.WimExport;
import firstlight.image.luks.Passphrases;
import firstlight.image.manifest.Manifest;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.VersionNotes;
import firstlight.server.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From an image to a Windows image file and back; wimlib, reading the source itself, is the judge. Needs root. */
class WimRoundTripTest {
    private static final VersionNotes.Entry ENTRY =
            new VersionNotes.Entry(Instant.parse("2026-11-28T05:00:00Z"), "ann", "imported");

    /** Streams, a junction, hard links, a sparse file, names that only NTFS takes, attributes, a short name, an old time. */
    private static final String TREE = """
            set -e; cd "$1"; truncate -s 60M ntfs; mkntfs -q -F -Q -L Windows ntfs
            mkdir m; ntfs-3g -o streams_interface=windows ntfs m; cd m
            mkdir -p Windows/System32 'Program Files/ä ö 日本 😀' ProgramData All empty
            echo main > Windows/a.txt; echo hidden > Windows/a.txt:stream; echo folder > 'ProgramData:of a folder'
            head -c 200000 /dev/urandom > Windows/a.txt:large; ln Windows/a.txt 'Program Files/second name'
            ln 'Program Files/second name' ProgramData/third; : > "name with #%&() and ' quote"
            head -c 3000000 /dev/urandom > 'Program Files/ä ö 日本 😀/large'; cp -r /usr/share/common-licenses Windows/
            printf %0255d 1 > "$(printf %0255d 1)"; truncate -s 20M sparse; echo end >> sparse
            touch -d '1999-12-31 23:59:59.1234567' Windows/System32
            setfattr -h -n system.ntfs_attrib -v 0x27000000 'Windows/common-licenses/GPL-3'
            echo page > pagefile.sys; mkdir 'System Volume Information'
            cd ..; umount m; ntfs-3g -o streams_interface=xattr ntfs m; trap 'umount m' EXIT
            setfattr -n system.ntfs_dos_name -v PROGRA~1 'm/Program Files'
            python3 - <<'END'
            import os, struct
            there, shown = '\\\\??\\\\C:\\\\ProgramData'.encode('utf-16le'), 'C:\\\\ProgramData'.encode('utf-16le')
            data = struct.pack('<HHHH', 0, len(there), len(there) + 2, len(shown)) + there + b'\\0\\0' + shown + b'\\0\\0'
            os.setxattr('m/All', 'system.ntfs_reparse_data', struct.pack('<IHH', 0xA0000003, len(data), 0) + data)
            END
            """;

    @TempDir
    Path folder;

    private static String run(String... command) throws IOException {
        Tool tool = Tool.run(List.of(command));
        assertThat(tool.exit()).as(tool.output()).isZero();
        return tool.output();
    }

    /** All that a WIM tells of its files, but for where in it they lie and which number their links share. */
    private static String told(Path wim) throws IOException {
        return run("wimdir", "--detailed", wim.toString())
                .lines()
                .filter(line -> !line.matches("(Offset in WIM|Compressed size|Reference Count|Link Group ID|Flags).*"))
                .collect(Collectors.joining("\n"));
    }

    private WimExport.Written exported(ImageStore store, Manifest manifest, String partition, Path wim)
            throws IOException {
        try (ImageVolumes volumes = ImageVolumes.of(manifest, store.source(), Passphrases.NONE)) {
            return WimExport.write(volumes.find(partition), "windows", "version 1", wim, Progress.SILENT);
        }
    }

    private static Manifest open(ImageStore store, String name) throws IOException {
        return store.open(store.find(new ImageName(name), 1).orElseThrow());
    }

    @Test
    void anImageBecomesAWindowsImageFileAndThatAnImageAgainWithEveryFileTheSame() throws IOException {
        run("sh", "-c", TREE, "sh", folder.toString());
        Path source = folder.resolve("ntfs");
        Path direct = folder.resolve("direct.wim");
        Path wim = folder.resolve("out/first.wim");
        Path again = folder.resolve("out/second.wim");
        Files.createDirectories(folder.resolve("out"));
        run("wimcapture", source.toString(), direct.toString(), "windows");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            new DiskImport(
                            source,
                            new ImageName("first"),
                            Optional.of("raw"),
                            512,
                            IfUnreadable.STOP,
                            new Vault(folder),
                            folder.resolve("scratch"))
                    .run(store, ENTRY, Progress.SILENT);
            Manifest first = open(store, "first");
            WimExport.Written written = exported(store, first, "disk1", wim);
            assertThat(written.octets()).isEqualTo(Files.size(wim));
            assertThat(written.notes()).isEmpty();
            assertThat(told(wim)).isEqualTo(told(direct));
            assertThat(told(wim))
                    .contains("Named data stream \"large\"", "PROGRA~1", "Reparse", "third", "日本")
                    .doesNotContain("pagefile.sys", "System Volume Information");
            assertThat(run("wiminfo", wim.toString())).contains("windows", "version 1", "Integrity info");

            new WimImport(wim, new ImageName("second"), Optional.empty(), Optional.empty(), folder.resolve("scratch"))
                    .run(store, ENTRY, Progress.SILENT);
            Manifest second = open(store, "second");
            exported(store, second, "1", again);
            assertThat(told(again)).isEqualTo(told(direct));
            assertThat(differences(store, first, second))
                    .containsExactly("REMOVED /System Volume Information", "REMOVED /pagefile.sys");

            assertThatThrownBy(() -> exported(store, second, "1", wim)).hasMessageContaining("is there already");
            assertThat(folder.resolve("out").toFile().list()).containsExactlyInAnyOrder("first.wim", "second.wim");
        }
    }

    private static List<String> differences(ImageStore store, Manifest one, Manifest other) throws IOException {
        List<String> changes = new ArrayList<>();
        try (ImageVolumes before = ImageVolumes.of(one, store.source(), Passphrases.NONE);
                ImageVolumes now = ImageVolumes.of(other, store.source(), Passphrases.NONE);
                MountedTree old = before.mount(before.find("disk1"));
                MountedTree tree = now.mount(now.find("1"))) {
            FileDifference.between(old.root(), tree.root(), change -> changes.add(change.kind() + " " + change.path()));
        }
        return changes;
    }

    @Test
    void whatIsNoNtfsOrCannotBeWrittenIsSaidAndLeavesNothing() throws IOException {
        Path ext = folder.resolve("ext");
        run("sh", "-c", "truncate -s 16M '%s'; mkfs.ext4 -q '%s'".formatted(ext, ext));
        Path full = Files.createDirectories(folder.resolve("full"));
        Path ntfs = folder.resolve("big");
        run("sh", "-c", """
                truncate -s 30M '%1$s'; mkntfs -q -F -Q '%1$s'; head -c 9000000 /dev/urandom > '%2$s/data'
                ntfscp -q '%1$s' '%2$s/data' data; mount -t tmpfs -o size=4m tmpfs '%3$s'
                """.formatted(ntfs, folder, full));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            for (Path disk : List.of(ext, ntfs)) {
                new DiskImport(
                                disk,
                                new ImageName(disk.getFileName().toString()),
                                Optional.of("raw"),
                                512,
                                IfUnreadable.STOP,
                                new Vault(folder),
                                folder.resolve("scratch"))
                        .run(store, ENTRY, Progress.SILENT);
            }
            assertThatThrownBy(() -> exported(store, open(store, "ext"), "disk1", folder.resolve("a.wim")))
                    .hasMessageContaining("it holds ext4, and a WIM holds files of NTFS");
            assertThatThrownBy(() -> exported(store, open(store, "big"), "disk1", full.resolve("a.wim")))
                    .hasMessageContaining("cannot be written")
                    .hasMessageContaining("No space left");
            assertThat(full.toFile().list()).isEmpty();
        } finally {
            run("umount", full.toString());
        }
    }
}
