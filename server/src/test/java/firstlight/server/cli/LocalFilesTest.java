package firstlight.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Progress;
import firstlight.image.capture.IfUnreadable;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.disk.Tool;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.StoreReader;
import firstlight.image.store.VersionNotes;
import firstlight.image.table.TableSectors;
import firstlight.server.images.DiskImport;
import firstlight.server.operator.OperatorError;
import firstlight.server.vault.Vault;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Images of which one partition cannot be read. Needs root. */
class LocalFilesTest {
    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");

    @TempDir
    private Path data;

    /** Says that it is an NTFS, and is none. */
    private static DiskImage damaged(ImageStore store, int seed) throws IOException {
        byte[] content = new byte[Chunk.SIZE];
        System.arraycopy("NTFS    ".getBytes(StandardCharsets.US_ASCII), 0, content, 3, 8);
        content[510] = 0x55;
        content[511] = (byte) 0xAA;
        content[1000] = (byte) seed;
        ChunkId id = ChunkId.of(content, 0, content.length);
        try (ChunkCodec codec = new ChunkCodec(1)) {
            store.sink().put(List.of(codec.pack(id, content, 0, content.length)));
        }
        ChunkTable.Builder chunks = new ChunkTable.Builder(1);
        chunks.set(0, id);
        Content blocks = new Content.Blocks(Content.Method.RAW, Extents.of(0, Chunk.SIZE), chunks.build());
        return new DiskImage(Chunk.SIZE, 512, TableSectors.NONE, List.of(new Region(0, 0, Chunk.SIZE, "", blocks)));
    }

    private DiskImage ext4(ImageStore store, String name, String... files) throws IOException {
        Path content = Files.createDirectories(data.resolve("content-" + name));
        for (String file : files) {
            Path made = content.resolve(file);
            Files.createDirectories(made.resolveSibling(""));
            Files.writeString(made, name);
        }
        Path disk = data.resolve(name + ".disk");
        Tool made = Tool.run(List.of(
                "sh",
                "-c",
                "truncate -s 8M \"$1\"; mkfs.ext4 -q -d \"$2\" \"$1\"",
                "sh",
                disk.toString(),
                content.toString()));
        assertThat(made.exit()).as(made.output()).isZero();
        ImageName image = new ImageName("from-" + name);
        new DiskImport(
                        disk,
                        image,
                        Optional.of("raw"),
                        512,
                        IfUnreadable.STOP,
                        new Vault(data),
                        data.resolve("scratch"))
                .run(store, new VersionNotes.Entry(NOW, "ann", "imported"), Progress.SILENT);
        return store.open(store.find(image, 1).orElseThrow()).disks().getFirst();
    }

    private static void publish(ImageStore store, String image, DiskImage... disks) throws IOException {
        store.publish(new ImageName(image), new Manifest(NOW, "test", List.of(disks), List.of()));
    }

    private LocalStore local(StringWriter told) {
        CommandLine command = new CommandLine(new ImageCatCommand()).setErr(new PrintWriter(told));
        return new LocalStore(data, command.getCommandSpec());
    }

    @Test
    void aVersionIsNamedByItsTagToo() throws Exception {
        try (ImageStore store = DiskStore.open(data.resolve("images"))) {
            for (int seed = 1; seed <= 3; seed++) {
                publish(store, "win11", damaged(store, seed));
            }
            ImageVersion second = store.find(new ImageName("win11"), 2).orElseThrow();
            store.change(second, notes -> notes.withTags(Set.of("golden")));
        }
        LocalStore local = local(new StringWriter());
        try (StoreReader store = local.open()) {
            assertThat(local.find(store, "win11@golden").name()).isEqualTo("win11 version 2");
            assertThat(local.find(store, "win11@1").name()).isEqualTo("win11 version 1");
            assertThat(local.find(store, "win11@latest").name()).isEqualTo("win11 version 3");
            assertThat(local.find(store, "win11").name()).isEqualTo("win11 version 3");
            assertThatThrownBy(() -> local.find(store, "win11@silver")).hasMessage("there is no image 'win11@silver'");
        }
    }

    @Test
    void aPartitionThatCannotBeReadKeepsNobodyFromTheSystemBehindIt() throws Exception {
        try (ImageStore store = DiskStore.open(data.resolve("images"))) {
            DiskImage damaged = damaged(store, 1);
            publish(store, "linux", damaged, ext4(store, "system", "etc/fstab", "etc/hosts"));
            publish(store, "data", damaged, ext4(store, "photos", "anna"));
            publish(store, "broken", damaged, damaged(store, 2));
        }
        StringWriter told = new StringWriter();
        List<String> read = new ArrayList<>();
        LocalFiles.tree(
                local(told),
                "linux",
                "/etc/hosts",
                (tree, volume, path) -> read.add(
                        volume.name() + ": " + Files.readString(tree.root().resolve("etc/hosts"))));
        assertThat(read).containsExactly("disk2: system");
        assertThat(told.toString())
                .as("it may be another system than the one that was meant")
                .contains("partition disk1: The files of partition disk1 cannot be read: ", "ntfs-3g");

        assertThatThrownBy(() -> LocalFiles.tree(local(told), "data", "/anna", (_, _, _) -> read.add("data")))
                .isInstanceOfSatisfying(
                        OperatorError.class,
                        error -> assertThat(error.text())
                                .contains("it is not clear in which partition '/anna' is, and not all can be read"));
        assertThatThrownBy(() -> LocalFiles.tree(local(told), "broken", "/x", (_, _, _) -> read.add("broken")))
                .isInstanceOfSatisfying(
                        OperatorError.class,
                        error -> assertThat(error.text())
                                .contains("The files of partition disk1 cannot be read: ", "ntfs-3g"));
        assertThat(read).hasSize(1);
    }

    @Test
    void theDifferenceOfWhatCanBeReadIsToldThoughAPartitionCannot() throws Exception {
        try (ImageStore store = DiskStore.open(data.resolve("images"))) {
            publish(store, "linux", damaged(store, 1), ext4(store, "before", "etc/fstab"));
            publish(store, "linux", damaged(store, 2), ext4(store, "now", "etc/fstab", "etc/new"));
        }
        StringWriter out = new StringWriter();
        StringWriter told = new StringWriter();
        assertThat(diff(out, told)).isEqualTo(1);
        assertThat(out.toString()).contains("disk2:/etc/new");
        assertThat(told.toString()).contains("not compared to the end: partition disk1 (");
    }

    private int diff(StringWriter out, StringWriter told) {
        return new CommandLine(new ImageCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(told))
                .setExecutionExceptionHandler((failure, _, _) -> {
                    told.append(failure instanceof OperatorError error ? error.text() : failure.toString());
                    return 1;
                })
                .execute("diff", "linux@1", "linux@2", "--files", "--data", data.toString());
    }

    /** Random octets, which a frame holds as they are. */
    private byte[] big(String name) throws IOException {
        byte[] octets = new byte[4 * Chunk.SIZE];
        new Random(1).nextBytes(octets);
        Path folder = Files.createDirectories(data.resolve("content-" + name).resolve("etc"));
        Files.write(folder.resolve("big"), octets);
        return octets;
    }

    /** In the middle of the file. */
    private void damage(byte[] big) throws IOException {
        byte[] within = Arrays.copyOfRange(big, big.length / 2, big.length / 2 + 32);
        String wanted = new String(within, StandardCharsets.ISO_8859_1);
        try (Stream<Path> files = Files.walk(data.resolve("images"))) {
            for (Path pack :
                    files.filter(each -> each.toString().endsWith(".pack")).toList()) {
                byte[] octets = Files.readAllBytes(pack);
                int at = new String(octets, StandardCharsets.ISO_8859_1).indexOf(wanted);
                if (at >= 0) {
                    octets[at] ^= 1;
                    Files.write(pack, octets);
                    return;
                }
            }
        }
        throw new AssertionError("the file's content is in no pack");
    }

    @Test
    void theDifferenceIsToldUpToAFileThatCannotBeRead() throws Exception {
        byte[] big = big("before");
        big("now");
        // Else both may be of one second, and what is alike by its times is not read.
        Files.setLastModifiedTime(data.resolve("content-now/etc/big"), FileTime.fromMillis(86_400_000));
        try (ImageStore store = DiskStore.open(data.resolve("images"))) {
            publish(store, "linux", ext4(store, "before", "bin/old"));
            publish(store, "linux", ext4(store, "now", "bin/new"));
        }
        damage(big);
        StringWriter out = new StringWriter();
        StringWriter told = new StringWriter();
        assertThat(diff(out, told)).isEqualTo(1);
        assertThat(out.toString()).contains("disk1:/bin/new", "disk1:/bin/old");
        assertThat(told.toString())
                .contains(
                        "not compared to the end: partition disk1 (", "Input/output error", "firstlight image verify");
    }
}
