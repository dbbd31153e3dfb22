package firstlight.image.store;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.DamagedChunk;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The chunks of a store, in packs. A pack is only ever appended to, by the process that made it; a new process starts a new
 * one. So a crash can hurt nothing but the tail of the last pack, which no manifest names yet.
 */
final class Packs implements AutoCloseable {
    static final String FOLDER = "packs";
    /** A list has less than so much of its pack. */
    private static final int LISTED = 32;

    private final Shelf shelf;
    private final PackIndex index;
    private final Map<Integer, Pack> packs = new ConcurrentHashMap<>();
    private final StoredChunks chunks;
    private final Unsynced unsynced;
    private final Map<Integer, Integer> levels = new ConcurrentHashMap<>();

    /** Of each chunk whose place in the index holds a {@link Delta}, the base. A base is never a delta itself. */
    private final Map<ChunkId, ChunkId> bases = new ConcurrentHashMap<>();

    private final List<String> troubles = new ArrayList<>();

    /** Held while a batch is written, so that no unwritten hole can lie before a written frame. */
    private final ReentrantLock appending = new ReentrantLock();

    private final AtomicInteger lastPack = new AtomicInteger();
    private final PackWriters writers;
    private final KnownDamage damage;

    private Packs(Shelf shelf, PackIndex index) {
        this.shelf = shelf;
        this.index = index;
        this.damage = new KnownDamage(shelf);
        this.chunks = new StoredChunks(index, packs, bases);
        this.unsynced = new Unsynced(index, packs, this::remember, this::lose);
        this.writers = new PackWriters(shelf, packs, lastPack, unsynced::takeBack);
    }

    /** @param index an empty one */
    static Packs open(Shelf shelf, PackIndex index) throws IOException {
        Packs packs = new Packs(shelf, index);
        try {
            packs.troubles.addAll(
                    new PackLoader(shelf, packs.packs, packs.levels, packs::put, packs.chunks::isSound).load());
            packs.damage.recall(packs);
        } catch (IOException broken) {
            packs.close();
            throw broken;
        }
        packs.lastPack.set(packs.packs.keySet().stream().reduce(0, Math::max));
        return packs;
    }

    /** To be saved when all was looked at. */
    KnownDamage damage() {
        return damage;
    }

    /** What was found damaged when the store was opened, and mended where it could be. */
    List<String> troubles() {
        return troubles;
    }

    PackIndex index() {
        return index;
    }

    StoredChunks chunks() {
        return chunks;
    }

    /** Whether the chunk can be given; if so it and its base are safe from every collection that began before. */
    boolean touch(ChunkId id) {
        PackIndex.Touched touched = index.touchUnless(id, bases::containsKey);
        if (touched != PackIndex.Touched.SPARED) {
            return touched == PackIndex.Touched.THERE;
        }
        appending.lock();
        try { // a collection may be writing it anew without its base just now, or drop both: the base first
            ChunkId base = bases.get(id);
            if (base == null || index.touch(base)) {
                return index.touch(id);
            }
            lose(id);
            return false;
        } finally {
            appending.unlock();
        }
    }

    /** What was read at {@code place} is damaged. False when the chunk does not lie there any more. */
    boolean lose(ChunkId id, PackIndex.Place place) {
        appending.lock();
        try {
            boolean still = place.equals(index.find(id));
            if (still) {
                lose(id);
                damage.found(id, place);
            }
            return still;
        } finally {
            appending.unlock();
        }
    }

    /** The chunk is gone, and with it those that are told by their difference from it. With {@link #appending} held. */
    private void lose(ChunkId id) {
        index.lose(id);
        bases.remove(id);
        bases.forEach((delta, base) -> {
            if (base.equals(id)) {
                index.lose(delta);
                bases.remove(delta);
            }
        });
    }

    /** As {@link PackIndex#drop}. */
    boolean drop(PackList.Entry entry, int pack, int keepFrom) {
        boolean gone = index.drop(entry.id(), pack, entry.offset(), keepFrom);
        if (gone && index.find(entry.id()) == null) {
            bases.remove(entry.id());
        }
        return gone;
    }

    /** By delta, its base; as it is now. */
    Map<ChunkId, ChunkId> bases() {
        return Map.copyOf(bases);
    }

    /**
     * Writes those that are not there; all of them are safe from collections that began before. Nothing is durable before {@link #sync}.
     *
     * @throws DamagedChunk for a {@link Delta}: only this process may make those, for it knows that the base is there
     * @throws ImageFailure when the shelf is to take no more
     */
    void append(List<ChunkFrame> frames) throws IOException {
        appending.lock();
        try {
            List<ChunkFrame> fresh = new ArrayList<>();
            Map<ChunkId, Boolean> seen = new HashMap<>();
            for (ChunkFrame frame : frames) {
                if (Delta.base(frame.frame()).isPresent()) {
                    throw new DamagedChunk(frame.id(), "its frame does not stand for itself");
                }
                if (!touch(frame.id()) && seen.put(frame.id(), true) == null) {
                    fresh.add(frame);
                }
            }
            if (!fresh.isEmpty()) {
                writers.keepRoom();
                for (PackWriter.Written written : write(0, fresh)) {
                    put(written.entry(), written.place().pack());
                }
            }
        } finally {
            appending.unlock();
        }
    }

    /**
     * Writes chunks that are there anew, and has the index point there: all but those that were lost or brought anew meanwhile, of
     * which a list must not tell either, and those that would be told by a chunk that was lost.
     *
     * @param from where they lay
     * @return those that lie there still, for lack of their base
     */
    Set<ChunkId> move(int level, List<ChunkFrame> frames, List<PackIndex.Place> from) throws IOException {
        Set<ChunkId> baseless = new HashSet<>();
        List<ChunkFrame> still = new ArrayList<>(frames.size());
        List<PackIndex.Place> places = new ArrayList<>(frames.size());
        appending.lock();
        try { // while this is held nothing is lost and nothing comes
            for (int i = 0; i < frames.size(); i++) {
                ChunkFrame frame = frames.get(i);
                Optional<ChunkId> base = Delta.base(frame.frame());
                if (from.get(i).equals(index.find(frame.id()))) {
                    if (base.isPresent() && index.find(base.get()) == null) {
                        baseless.add(frame.id());
                    } else {
                        still.add(frame);
                        places.add(from.get(i));
                    }
                }
            }
            writers.keepRoomFor(still);
            List<PackWriter.Written> written = still.isEmpty() ? List.of() : write(level, still);
            for (int i = 0; i < written.size(); i++) {
                PackList.Entry entry = written.get(i).entry();
                index.move(entry.id(), places.get(i), written.get(i).place());
                unsynced.moved(entry.id(), places.get(i));
                remember(entry);
            }
            return baseless;
        } finally {
            appending.unlock();
        }
    }

    /** Whether so many octets can be moved, whose room becomes free only afterwards; with what is written of them beside. */
    boolean hasRoomFor(long octets) {
        return octets == 0 || shelf.hasRoomFor(octets + octets / LISTED);
    }

    private List<PackWriter.Written> write(int level, List<ChunkFrame> frames) throws IOException {
        List<PackWriter.Written> written = writers.write(level, frames);
        levels.put(written.getFirst().place().pack(), level);
        return written;
    }

    private void put(PackList.Entry entry, int pack) {
        index.put(entry.id(), pack, entry.offset());
        remember(entry);
    }

    private void remember(PackList.Entry entry) {
        if (entry.base().isPresent()) {
            bases.put(entry.id(), entry.base().get());
        } else {
            bases.remove(entry.id());
        }
    }

    /**
     * Returns when every chunk that was appended before the call is durable, but for those that {@link #takenBack} counts: the sync
     * of somebody else has failed for them, and this one says nothing of it.
     */
    void sync() throws IOException {
        appending.lock();
        try {
            writers.sync();
            unsynced.clear();
        } finally {
            appending.unlock();
        }
    }

    /** How often a failed sync has taken chunks back. Who relies on a {@link #sync} looks before it relies on them, and after. */
    int takenBack() {
        return unsynced.takenBack();
    }

    /**
     * For whoever is going to delete the places that chunks were moved from.
     *
     * @param takenBack before the first was moved
     * @throws ImageFailure when some may be where they were
     */
    void syncMoved(int takenBack) throws IOException {
        sync();
        if (takenBack() != takenBack) {
            throw new ImageFailure(
                    "The image store " + shelf + " could not keep what was written anew",
                    "its disk failed meanwhile; all chunks are where they were",
                    "See the health of that disk");
        }
    }

    /** From now on no pack that is there is appended to any more. Returns their numbers. */
    Set<Integer> sealed() throws IOException {
        appending.lock();
        try {
            writers.seal();
            return numbers();
        } finally {
            appending.unlock();
        }
    }

    /** Packs that are not appended to any more: only {@link #delete} changes them. */
    Set<Integer> finished() {
        appending.lock();
        try {
            Set<Integer> finished = numbers();
            finished.removeIf(writers::isWriting);
            return finished;
        } finally {
            appending.unlock();
        }
    }

    /** All packs, those that are being appended to among them. */
    Set<Integer> numbers() {
        return new TreeSet<>(packs.keySet());
    }

    /** @throws NoSuchFileException when it is gone, as one is whose first writing failed */
    Pack pack(int number) throws NoSuchFileException {
        Pack pack = packs.get(number);
        if (pack == null) {
            throw new NoSuchFileException(name(number));
        }
        return pack;
    }

    /** The zstd level of the frames of a pack; 0 when it is not known. */
    int level(int number) {
        return levels.getOrDefault(number, 0);
    }

    /** By rising offsets. Where the pack's list is damaged: what the index knows to be there. */
    List<PackList.Entry> entries(int number) throws IOException {
        appending.lock();
        try {
            Optional<List<PackList.Entry>> writing = writers.entries(number);
            if (writing.isPresent()) {
                return writing.get();
            }
        } finally {
            appending.unlock();
        }
        if (PackList.read(shelf, pack(number).name()) instanceof PackList.Listed(int _, var entries)) {
            return entries;
        }
        return index.offsets(number).entrySet().stream() // the damaged ones too, which nobody must find there any more
                .map(each -> new PackList.Entry(
                        each.getKey(), each.getValue(), Optional.ofNullable(bases.get(each.getKey()))))
                .sorted(Comparator.comparingLong(PackList.Entry::offset))
                .toList();
    }

    /** Whoever reads it just now looks the chunk up again. */
    void delete(int number) throws IOException {
        Pack pack = packs.remove(number);
        if (pack != null) {
            levels.remove(number);
            pack.close();
            shelf.delete(pack.name());
            shelf.delete(pack.name() + PackList.SUFFIX);
        }
    }

    static String name(int number) {
        return String.format("%s/%08d.pack", FOLDER, number);
    }

    @Override
    public void close() throws IOException {
        appending.lock();
        try {
            writers.seal();
            for (Pack each : packs.values()) {
                each.close();
            }
            damage.save();
        } finally {
            appending.unlock();
        }
    }
}
