package firstlight.image.store;

import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSink;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Unpacks and hashes each chunk before it passes it on. */
final class VerifyingSink implements ChunkSink, AutoCloseable {
    private final ChunkSink sink;

    /** Those that nobody uses just now, as many as were ever used at once: to make one anew takes longer than to verify a chunk. */
    private final Queue<ChunkCodec> idle = new ConcurrentLinkedQueue<>();

    VerifyingSink(ChunkSink sink) {
        this.sink = sink;
    }

    @Override
    public BitSet missing(List<ChunkId> ids) throws IOException {
        return sink.missing(ids);
    }

    @Override
    public void put(List<ChunkFrame> frames) throws IOException {
        ChunkCodec known = idle.poll();
        ChunkCodec codec = known == null ? new ChunkCodec(1) : known;
        try {
            for (ChunkFrame frame : frames) {
                codec.check(frame.id(), frame.frame());
            }
        } finally {
            idle.add(codec);
        }
        sink.put(frames);
    }

    /** Call when nobody puts any more. */
    @Override
    public void close() {
        for (ChunkCodec codec = idle.poll(); codec != null; codec = idle.poll()) {
            codec.close();
        }
    }
}
