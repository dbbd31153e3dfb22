package firstlight.image.view;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Region;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ImageDiskTest {
    /** A server whose store has a chunk damaged, and that gets it from another one when it is told so. */
    private record Healing(ChunkFrame whole) implements ChunkSource {
        @Override
        public List<byte[]> get(List<ChunkId> ids) {
            byte[] damaged = whole.frame().clone();
            damaged[damaged.length / 2] ^= 1;
            return ids.stream().map(_ -> damaged).toList();
        }

        @Override
        public byte[] again(ChunkId damaged) {
            return whole.frame();
        }
    }

    @Test
    void aChunkThatComesDamagedIsAskedForOnceMore() throws IOException {
        byte[] content = new byte[Chunk.SIZE];
        new Random(1).nextBytes(content);
        ChunkFrame frame;
        try (ChunkCodec codec = new ChunkCodec(1)) {
            frame = codec.pack(ChunkId.of(content, 0, content.length), content, 0, content.length);
        }
        ChunkTable.Builder chunks = new ChunkTable.Builder(1);
        chunks.set(0, frame.id());
        Content blocks = new Content.Blocks(Content.Method.RAW, Extents.of(0, Chunk.SIZE), chunks.build());
        Region region = new Region(0, 0, Chunk.SIZE, "", blocks);
        ByteBuffer read = ByteBuffer.allocate(Chunk.SIZE);
        try (ImageDisk disk = ImageDisk.of("image", region, 512, new Healing(frame))) {
            disk.read(0, read);
        }
        assertThat(read.array()).isEqualTo(content);
    }
}
