package firstlight.image.store;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.DamagedChunk;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of a store, in packs. A pack is only ever appended to, by the process that made it; a new process starts a new
 * one. So a crash can hurt nothing but the tail of the last pack, which no manifest names yet.
 */
final class Packs implements AutoCloseable {
    private static final String FOLDER = "packs";
    private static final String PACK = ".pack";

    private final Shelf shelf;
    private final PackIndex index = new PackIndex();
    private final Map<Integer, Pack> packs = new ConcurrentHashMap<>();
    private final Map<Integer, Integer> levels = new ConcurrentHashMap<>();

    /** Of each chunk whose place in the index holds a {@link Delta}, the base. A base is never a delta itself. */
    private final Map<ChunkId, ChunkId> bases = new ConcurrentHashMap<>();

    private final List<String> troubles = new ArrayList<>();

    /** Held while a batch is written, so that no unwritten hole can lie before a written frame. */
    private final ReentrantLock appending = new ReentrantLock();

    /** By the level of what is written; 0 for what comes from outside. */
    private final Map<Integer, PackWriter> writers = new TreeMap<>();

    private final AtomicInteger lastPack = new AtomicInteger();

    private Packs(Shelf shelf) {
        this.shelf = shelf;
    }

    static Packs open(Shelf shelf) throws IOException {
        Packs packs = new Packs(shelf);
        Set<String> found =
                new TreeSet<>(shelf.list(FOLDER)); // a later copy of a chunk replaces an earlier, damaged one
        List<PackScan> unlisted = new ArrayList<>();
        for (String name : found) {
            if (name.endsWith(PACK)) {
                packs.load(name).ifPresent(unlisted::add);
            } else if (name.endsWith(PackList.SUFFIX)
                    && !found.contains(name.substring(0, name.length() - PackList.SUFFIX.length()))) {
                shelf.delete(name); // a collection was cut off between the two
            }
        }
        for (PackScan scan : unlisted) {
            packs.finish(scan);
        }
        return packs;
    }

    /** What was found damaged when the store was opened, and mended where it could be. */
    List<String> troubles() {
        return troubles;
    }

    PackIndex index() {
        return index;
    }

    /** Whether the chunk can be given; if so it and its base are safe from every collection that began before. */
    boolean touch(ChunkId id) {
        boolean there = index.touch(id);
        if (!there || !bases.containsKey(id)) {
            return there;
        }
        appending.lock();
        try { // a collection may be writing it anew without its base just now
            ChunkId base = bases.get(id);
            if (base == null || index.touch(base)) {
                return true;
            }
            lose(id);
            return false;
        } finally {
            appending.unlock();
        }
    }

    /** The chunk is damaged or gone, and with it those that are told by their difference from it. */
    void lose(ChunkId id) {
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
                for (PackWriter.Written written : write(0, fresh)) {
                    put(written.entry(), written.place().pack());
                }
            }
        } finally {
            appending.unlock();
        }
    }

    /**
     * Writes chunks that are there anew, and has the index point there unless they were lost or brought anew meanwhile.
     *
     * @param from where they lay
     */
    void move(int level, List<ChunkFrame> frames, List<PackIndex.Place> from) throws IOException {
        appending.lock();
        try {
            List<PackWriter.Written> written = write(level, frames);
            for (int i = 0; i < written.size(); i++) {
                PackList.Entry entry = written.get(i).entry();
                if (index.move(entry.id(), from.get(i), written.get(i).place())) {
                    remember(entry);
                }
            }
        } finally {
            appending.unlock();
        }
    }

    private List<PackWriter.Written> write(int level, List<ChunkFrame> frames) throws IOException {
        try {
            List<PackWriter.Written> written = writers.computeIfAbsent(
                            level, _ -> new PackWriter(shelf, level, packs, lastPack))
                    .write(frames);
            levels.put(written.getFirst().place().pack(), level);
            return written;
        } catch (ImageFailure failure) {
            throw failure;
        } catch (IOException broken) {
            throw new ImageFailure("The image store " + shelf + " cannot take more chunks", broken, shelf.roomCure());
        }
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

    /** Returns when every chunk that was appended before the call is durable. */
    void sync() throws IOException {
        appending.lock();
        try {
            for (PackWriter writer : writers.values()) {
                writer.sync();
            }
        } finally {
            appending.unlock();
        }
    }

    /** From now on no pack that is there is appended to any more. Returns their numbers. */
    Set<Integer> sealed() throws IOException {
        appending.lock();
        try {
            for (PackWriter writer : writers.values()) {
                writer.seal();
            }
            return numbers();
        } finally {
            appending.unlock();
        }
    }

    boolean isWriting(int number) {
        appending.lock();
        try {
            return writers.values().stream().anyMatch(writer -> writer.isWriting(number));
        } finally {
            appending.unlock();
        }
    }

    /** All packs, those that are being appended to among them. */
    Set<Integer> numbers() {
        return new TreeSet<>(packs.keySet());
    }

    Pack pack(int number) {
        return java.util.Objects.requireNonNull(packs.get(number));
    }

    /** The zstd level of the frames of a pack; 0 when it is not known. */
    int level(int number) {
        return levels.getOrDefault(number, 0);
    }

    List<PackList.Entry> entries(int number) throws IOException {
        appending.lock();
        try {
            for (PackWriter writer : writers.values()) {
                if (writer.isWriting(number)) {
                    return writer.entries();
                }
            }
        } finally {
            appending.unlock();
        }
        if (PackList.read(shelf, pack(number).name()) instanceof PackList.Listed(int _, var entries)) {
            return entries;
        }
        return PackScan.of(number, pack(number)).entries(this::isSound);
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
        byte[] content = new byte[Chunk.SIZE];
        int length = codec.unpack(base, stored(base), content, 0);
        return Delta.unpack(id, delta, length == content.length ? content : java.util.Arrays.copyOf(content, length));
    }

    /** The content of a frame of this store. */
    byte[] content(ChunkCodec codec, ChunkFrame frame) throws IOException {
        Optional<ChunkId> base = Delta.base(frame.frame());
        if (base.isPresent()) {
            return unpack(codec, frame.id(), frame.frame(), base.get());
        }
        byte[] content = new byte[Chunk.SIZE];
        int length = codec.unpack(frame.id(), frame.frame(), content, 0);
        return length == content.length ? content : java.util.Arrays.copyOf(content, length);
    }

    /** @throws IOException when nobody can say, for what it takes cannot be read just now */
    boolean isSound(ChunkCodec codec, ChunkFrame frame) throws IOException {
        try {
            return content(codec, frame).length > 0;
        } catch (DamagedChunk damaged) {
            return false; // not listed: whoever has it is asked for it again
        }
    }

    private byte[] stored(ChunkId id) throws IOException {
        PackIndex.@Nullable Place before = null;
        while (true) {
            PackIndex.Place place = index.find(id);
            if (place == null || place.equals(before)) {
                throw new ImageFailure(
                        "Chunk " + id + " is not in the image store",
                        "it was lost or found damaged",
                        "Verify the image, and capture it again or restore another version");
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
                    if ("Input/output error".equals(broken.getMessage())) { // EIO: a bad sector under the pack
                        throw new DamagedChunk(id, "the disk cannot read its place in " + pack.name());
                    }
                    throw broken;
                }
            }
        }
    }

    /** A pack without a sound list is scanned, and has to be finished when all packs are loaded. */
    private Optional<PackScan> load(String name) throws IOException {
        int number = Integer.parseInt(name.substring(FOLDER.length() + 1, name.length() - PACK.length()));
        lastPack.set(Math.max(lastPack.get(), number));
        Pack pack = shelf.open(name);
        packs.put(number, pack);
        PackList list = PackList.read(shelf, name);
        if (list instanceof PackList.Listed(int level, var entries)) {
            levels.put(number, level);
            entries.forEach(entry -> put(entry, number));
            return Optional.empty();
        }
        PackScan scan = PackScan.of(number, pack);
        scan.whole().forEach(entry -> put(entry, number));
        return Optional.of(list instanceof PackList.Damaged ? scan.afterDamage() : scan);
    }

    private void finish(PackScan scan) throws IOException {
        List<PackList.Entry> entries = scan.entries(this::isSound);
        entries.stream().filter(entry -> entry.base().isPresent()).forEach(entry -> put(entry, scan.number()));
        Pack pack = pack(scan.number());
        scan.trouble(entries.size(), shelf.toString()).ifPresent(troubles::add);
        pack.sync(); // what was read may still be in the cache of a process that was killed
        PackList.write(shelf, pack.name(), 0, entries);
    }

    static String name(int number) {
        return String.format("%s/%08d%s", FOLDER, number, PACK);
    }

    @Override
    public void close() throws IOException {
        appending.lock();
        try {
            for (PackWriter writer : writers.values()) {
                writer.seal();
            }
            for (Pack each : packs.values()) {
                each.close();
            }
        } finally {
            appending.unlock();
        }
    }
}
