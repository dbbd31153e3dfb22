package firstlight.image.store;

import firstlight.image.chunk.ChunkId;
import java.util.List;

/** What became of a manifest that was to be published. */
public sealed interface Publication {
    record Published(ImageVersion version) implements Publication {}

    /** Nothing was published: the store lacks these chunks (the first thousand of them). */
    record Incomplete(List<ChunkId> missing) implements Publication {
        public Incomplete {
            missing = List.copyOf(missing);
        }
    }
}
