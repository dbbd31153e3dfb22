package firstlight.server.images;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkId;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.policy.Alarms;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chunks for PCs that restore: those that the store has lost come from other servers meanwhile. On the threads of the PCs' requests;
 * {@link Healing} lets one at a time fetch a chunk.
 */
public final class LostChunks {
    private static final Logger LOG = LoggerFactory.getLogger(LostChunks.class);

    private final ImageStore images;
    private final Alarms alarms;
    private final InstantSource clock;
    private final Healing healing;

    LostChunks(ImageStore images, OtherSites others, Alarms alarms, InstantSource clock) {
        this.images = images;
        this.alarms = alarms;
        this.clock = clock;
        this.healing = new Healing(others, clock);
    }

    /** A version that a PC restores cannot be given whole. */
    public static final class Lost extends ImageFailure {
        private static final long serialVersionUID = 1;

        Lost(String what, String cause, String cure) {
            super(what, cause, cure);
        }
    }

    /** It is being fetched for another PC: asking again in a moment helps. */
    public static final class Busy extends ImageFailure {
        private static final long serialVersionUID = 1;

        Busy(String what) {
            super(
                    what + " is being fetched from another server",
                    "another PC waits for it",
                    "The PC asks again by itself");
        }
    }

    /**
     * Heals what the store knows that it lacks of {@code ids}, before any of them is served. Beforehand, as an answer that has begun
     * cannot become a refusal.
     *
     * @throws Lost when not all of them could be healed
     * @throws Busy while another PC's request heals one of them
     */
    public void complete(ImageVersion version, List<ChunkId> ids) throws IOException {
        BitSet missing = images.lacking(ids); // a restore must not wait for what captures write
        if (!missing.isEmpty()) {
            mend(version, missing.stream().mapToObj(ids::get).distinct().toList());
        }
    }

    /**
     * Chunks of {@code version} in their order, as {@link firstlight.image.chunk.ChunkSource#get}; what is found damaged here is healed
     * on the way.
     *
     * @throws ImageFailure as {@link #complete}, and for what is damaged in the store for good
     */
    public List<byte[]> serve(ImageVersion version, List<ChunkId> ids) throws IOException {
        try {
            return images.source().get(ids);
        } catch (ImageFailure notWhole) {
            // Which of them it was is found by reading one by one.
            LOG.warn("{}: {}", version.name(), notWhole.getMessage());
            return serveChecked(version, ids);
        }
    }

    /** As {@link #serve}, for chunks that came damaged to whoever asks: each is read and hashed here first. */
    public List<byte[]> serveChecked(ImageVersion version, List<ChunkId> ids) throws IOException {
        List<ChunkId> lost = new ArrayList<>();
        for (ChunkId id : new LinkedHashSet<>(ids)) {
            if (!images.check(id)) {
                lost.add(id);
            }
        }
        if (!lost.isEmpty()) {
            mend(version, lost);
        }
        return images.source().get(ids);
    }

    private void mend(ImageVersion version, List<ChunkId> lost) throws IOException {
        OtherSites.Healed healed = healing.heal(lost);
        String found = lost.size() + " damaged chunks" + healed.words(lost.size());
        String first = "chunk " + lost.getFirst() + healed.became(lost.getFirst());
        alarms.raise(
                0, version.name() + ": " + found + ", found while a PC restores it; first: " + first, clock.instant());
        if (healed.from().size() < lost.size()) {
            throw new Lost(
                    version.name() + " is damaged in the image store",
                    found + "; " + first,
                    "Restore another version, or capture this one again");
        }
    }
}
