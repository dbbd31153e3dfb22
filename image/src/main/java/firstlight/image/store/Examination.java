package firstlight.image.store;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.DamagedChunk;
import java.io.IOException;
import java.util.Optional;

/** Whether chunks are what they were. What is damaged counts as missing from then on, with all that is told by it. */
record Examination(Packs packs, ChunkCodec codec) {
    /**
     * Unpacks and hashes the chunk. What has come anew while this was reading is not lost.
     *
     * @return why it cannot be given; empty when it is sound
     * @throws IOException when nobody can say, as while an S3 server is away: then nothing is lost
     */
    Optional<ImageFailure> of(ChunkId id) throws IOException {
        while (true) {
            PackIndex.Place place = packs.index().find(id);
            if (place == null) {
                return Optional.of(StoredChunks.gone(id));
            }
            try {
                packs.chunks().content(codec, id);
                return Optional.empty();
            } catch (DamagedChunk damaged) {
                boolean itself = damaged.id().equals(id);
                if (itself ? packs.lose(id, place) : of(damaged.id()).isPresent()) {
                    return Optional.of(damaged);
                }
            } catch (ImageFailure failure) {
                if (place.equals(packs.index().find(id))) {
                    throw failure;
                }
            }
        }
    }
}
