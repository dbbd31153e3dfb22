package firstlight.server.sites;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSink;
import firstlight.image.chunk.DamagedChunk;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * Brings chunks from other servers into a store: from the first that gives them whole, each verified before it counts. What breaks is
 * asked for again a few times. Used by many threads. Verified: the store decodes each and hashes it ({@link ChunkSink#put}).
 */
final class ChunkFetch {
    /** Between tries of one that does not answer: 23 s in all, in which a server is restarted. */
    private static final List<Duration> PAUSES =
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(15));
    /** A chunk that comes damaged is asked for so often: the first time it may have been the way. */
    private static final int TRIES = 3;

    private final ChunkSink into;
    private final List<Peer> peers;
    private final Pace.Sleep sleep;
    private final SilentPeers silent;
    private final LongAdder received = new LongAdder();
    private volatile boolean stopped;

    /** @param peers in the order in which they are asked */
    ChunkFetch(ChunkSink into, List<Peer> peers, Pace.Sleep sleep) {
        this(into, peers, sleep, SilentPeers.none());
    }

    /** @param silent who is not asked now */
    ChunkFetch(ChunkSink into, List<Peer> peers, Pace.Sleep sleep, SilentPeers silent) {
        this.into = into;
        this.peers = List.copyOf(peers);
        this.sleep = sleep;
        this.silent = silent;
    }

    /** Nothing is put into the store after this. Who is waiting for an answer throws it away when it comes. */
    void stop() {
        stopped = true;
    }

    /** Octets of the frames that came. */
    long received() {
        return received.sum();
    }

    /**
     * What came of a wish for chunks: from where each came, and why the others did not.
     *
     * @param from by chunk, the server's name
     * @param failed by chunk, what each of the servers said
     */
    record Brought(Map<ChunkId, String> from, Map<ChunkId, String> failed) {}

    /**
     * @param ids in one request to each server: they and their frames are in memory at once
     * @throws InterruptedIOException after {@link #stop}
     * @throws IOException when the store cannot be written; what other servers fail in is in the answer
     */
    Brought bring(List<ChunkId> ids) throws IOException {
        Map<ChunkId, String> from = new LinkedHashMap<>();
        Map<ChunkId, String> failed = new LinkedHashMap<>();
        Set<ChunkId> open = new LinkedHashSet<>(ids);
        for (Peer peer : peers) {
            if (open.isEmpty()) {
                break;
            }
            try {
                for (ChunkId id : from(peer, List.copyOf(open), failed)) {
                    from.put(id, peer.name());
                    open.remove(id);
                    failed.remove(id);
                }
            } catch (PeerFailure failure) {
                String why = failure.what() + ": " + failure.cause();
                open.forEach(id -> failed.merge(id, why, (before, now) -> before + "; " + now));
            }
        }
        return new Brought(from, failed);
    }

    /** Those that are in the store now. */
    private List<ChunkId> from(Peer peer, List<ChunkId> ids, Map<ChunkId, String> failed) throws IOException {
        List<ChunkId> stored = new ArrayList<>();
        List<ChunkId> wanted = ids;
        for (int tries = 1; tries <= TRIES && !wanted.isEmpty(); tries++) {
            Set<ChunkId> absent = new LinkedHashSet<>(wanted);
            List<ChunkFrame> frames = ask(peer, wanted);
            for (ChunkFrame frame : frames) {
                if (!absent.remove(frame.id())) {
                    throw new PeerFailure(
                            peer.settings() + " sends what was not asked for",
                            "chunk " + frame.id(),
                            "See that server's log",
                            false);
                }
                received.add(frame.frame().length);
            }
            List<ChunkId> damaged = put(peer, frames, stored, failed);
            absent.forEach(
                    id -> failed.merge(id, peer.name() + " does not have it", (before, now) -> before + "; " + now));
            wanted = damaged;
        }
        return stored;
    }

    /** All at once, as is usual; when one of them is damaged, each for itself. Those that are damaged. */
    private List<ChunkId> put(Peer peer, List<ChunkFrame> frames, List<ChunkId> stored, Map<ChunkId, String> failed)
            throws IOException {
        if (stopped) {
            throw new InterruptedIOException("stopped");
        }
        List<ChunkId> damaged = new ArrayList<>();
        try {
            into.put(frames);
            frames.forEach(frame -> stored.add(frame.id()));
        } catch (DamagedChunk wrong) {
            if (frames.size() == 1) {
                damaged.add(wrong.id());
                failed.put(wrong.id(), "it comes damaged from " + peer.name() + ", " + wrong.cause());
                return damaged;
            }
            for (ChunkFrame frame : frames) {
                damaged.addAll(put(peer, List.of(frame), stored, failed));
            }
        }
        return damaged;
    }

    private List<ChunkFrame> ask(Peer peer, List<ChunkId> ids) throws IOException {
        for (int tries = 0; ; tries++) {
            try {
                List<ChunkFrame> frames = peer.chunks(ids);
                silent.heard(peer);
                return frames;
            } catch (PeerFailure failure) {
                if (!failure.isPassing() || silent.isSilent(peer)) { // another has tried to the end: once is enough now
                    throw failure;
                }
                if (tries == PAUSES.size()) { // not before: one that is restarted is back in some seconds
                    silent.silent(peer);
                    throw failure;
                }
                pause(PAUSES.get(tries));
                if (stopped) {
                    throw new InterruptedIOException("stopped");
                }
            }
        }
    }

    private void pause(Duration time) throws IOException {
        try {
            sleep.nanoseconds(time.toNanos());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        }
    }

    /** @param failed not empty */
    static ImageFailure failure(String what, Map<ChunkId, String> failed) {
        var first = failed.entrySet().iterator().next();
        return new ImageFailure(
                what,
                (failed.size() == 1 ? "a chunk" : failed.size() + " chunks") + " did not come; " + first.getKey() + ": "
                        + first.getValue(),
                "What came is kept: pull it again when that is mended; if a chunk comes damaged, firstlight image verify there");
    }
}
