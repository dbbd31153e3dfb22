package firstlight.image.store;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes away the chunks that nobody relied on since an era began. Packs with many of them are copied without them: the copy
 * is durable before the old pack is deleted, so that at every instant each living chunk is in a pack that a start finds.
 */
final class Collector {
    /** A pack is copied when at least an eighth of it can go; for less it is not worth the reading. */
    private static final int WORTHWHILE = 8;

    private static final int BATCH = 16;
    /** Octets of frames that are in memory at once: as many as chunks of the usual size have at most. */
    private static final long AT_ONCE = BATCH * (long) Chunk.SIZE;

    private final Packs packs;
    /** The era of the oldest hold: what was relied on since stays. */
    private final int keepFrom;

    private final List<String> damages = new ArrayList<>();
    private int deleted;
    private long chunks;
    private long octets;
    private long left;
    private long noRoom;

    Collector(Packs packs, int keepFrom) {
        this.packs = packs;
        this.keepFrom = keepFrom;
    }

    /** What lies in a pack; {@code size} and {@code dead} in octets with the frames' headers. */
    private record Waste(int pack, List<PackList.Entry> entries, long size, long dead, int deadChunks) {}

    /** Damaged chunks that are met on the way count as missing, and are told in the answer; they do not end it. */
    Freed collect(boolean dryRun, Progress progress) throws IOException {
        List<Integer> numbers = dryRun ? List.copyOf(packs.numbers()) : cheapestFirst();
        int done = 0;
        for (int number : numbers) {
            progress.progress(Progress.Phase.COLLECTING, done++, numbers.size());
            Waste waste = waste(number);
            if (waste.dead == 0 && !waste.entries.isEmpty()) {
                continue;
            }
            if (waste.dead * WORTHWHILE < waste.size) {
                left += waste.dead;
                continue;
            }
            boolean room = packs.hasRoomFor(waste.size - waste.dead);
            noRoom += room ? 0 : waste.dead;
            if (dryRun) { // what goes before may give the room
                deleted++;
                octets += waste.dead;
                chunks += waste.deadChunks;
            } else if (room) {
                free(waste);
            }
        }
        progress.progress(Progress.Phase.COLLECTING, numbers.size(), numbers.size());
        return new Freed(deleted, chunks, octets, left, noRoom, damages);
    }

    /**
     * On a full disk nothing can be written, not even a list: so packs that hold nothing living are deleted before all else, and
     * each copy takes room that those before it gave.
     */
    private List<Integer> cheapestFirst() throws IOException {
        Set<ChunkId> needed = new HashSet<>();
        packs.bases().forEach((delta, base) -> {
            if (isLive(delta)) {
                needed.add(base);
            }
        });
        Map<Integer, Long> living = new HashMap<>();
        for (int number : packs.finished()) { // of one that grows, what comes while this looks would be missed
            Waste waste = waste(number);
            living.put(number, waste.size - waste.dead);
            boolean idle = waste.dead == waste.size;
            if (idle && waste.entries.stream().noneMatch(entry -> needed.contains(entry.id()))) {
                free(waste);
            }
        }
        release();
        return packs.sealed().stream()
                .sorted(Comparator.comparingLong(number -> living.getOrDefault(number, Long.MAX_VALUE)))
                .toList();
    }

    private void free(Waste waste) throws IOException {
        copy(waste);
        packs.delete(waste.pack);
        deleted++;
        octets += waste.dead;
        chunks += waste.deadChunks;
    }

    /** Before a base goes that nothing but deltas needs, these are written so that they stand for themselves. */
    private void release() throws IOException {
        int takenBack = packs.takenBack();
        try (ChunkCodec codec = new ChunkCodec(1)) {
            for (var each : packs.bases().entrySet()) {
                if (!isLive(each.getKey()) || isLive(each.getValue())) {
                    continue;
                }
                if (packs.hasRoomFor(Chunk.MAX_FRAME)) {
                    release(codec, each.getKey());
                } else {
                    packs.index().touch(each.getValue()); // it stays, and a later collection takes it
                }
            }
        }
        packs.syncMoved(takenBack);
    }

    private void release(ChunkCodec codec, ChunkId delta) throws IOException {
        PackIndex.Place place = packs.index().find(delta);
        if (place == null) {
            return;
        }
        try {
            var _ = packs.move(0, List.of(new ChunkFrame(delta, packs.chunks().get(delta))), List.of(place));
        } catch (ImageFailure failure) {
            boolean damaged = new Examination(packs, codec).of(delta).isPresent();
            if (damaged) {
                damages.add("chunk " + delta + " is damaged and was not kept: " + failure.cause());
            } else if (place.equals(packs.index().find(delta))) {
                throw failure;
            } // somebody has brought it anew meanwhile, whole
        }
    }

    private boolean isLive(ChunkId id) {
        PackIndex.Place place = packs.index().find(id);
        return place != null && packs.index().isLive(id, place.pack(), place.offset(), keepFrom);
    }

    private Waste waste(int number) throws IOException {
        List<PackList.Entry> entries = packs.entries(number);
        long size = packs.pack(number).size();
        long live = 0;
        int liveChunks = 0;
        for (int i = 0; i < entries.size(); i++) {
            PackList.Entry entry = entries.get(i);
            long end = i + 1 < entries.size() ? entries.get(i + 1).offset() : size;
            if (packs.index().isLive(entry.id(), number, entry.offset(), keepFrom)) {
                live += end - entry.offset();
                liveChunks++;
            }
        }
        return new Waste(number, entries, size, size - live, entries.size() - liveChunks);
    }

    private void copy(Waste waste) throws IOException {
        Pack pack = packs.pack(waste.pack);
        int level = packs.level(waste.pack);
        int takenBack = packs.takenBack();
        List<ChunkFrame> frames = new ArrayList<>(BATCH);
        List<PackIndex.Place> from = new ArrayList<>(BATCH);
        long octets = 0;
        try (ChunkCodec codec = new ChunkCodec(1)) {
            for (PackList.Entry entry : waste.entries) {
                if (packs.drop(entry, waste.pack, keepFrom)) {
                    continue;
                }
                Optional<ChunkFrame> frame = pack.read(entry);
                if (frame.isEmpty() || !packs.chunks().isSound(codec, frame.get())) {
                    if (packs.lose(entry.id(), new PackIndex.Place(waste.pack, entry.offset()))) {
                        damages.add("chunk " + entry.id() + " in " + pack.name() + " at offset " + entry.offset()
                                + " is damaged and was not kept");
                    }
                    continue;
                }
                frames.add(frame.get());
                from.add(new PackIndex.Place(waste.pack, entry.offset()));
                octets += frame.get().frame().length;
                if (frames.size() == BATCH || octets >= AT_ONCE) {
                    move(level, frames, from);
                    octets = 0;
                }
            }
        }
        move(level, frames, from);
        packs.syncMoved(takenBack);
    }

    private void move(int level, List<ChunkFrame> frames, List<PackIndex.Place> from) throws IOException {
        if (!frames.isEmpty()) {
            var _ = packs.move(level, frames, from); // without its base a delta is lost too
            frames.clear();
            from.clear();
        }
    }
}
