package firstlight.image.restore;

import firstlight.image.Progress;
import firstlight.image.work.CellBatch;
import firstlight.image.work.CellCursor;
import firstlight.image.work.Meter;
import firstlight.image.work.Workers;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/** Reads back what was written. What differs is a {@link firstlight.image.DiskFailure}. */
record Verification(int threads, RestoreStages stages) {
    /** @return how much it was, when not all was to be read */
    Optional<RestoreSummary.Sampled> of(List<Target> targets, ReadBack much, Progress progress) throws IOException {
        if (much == ReadBack.SAMPLED) {
            return Optional.of(some(Sample.of(targets), targets, progress));
        }
        all(targets, progress);
        return Optional.empty();
    }

    /** Throws the first that differs; other threads end soon then. */
    void all(List<Target> targets, Progress progress) throws IOException {
        CellCursor cursor = new CellCursor(targets.stream().map(Target::range).toList());
        Meter meter = new Meter(progress, Progress.Phase.VERIFYING, cursor.usedBytes());
        Workers.run(threads, "verify", cursor, () -> new VerifyWorker(targets, meter, stages));
        meter.end();
    }

    private RestoreSummary.Sampled some(Sample sample, List<Target> targets, Progress progress) throws IOException {
        Meter meter = new Meter(progress, Progress.Phase.VERIFYING, sample.octets());
        Queue<CellBatch> cells = sample.queue();
        Workers.run(
                threads,
                "verify",
                () -> Optional.ofNullable(cells.poll()),
                () -> new VerifyWorker(targets, meter, stages));
        meter.end();
        return new RestoreSummary.Sampled(sample.cells().size(), sample.written());
    }
}
