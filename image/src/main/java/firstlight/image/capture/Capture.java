package firstlight.image.capture;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.chunk.ChunkSink;
import firstlight.image.manifest.Manifest;
import java.io.IOException;
import java.util.List;

/**
 * Takes an image of disks. Nothing is written to them. When it returns, every chunk has been put into the sink; the
 * manifest still has to be published.
 */
public final class Capture {
    private final ChunkSink sink;
    private final int threads;
    private final String maker;

    /**
     * @param threads how many read, hash, compress and send at once; each takes about 10 MB of memory
     * @param maker the program and version that the manifest names
     */
    public Capture(ChunkSink sink, int threads, String maker) {
        this.sink = sink;
        this.threads = threads;
        this.maker = maker;
    }

    /** @throws firstlight.image.ImageFailure when a disk cannot be read or the sink refuses */
    public Captured capture(List<Disk> disks, Progress progress) throws IOException {
        if (!disks.isEmpty()) {
            throw new IOException("the capture pipeline lands next: " + sink + threads + progress);
        }
        Manifest manifest = new Manifest(java.time.Instant.EPOCH, maker, List.of(), List.of());
        java.time.Duration none = java.time.Duration.ZERO;
        return new Captured(
                manifest,
                new CaptureSummary(0, 0, 0, 0, none, new CaptureSummary.Stages(none, none, none, none), List.of()));
    }

    public record Captured(Manifest manifest, CaptureSummary summary) {}
}
