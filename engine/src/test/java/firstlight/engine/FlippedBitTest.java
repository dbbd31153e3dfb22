package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.engine.FlakyServer.Answer;
import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSink;
import firstlight.image.chunk.ChunkWire;
import firstlight.image.chunk.DamagedChunk;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.manifest.Manifest;
import firstlight.image.restore.Restore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bit that flips before TLS guards it, as in a server's memory: over a real connection, into a real restore. */
class FlippedBitTest {
    private static final int CELL = 256 << 10;

    @TempDir
    private Path folder;

    /** The second of its four cells is noise, all else zeros: one chunk to fetch. */
    private final byte[] content = new byte[4 * CELL];

    private final List<ChunkFrame> stored = new ArrayList<>();
    private Manifest manifest;

    @BeforeEach
    void anImageOfABareDisk() throws IOException {
        byte[] noise = new byte[CELL];
        new Random(7).nextBytes(noise);
        System.arraycopy(noise, 0, content, CELL, CELL);
        Path source = Files.write(folder.resolve("source"), content);
        ChunkSink sink = new ChunkSink() {
            @Override
            public BitSet missing(List<ChunkId> ids) {
                BitSet all = new BitSet();
                all.set(0, ids.size());
                return all;
            }

            @Override
            public void put(List<ChunkFrame> frames) {
                stored.addAll(frames);
            }
        };
        try (Disk disk = DiskFile.open(source, 512, Access.READ)) {
            manifest = new Capture(sink, 1, "test")
                    .capture(List.of(disk), Progress.SILENT)
                    .manifest();
        }
        assertThat(stored).hasSize(1);
    }

    private Answer answer(boolean flipped) throws IOException {
        byte[] frame = stored.getFirst().frame().clone();
        if (flipped) {
            frame[frame.length / 2] ^= 0x10;
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        ChunkWire.writeGet(body, List.of(frame));
        return new Answer(200, body.toByteArray());
    }

    private Path restore(FlakyServer server) throws IOException {
        Path target = Files.write(folder.resolve("target"), new byte[content.length]);
        try (Disk disk = DiskFile.open(target, 512, Access.READ_WRITE)) {
            new Restore(new RemoteChunks(server.exchange(server.pin())), 1)
                    .restore(manifest, List.of(disk), Progress.SILENT);
        }
        return target;
    }

    @Test
    void aChunkThatCameWithAFlippedBitIsAskedForAgainAndTheDiskIsRight() throws Exception {
        try (FlakyServer server = new FlakyServer(folder, answer(true), answer(false))) {
            assertThat(Arrays.equals(Files.readAllBytes(restore(server)), content))
                    .isTrue();
            assertThat(server.requests.stream().map(FlakyServer.Request::line))
                    .containsExactly("POST /engine/chunks/get HTTP/1.1", "POST /engine/chunks/again HTTP/1.1");
        }
    }

    @Test
    void oneThatStaysWrongFailsTheRestoreByItsName() throws Exception {
        try (FlakyServer server = new FlakyServer(folder, answer(true), answer(true))) {
            assertThatThrownBy(() -> restore(server))
                    .isInstanceOf(DamagedChunk.class)
                    .hasMessageContaining(stored.getFirst().id().toString());
        }
    }
}
