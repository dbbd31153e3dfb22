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
    private long octets;

    Copied(Progress progress, RestoreStages stages) {
        this.progress = progress;
        this.stages = stages;
    }

    /** Of all files that were copied so far. */
    long octets() {
        return octets;
    }

    @Override
    public Anew.Heard copying(long total) throws IOException {
        Meter meter = new Meter(progress, Progress.Phase.RESTORING, total);
        return more -> {
            octets += more;
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
