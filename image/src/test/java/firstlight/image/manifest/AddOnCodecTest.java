package firstlight.image.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.extents.Extents;
import firstlight.model.Bytes;
import firstlight.testkit.CodecLaws;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AddOnCodecTest {
    private static final FileAttributes PLAIN =
            new FileAttributes(0644, 0, 0, Instant.parse("2026-11-28T01:00:00.123456789Z"), new TreeMap<>());
    private static final Content.Blocks CONTENT = content();

    private static Content.Blocks content() {
        ChunkTable.Builder chunks = new ChunkTable.Builder(1);
        chunks.set(0, ChunkId.of(new byte[] {1}, 0, 1));
        return new Content.Blocks(Content.Method.RAW, Extents.of(0, 1024), chunks.build());
    }

    private static AddOn sample() {
        FileAttributes odd = new FileAttributes(
                07755,
                0xFFFF_FFFFL,
                1000,
                Instant.parse("1901-12-13T20:45:52.5Z"),
                new TreeMap<>(Map.of("user.colour", Bytes.of((byte) 1), "security.capability", Bytes.EMPTY)));
        Extents data =
                new Extents.Builder().add(0, 7).add(1L << 33, (1L << 33) + 600).build();
        return new AddOn(
                PartitionChoice.of("label=DATA"),
                List.of("etc/old", "usr/gone"),
                List.of(
                        new AddOnEntry.Folder("etc", odd, true),
                        new AddOnEntry.Plain("etc/empty", PLAIN, 0, Extents.NONE, 1024),
                        new AddOnEntry.Plain("etc/sparse ö", odd, 1L << 34, data, 100),
                        new AddOnEntry.Link("etc-link", PLAIN, "../etc"),
                        new AddOnEntry.Special("pipe", PLAIN, AddOnEntry.Special.Kind.FIFO, 0, 0),
                        new AddOnEntry.Special("sda", PLAIN, AddOnEntry.Special.Kind.BLOCK, 8, 0),
                        new AddOnEntry.Twin("twin", "etc/sparse ö")),
                CONTENT);
    }

    @Test
    void theTableOfFilesKeepsTheLawsOfACodec() {
        new CodecLaws<AddOn>(
                        octets -> {
                            try {
                                return AddOnCodec.decode(PartitionChoice.of("label=DATA"), ByteBuffer.wrap(octets));
                            } catch (IllegalArgumentException
                                    | BufferUnderflowException
                                    | ArithmeticException
                                    | DateTimeException bad) {
                                throw new UncheckedIOException("malformed: " + bad, new IOException(bad));
                            }
                        },
                        addOn -> {
                            ByteArrayOutputStream out = new ByteArrayOutputStream();
                            AddOnCodec.encode(addOn, out);
                            return out.toByteArray();
                        },
                        UncheckedIOException.class)
                .hold(sample());
    }

    @Test
    void anAddOnSurvivesItsManifestAndNamesItsChunks() throws Exception {
        Manifest manifest = Manifest.of(Instant.EPOCH, "test", sample(), List.of("a note"));
        byte[] octets = ManifestCodec.encode(manifest);
        assertThat(ManifestCodec.decode(octets)).isEqualTo(manifest);
        new CodecLaws<>(AddOnCodecTest::decode, ManifestCodec::encode, UncheckedIOException.class).hold(manifest);

        var asked = new ArrayList<ChunkId>();
        manifest.forEachChunk(asked::add);
        assertThat(asked).containsExactly(ChunkId.of(new byte[] {1}, 0, 1));
        assertThat(manifest.usedBytes()).isEqualTo(607);
        assertThat(manifest.kind()).isEqualTo(ImageKind.ADD_ON);
        assertThatThrownBy(manifest::base).hasMessageContaining("add-on image").hasMessageContaining("--add-on");
    }

    @Test
    void aProgramThatKnowsDisksAloneIsToldByTheVersion() {
        assertThat(ByteBuffer.wrap(ManifestCodec.encode(Manifest.of(Instant.EPOCH, "test", sample(), List.of())))
                        .getInt(8))
                .isEqualTo(2);
        assertThat(ByteBuffer.wrap(ManifestCodec.encode(new Manifest(Instant.EPOCH, "test", List.of(), List.of())))
                        .getInt(8))
                .isEqualTo(1);
    }

    private static Manifest decode(byte[] octets) {
        try {
            return ManifestCodec.decode(octets);
        } catch (ImageFailure failure) {
            throw new UncheckedIOException(failure.getMessage(), failure);
        }
    }

    private static void refused(String why, AddOnEntry... entries) {
        assertThatThrownBy(() -> new AddOn(PartitionChoice.SYSTEM, List.of(), List.of(entries), CONTENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @Test
    void filesThatWouldLeadElsewhereAreRefused() {
        assertThatThrownBy(() -> new AddOnEntry.Folder("../etc", PLAIN, false)).hasMessageContaining("leads out");
        assertThatThrownBy(() -> new AddOnEntry.Folder("/etc", PLAIN, false)).hasMessageContaining("no file's path");
        assertThatThrownBy(() -> new AddOnEntry.Folder("a/./b", PLAIN, false)).hasMessageContaining("no file's path");
        assertThatThrownBy(() -> new AddOnEntry.Folder("x".repeat(256), PLAIN, false))
                .hasMessageContaining("255 octets");
        refused("lies below 'a'", new AddOnEntry.Link("a", PLAIN, "/etc"), new AddOnEntry.Folder("a/b", PLAIN, false));
        refused("comes after", new AddOnEntry.Folder("a", PLAIN, false), new AddOnEntry.Folder("a", PLAIN, false));
        refused("no file in it", new AddOnEntry.Twin("a", "b"));
        refused("end of the content", new AddOnEntry.Plain("a", PLAIN, 10, Extents.of(0, 10), 1015));
    }

    @Test
    void pathsAreReadInTheFormsInWhichPeopleWriteThem() {
        assertThat(TreePath.of("./etc//motd/")).isEqualTo("etc/motd");
        assertThat(TreePath.of("/etc/motd")).isEqualTo("etc/motd");
        assertThat(TreePath.of("/")).isEmpty();
        assertThat(TreePath.of("a..b/..c")).isEqualTo("a..b/..c");
        assertThatThrownBy(() -> TreePath.of("etc/../../x")).hasMessageContaining("leads out of the folder");
        assertThat(List.of("a", "a/b", "a b")).isSortedAccordingTo(TreePath.ORDER);
    }

    @Test
    void aPartitionIsChosenInWordsThatMakeSenseOnEveryPc() {
        for (String text : List.of("system", "esp", "3", "label=My Data")) {
            assertThat(PartitionChoice.of(text)).hasToString(text);
        }
        assertThat(PartitionChoice.of("")).isEqualTo(PartitionChoice.SYSTEM);
        for (String text : List.of("/dev/sda1", "0", "label=", "Esp")) {
            assertThatThrownBy(() -> PartitionChoice.of(text)).hasMessageContaining("is no partition");
        }
    }
}
