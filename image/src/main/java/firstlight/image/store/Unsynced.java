package firstlight.image.store;

import firstlight.image.chunk.ChunkId;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Takes back what a failed fsync may have lost: Linux keeps it as if it were written, and says nothing of it the next time. Such chunks
 * count as not there, and whoever has them is asked again. What was moved is where it was: nobody deletes a pack before the
 * new one is durable. Used by one thread at a time.
 */
final class Unsynced {
    private final PackIndex index;
    private final Map<Integer, Pack> packs;
    private final Consumer<PackList.Entry> remember;
    private final Consumer<ChunkId> lose;
    private final Map<ChunkId, PackIndex.Place> movedFrom = new HashMap<>();
    private final AtomicInteger takenBack = new AtomicInteger();

    /**
     * @param remember hears of what is where it was
     * @param lose hears of what is nowhere
     */
    Unsynced(PackIndex index, Map<Integer, Pack> packs, Consumer<PackList.Entry> remember, Consumer<ChunkId> lose) {
        this.index = index;
        this.packs = packs;
        this.remember = remember;
        this.lose = lose;
    }

    void moved(ChunkId id, PackIndex.Place from) {
        movedFrom.put(id, from);
    }

    /** Everything is durable. */
    void clear() {
        movedFrom.clear();
    }

    /** How often that was; asked by any thread. */
    int takenBack() {
        return takenBack.get();
    }

    void takeBack(List<PackWriter.Written> unsure) {
        takenBack.incrementAndGet();
        for (PackWriter.Written each : unsure) {
            ChunkId id = each.entry().id();
            Optional<PackIndex.Place> from = Optional.ofNullable(movedFrom.remove(id));
            Optional<PackList.Entry> before = from.flatMap(place -> entry(id, place));
            if (before.isPresent() && index.move(id, each.place(), from.get())) {
                remember.accept(before.get());
            } else if (each.place().equals(index.find(id))) {
                lose.accept(id);
            }
        }
    }

    private Optional<PackList.Entry> entry(ChunkId id, PackIndex.Place place) {
        Pack pack = packs.get(place.pack());
        try {
            return pack == null
                    ? Optional.empty()
                    : pack.read(place.offset())
                            .filter(frame -> frame.id().equals(id))
                            .map(frame -> new PackList.Entry(id, place.offset(), Delta.base(frame.frame())));
        } catch (IOException unreadable) {
            return Optional.empty(); // so it is lost there too
        }
    }
}
