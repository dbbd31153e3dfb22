package firstlight.server.images;

import firstlight.image.chunk.ChunkId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Chunks that are fetched from other servers while PCs wait for them. A server that does not answer costs minutes, and who waits
 * for it holds one of the threads that serve engines: so one PC waits for a chunk, few at all, and the others come again.
 */
final class Healing {
    /** Of the engine port's 32 threads. */
    private static final int MOST = 4;
    /** The others come again within seconds: what did not come is not fetched again for each of them. */
    private static final Duration REMEMBERED = Duration.ofMinutes(1);

    private final OtherSites others;
    private final InstantSource clock;
    /** This, {@link #failed} and {@link #running} with this object's lock in hand; other servers are asked without it. */
    private final Set<ChunkId> fetching = new HashSet<>();

    private final Map<ChunkId, Failed> failed = new HashMap<>();
    private int running;

    private record Failed(String why, Instant at) {
        boolean isOld(Instant now) {
            return at.isAfter(now) || at.plus(REMEMBERED).isBefore(now);
        }
    }

    Healing(OtherSites others, InstantSource clock) {
        this.others = others;
        this.clock = clock;
    }

    /**
     * @param lost chunks of one request
     * @throws LostChunks.Busy when others are at it
     */
    OtherSites.Healed heal(List<ChunkId> lost) throws IOException {
        Map<ChunkId, String> known = begin(lost);
        List<ChunkId> wanted =
                lost.stream().filter(id -> !known.containsKey(id)).toList();
        if (wanted.isEmpty()) {
            return new OtherSites.Healed(Map.of(), known);
        }
        OtherSites.Healed healed = OtherSites.Healed.NOTHING;
        try {
            healed = others.heal(wanted);
        } finally {
            end(wanted, healed);
        }
        Map<ChunkId, String> failures = new HashMap<>(known);
        failures.putAll(healed.failed());
        return new OtherSites.Healed(healed.from(), failures);
    }

    /** Why some cannot be had, as was found out just now; the others are being fetched from now on. */
    private synchronized Map<ChunkId, String> begin(List<ChunkId> lost) throws LostChunks.Busy {
        Instant now = clock.instant();
        failed.values().removeIf(each -> each.isOld(now));
        Map<ChunkId, String> known = new HashMap<>();
        for (ChunkId id : lost) {
            Failed before = failed.get(id);
            if (before != null) {
                known.put(id, before.why());
            }
        }
        List<ChunkId> wanted =
                lost.stream().filter(id -> !known.containsKey(id)).toList();
        if (!wanted.isEmpty()) {
            if (running == MOST || wanted.stream().anyMatch(fetching::contains)) {
                throw new LostChunks.Busy("A damaged chunk");
            }
            running++;
            fetching.addAll(wanted);
        }
        return known;
    }

    private synchronized void end(List<ChunkId> lost, OtherSites.Healed healed) {
        running--;
        lost.forEach(fetching::remove);
        Instant now = clock.instant();
        healed.failed().forEach((id, why) -> failed.put(id, new Failed(why, now)));
    }
}
