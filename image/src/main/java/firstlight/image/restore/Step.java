package firstlight.image.restore;

import firstlight.image.work.CellBatch;
import java.util.List;

/** What a thread of a restore does in one go. */
sealed interface Step {
    CellBatch batch();

    /** @param frames of the batch's cells that are not zeros, in their order */
    record Write(CellBatch batch, List<byte[]> frames) implements Step {
        public Write {
            frames = List.copyOf(frames);
        }
    }

    /** Of what was written long enough ago. */
    record Verify(CellBatch batch) implements Step {}
}
