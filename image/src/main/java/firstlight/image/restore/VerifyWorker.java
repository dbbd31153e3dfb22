package firstlight.image.restore;

import firstlight.image.DiskFailure;
import firstlight.image.chunk.Chunk;
import firstlight.image.work.CellBatch;
import firstlight.image.work.Meter;
import firstlight.image.work.Workers;
import java.io.IOException;
import java.util.List;

/** One thread that reads back what was written. */
final class VerifyWorker implements Workers.Worker<CellBatch> {
    private final List<Target> targets;
    private final Meter meter;
    private final RestoreStages stages;
    private final Comparison comparison = new Comparison();

    VerifyWorker(List<Target> targets, Meter meter, RestoreStages stages) {
        this.targets = targets;
        this.meter = meter;
        this.stages = stages;
    }

    @Override
    public void work(CellBatch batch) throws IOException {
        Target target = targets.get(batch.region());
        if (!allDone(target, batch)) {
            long now = System.nanoTime();
            boolean[] matches = comparison.matchesWritten(target, batch);
            stages.verify.since(now);
            for (int i = 0; i < matches.length; i++) {
                if (!matches[i]) {
                    throw new DiskFailure(
                            batch.range().disk().name(),
                            "The disk does not hold what was written to it",
                            batch.range().name() + ": the chunk at offset "
                                    + (batch.range().start() + batch.cells()[i] * Chunk.SIZE)
                                    + " reads back differently",
                            "Replace the disk, or check the PC's memory and cables; the disk has no partition table");
                }
                if (!target.isDone(batch.firstIndex() + i)) {
                    stages.verified.add(batch.range().usedIn(batch.cells()[i]));
                }
            }
        }
        meter.add(batch.usedBytes());
    }

    private static boolean allDone(Target target, CellBatch batch) {
        for (int i = 0; i < batch.cells().length; i++) {
            if (!target.isDone(batch.firstIndex() + i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        // holds nothing that outlives it
    }
}
