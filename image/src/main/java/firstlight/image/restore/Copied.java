package firstlight.image.restore;

import firstlight.image.Progress;
import firstlight.image.anew.Anew;
import firstlight.image.resize.Resize;
import firstlight.image.work.Meter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Counts and shows what is copied file by file. Belongs to one thread. */
final class Copied implements Resize.Heard {
    private final Progress progress;
    private final RestoreStages stages;
    private final List<String> notes = new ArrayList<>();

    Copied(Progress progress, RestoreStages stages) {
        this.progress = progress;
        this.stages = stages;
    }

    /** Files, or encrypted extents, were copied and read back since {@code begun}, a value of {@link System#nanoTime}. */
    void took(long begun) {
        stages.files.since(begun);
    }

    /** What did not become as it was, for people. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    @Override
    public void lost(String note) {
        notes.add(note);
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
