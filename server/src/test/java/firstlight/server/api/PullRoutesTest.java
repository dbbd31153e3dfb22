package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkWire;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What another server is given of the chunks that it asks for. */
class PullRoutesTest {
    @TempDir
    private Path folder;

    private static ChunkFrame frame(String text) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        try (ChunkCodec codec = new ChunkCodec(1)) {
            return codec.pack(ChunkId.of(content, 0, content.length), content, 0, content.length);
        }
    }

    @Test
    void whatIsNotHereIsLeftOutAndAStoreThatCannotBeReadBreaksTheAnswerOff() throws IOException {
        ChunkFrame here = frame("here");
        List<ChunkId> asked = List.of(frame("absent").id(), here.id());
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        ImageStore store = DiskStore.open(folder);
        try (store) {
            store.sink().put(List.of(here));
            PullRoutes.write(store, asked, answer);
            assertThat(ChunkWire.readPut(new ByteArrayInputStream(answer.toByteArray()))
                            .orElseThrow()
                            .id())
                    .isEqualTo(here.id());
        }
        // Its packs are closed now: as with an S3 server that answers 503, nobody can say what is in them.
        assertThatThrownBy(() -> PullRoutes.write(store, asked, answer)).isInstanceOf(IOException.class);
    }
}
