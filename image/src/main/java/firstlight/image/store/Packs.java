package firstlight.image.store;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.DamagedChunk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The chunks of a store, in pack files. A pack is only ever appended to, by the process that made it; a new process
 * starts a new one. So a crash can hurt nothing but the tail of the last pack, which no manifest names yet.
 */
final class Packs implements AutoCloseable {
    private static final long FULL = 1L << 30;
    private static final String PACK = ".pack";

    private final Path directory;
    private final PackIndex index = new PackIndex();
    private final Map<Integer, PackFile> files = new ConcurrentHashMap<>();

    /** Held while a batch is written, so that no unwritten hole can lie before a written frame. */
    private final ReentrantLock appending = new ReentrantLock();

    private final List<PackList.Entry> current = new ArrayList<>();
    private int lastPack;
    private long position;

    private Packs(Path directory) {
        this.directory = directory;
    }

    static Packs open(Path directory) throws IOException {
        Durable.createDirectory(directory);
        Durable.sweep(directory);
        return loadAll(directory, true);
    }

    /** The chunks that are there now, beside the process that has the store open; nothing is written. */
    static Packs openForReading(Path directory) throws IOException {
        return loadAll(directory, false);
    }

    private static Packs loadAll(Path directory, boolean writing) throws IOException {
        Packs packs = new Packs(directory);
        List<Path> found = new ArrayList<>();
        try (var files = Files.newDirectoryStream(directory, "*" + PACK)) {
            files.forEach(found::add);
        }
        found.sort(null); // a later copy of a chunk replaces an earlier, damaged one
        for (Path path : found) {
            packs.load(path, writing);
        }
        return packs;
    }

    boolean has(ChunkId id) {
        return index.find(id) != null;
    }

    void append(List<ChunkFrame> frames) throws IOException {
        appending.lock();
        try {
            List<ChunkFrame> fresh = new ArrayList<>();
            Map<ChunkId, Boolean> seen = new HashMap<>();
            for (ChunkFrame frame : frames) {
                if (!has(frame.id()) && seen.put(frame.id(), true) == null) {
                    fresh.add(frame);
                }
            }
            if (!fresh.isEmpty()) {
                write(fresh);
            }
        } catch (IOException broken) {
            throw new ImageFailure(
                    "The image store " + directory + " cannot take more chunks",
                    broken,
                    "Free some space on its file system (df -h), or give the server another data directory");
        } finally {
            appending.unlock();
        }
    }

    private void write(List<ChunkFrame> frames) throws IOException {
        PackFile pack = files.get(lastPack);
        if (pack == null || position == 0) {
            pack = PackFile.create(path(++lastPack));
            files.put(lastPack, pack);
        }
        long offset = position;
        long end = pack.append(offset, frames); // when it fails, the next append writes over what it left
        for (ChunkFrame frame : frames) {
            current.add(new PackList.Entry(frame.id(), offset));
            index.put(frame.id(), lastPack, offset);
            offset += PackFile.HEADER + frame.frame().length;
        }
        position = end;
        if (position >= FULL) {
            seal(pack);
        }
    }

    /** Writes the pack's list, so that the next start need not read the pack. */
    private void seal(PackFile pack) throws IOException {
        pack.sync();
        PackList.write(pack.path(), current);
        current.clear();
        position = 0;
    }

    /** Returns when every chunk that was appended before the call is on the medium. */
    void sync() throws IOException {
        appending.lock();
        try {
            PackFile pack = files.get(lastPack);
            if (pack != null && position > 0) {
                pack.sync();
                Durable.syncDirectory(directory);
            }
        } finally {
            appending.unlock();
        }
    }

    byte[] get(ChunkId id) throws IOException {
        PackIndex.Place place = index.find(id);
        PackFile file = place == null ? null : files.get(place.pack());
        if (place == null || file == null) {
            throw new ImageFailure(
                    "Chunk " + id + " is not in the image store",
                    "it was lost or found damaged",
                    "Verify the image, and capture it again or restore another version");
        }
        Optional<ChunkFrame> frame = file.read(place.offset());
        if (frame.isEmpty() || !frame.get().id().equals(id)) {
            throw new DamagedChunk(
                    id, "its place in " + file.path() + " at offset " + place.offset() + " holds something else");
        }
        return frame.get().frame();
    }

    /** From now on the chunk counts as missing, so that the next capture brings it again. */
    void lose(ChunkId id) {
        index.lose(id);
    }

    private void load(Path path, boolean writing) throws IOException {
        int number = Integer.parseInt(path.getFileName().toString().replace(PACK, ""));
        lastPack = Math.max(lastPack, number);
        PackFile pack = PackFile.open(path);
        files.put(number, pack);
        Optional<List<PackList.Entry>> listed = PackList.read(path);
        List<PackList.Entry> entries = listed.isPresent() ? listed.get() : scan(pack);
        for (PackList.Entry entry : entries) {
            index.put(entry.id(), number, entry.offset());
        }
        if (listed.isEmpty() && writing) {
            pack.sync(); // what was read may still be in the cache of a process that was killed
            PackList.write(path, entries);
        }
    }

    /** After a crash: every frame is unpacked and hashed, for the last ones may never have reached the medium. */
    private static List<PackList.Entry> scan(PackFile pack) throws IOException {
        List<PackList.Entry> entries = new ArrayList<>();
        byte[] content = new byte[Chunk.SIZE];
        long offset = 0;
        try (ChunkCodec codec = new ChunkCodec(1)) {
            for (var frame = pack.read(offset); frame.isPresent(); frame = pack.read(offset)) {
                if (isSound(codec, frame.get(), content)) {
                    entries.add(new PackList.Entry(frame.get().id(), offset));
                }
                offset += PackFile.HEADER + frame.get().frame().length;
            }
        }
        return entries;
    }

    private static boolean isSound(ChunkCodec codec, ChunkFrame frame, byte[] content) {
        try {
            codec.unpack(frame.id(), frame.frame(), content, 0);
            return true;
        } catch (DamagedChunk damaged) {
            return false; // not listed: whoever has it is asked for it again
        }
    }

    private Path path(int number) {
        return directory.resolve(String.format("%08d%s", number, PACK));
    }

    @Override
    public void close() throws IOException {
        appending.lock();
        try {
            PackFile pack = files.get(lastPack);
            if (pack != null && position > 0) {
                seal(pack);
            }
            for (PackFile file : files.values()) {
                file.close();
            }
        } finally {
            appending.unlock();
        }
    }
}
