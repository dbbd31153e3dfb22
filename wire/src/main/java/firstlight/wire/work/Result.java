package firstlight.wire.work;

import firstlight.model.StageTime;
import java.util.List;

/** How the work ended. */
public sealed interface Result {
    /**
     * @param summary one line: bytes, rate, what was verified
     * @param stages where the time went, in the order of the data; empty for what is no image
     */
    record Done(String summary, List<StageTime> stages) implements Result {
        public Done {
            stages = List.copyOf(stages);
        }

        public Done(String summary) {
            this(summary, List.of());
        }
    }

    /** What failed, why, and what a person can do about it. */
    record Failed(String what, String cause, String cure) implements Result {}
}
