package firstlight.image.restore;

import firstlight.image.DiskFailure;
import firstlight.image.work.CellBatch;
import firstlight.image.work.Meter;
import firstlight.image.work.Workers;
import java.io.IOException;
import java.util.List;

/** One thread that reads back what was written. */
final class VerifyWorker implements Workers.Worker<CellBatch> {
    /** One chunk of so many is read once more, and at most {@link #ONCE_MORE}: a moment, and no large place is overlooked. */
    private static final int OF_SO_MANY = 64;

    private static final int ONCE_MORE = 512;

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
                    throw differs(batch, i, "reads back differently");
                }
                if (!target.isDone(batch.firstIndex() + i)) {
                    target.setDone(batch.firstIndex() + i);
                    stages.verified.add(batch.range().usedIn(batch.cells()[i]));
                }
            }
        }
        meter.add(batch.usedBytes());
    }

    /**
     * Reads some of what was found right once more, after all was written: a disk that lies about its size, or that mistakes places, has
     * written over it since.
     */
    static void again(List<Target> targets, RestoreStages stages) throws IOException {
        Comparison comparison = new Comparison();
        long now = System.nanoTime();
        int chunks = targets.stream().mapToInt(target -> target.chunks().size()).sum();
        for (CellBatch one : Comparison.spread(targets, Math.clamp(chunks / OF_SO_MANY, 1, ONCE_MORE))) {
            if (!comparison.stillMatches(targets.get(one.region()), one)) {
                throw differs(
                        one,
                        0,
                        "was written, read back and found right, and has changed since: the disk may be smaller than it says");
            }
        }
        stages.verify.since(now);
    }

    private static DiskFailure differs(CellBatch batch, int cell, String how) {
        return new DiskFailure(
                batch.range().disk().name(),
                "The disk does not hold what was written to it",
                batch.range().name() + ": the chunk at offset " + (batch.range().start() + batch.start(cell)) + " "
                        + how,
                "Replace the disk, or check the PC's memory and cables; what was restored is not to be used");
    }

    /** Read back behind the writing already, or found there before: not read again. */
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
