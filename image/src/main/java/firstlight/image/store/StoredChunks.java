package firstlight.image.store;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.DamagedChunk;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads chunks where the index says that they lie, while collections and packing move them. {@link DamagedChunk} is said of what
 * was read and is wrong; every other failure means that nobody can say just now.
 */
final class StoredChunks {
    private final PackIndex index;
    private final Map<Integer, Pack> packs;
    private final Map<ChunkId, ChunkId> bases;

    /**
     * @param packs all there are, by number
     * @param bases by delta, its base
     */
    StoredChunks(PackIndex index, Map<Integer, Pack> packs, Map<ChunkId, ChunkId> bases) {
        this.index = index;
        this.packs = packs;
        this.bases = bases;
    }

    /** Whether {@link #get} can give it, as far as the index knows. */
    boolean has(ChunkId id) {
        while (index.find(id) != null) {
            ChunkId base = bases.get(id);
            if (base == null || index.find(base) != null) {
                return true;
            }
            if (base.equals(bases.get(id))) {
                return false;
            } // a collection has written it anew and dropped its base meanwhile
        }
        return false;
    }

    /** A zstd frame that stands for itself. */
    byte[] get(ChunkId id) throws IOException {
        byte[] frame = stored(id);
        Optional<ChunkId> base = Delta.base(frame);
        if (base.isEmpty()) {
            return frame;
        }
        try (ChunkCodec codec = new ChunkCodec(1)) {
            byte[] content = unpack(codec, id, frame, base.get());
            return codec.pack(id, content, 0, content.length).frame();
        } catch (ImageFailure gone) {
            byte[] again = stored(id); // a collection may have written it anew and dropped its base meanwhile
            if (Delta.base(again).isPresent()) {
                throw gone;
            }
            return again;
        }
    }

    private byte[] unpack(ChunkCodec codec, ChunkId id, byte[] delta, ChunkId base) throws IOException {
        if (index.find(base) == null) {
            throw new DamagedChunk(id, "chunk " + base + ", which it is told by, is gone");
        }
        return Delta.unpack(id, delta, codec.content(base, stored(base)));
    }

    /** The content of a frame of this store. */
    byte[] content(ChunkCodec codec, ChunkFrame frame) throws IOException {
        Optional<ChunkId> base = Delta.base(frame.frame());
        if (base.isPresent()) {
            return unpack(codec, frame.id(), frame.frame(), base.get());
        }
        return codec.content(frame.id(), frame.frame());
    }

    /** The content of a chunk of this store. */
    byte[] content(ChunkCodec codec, ChunkId id) throws IOException {
        return content(codec, new ChunkFrame(id, stored(id)));
    }

    /** @throws IOException when nobody can say, for what it takes cannot be read just now */
    boolean isSound(ChunkCodec codec, ChunkFrame frame) throws IOException {
        try {
            return content(codec, frame).length > 0;
        } catch (DamagedChunk damaged) {
            return false; // not listed: whoever has it is asked for it again
        }
    }

    static ImageFailure gone(ChunkId id) {
        return new ImageFailure(
                "Chunk " + id + " is not in the image store",
                "it was lost or found damaged",
                "Verify the image, and capture it again or restore another version");
    }

    private byte[] stored(ChunkId id) throws IOException {
        PackIndex.@Nullable Place before = null;
        while (true) {
            PackIndex.Place place = index.find(id);
            if (place == null || place.equals(before)) {
                throw gone(id);
            }
            before = place;
            Pack pack = packs.get(place.pack());
            if (pack != null) {
                try {
                    Optional<ChunkFrame> frame = pack.read(place.offset());
                    if (frame.isEmpty() || !frame.get().id().equals(id)) {
                        throw new DamagedChunk(
                                id,
                                "its place in " + pack.name() + " at offset " + place.offset()
                                        + " holds something else");
                    }
                    return frame.get().frame();
                } catch (ClosedChannelException | NoSuchFileException collected) {
                    // a collection has copied it to another pack meanwhile
                } catch (IOException broken) {
                    if (MediumError.is(broken)) {
                        throw new DamagedChunk(id, "the disk cannot read its place in " + pack.name());
                    }
                    throw broken;
                }
            }
        }
    }
}
