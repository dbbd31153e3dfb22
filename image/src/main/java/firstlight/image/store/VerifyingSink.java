package firstlight.image.store;

import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSink;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/** Unpacks and hashes each chunk before it passes it on. */
record VerifyingSink(ChunkSink sink) implements ChunkSink {
    @Override
    public BitSet missing(List<ChunkId> ids) throws IOException {
        return sink.missing(ids);
    }

    @Override
    public void put(List<ChunkFrame> frames) throws IOException {
        try (ChunkCodec codec = new ChunkCodec(1)) {
            for (ChunkFrame frame : frames) {
                codec.check(frame.id(), frame.frame());
            }
        }
        sink.put(frames);
    }
}
