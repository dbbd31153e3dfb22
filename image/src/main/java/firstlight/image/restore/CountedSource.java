package firstlight.image.restore;

import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSource;
import java.io.IOException;
import java.util.List;

/** Counts what a tool that looks into the image fetches, and how long it waits for that. */
record CountedSource(ChunkSource source, RestoreStages stages) implements ChunkSource {
    @Override
    public List<byte[]> get(List<ChunkId> ids) throws IOException {
        long begun = System.nanoTime();
        List<byte[]> frames = source.get(ids);
        stages.fetch.since(begun);
        frames.forEach(frame -> stages.fetched.add(frame.length));
        return frames;
    }

    @Override
    public byte[] again(ChunkId damaged) throws IOException {
        long begun = System.nanoTime();
        byte[] frame = source.again(damaged);
        stages.fetch.since(begun);
        stages.fetched.add(frame.length);
        return frame;
    }
}
