package firstlight.image.restore;

import firstlight.image.Progress;
import firstlight.image.anew.Anew;
import firstlight.image.resize.Resize;
import firstlight.image.work.Meter;
import java.io.IOException;

/** Counts and shows what is copied file by file. Belongs to one thread. */
final class Copied implements Resize.Heard {
    private final Progress progress;
    private final RestoreStages stages;

    Copied(Progress progress, RestoreStages stages) {
        this.progress = progress;
        this.stages = stages;
    }

    /** The files of a file system were copied and read back since {@code begun}, a value of {@link System#nanoTime}. */
    void took(long begun) {
        stages.files.since(begun);
    }

    @Override
    public Anew.Heard copying(long total) throws IOException {
        Meter meter = new Meter(progress, Progress.Phase.RESTORING, total);
        return more -> {
            stages.copied.add(more);
            stages.written.add(more);
            meter.add(more);
        };
    }

    @Override
    public Anew.Heard verifying(long total) throws IOException {
        Meter meter = new Meter(progress, Progress.Phase.VERIFYING, total);
        return more -> {
            stages.verified.add(more);
            meter.add(more);
        };
    }
}
