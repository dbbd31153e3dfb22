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
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The chunks of a store, in packs. A pack is only ever appended to, by the process that made it; a new process starts a new
 * one. So a crash can hurt nothing but the tail of the last pack, which no manifest names yet.
 */
final class Packs implements AutoCloseable {
    private static final String FOLDER = "packs";
    private static final String PACK = ".pack";

    /** EIO, as glibc says it: a bad sector under the pack. */
    private static final String UNREADABLE = "Input/output error";

    private final Shelf shelf;
    private final PackIndex index = new PackIndex();
    private final Map<Integer, Pack> packs = new ConcurrentHashMap<>();
    private final List<String> troubles = new ArrayList<>();

    /** Held while a batch is written, so that no unwritten hole can lie before a written frame. */
    private final ReentrantLock appending = new ReentrantLock();

    private final List<PackList.Entry> current = new ArrayList<>();
    private int lastPack;
    private long position;

    private Packs(Shelf shelf) {
        this.shelf = shelf;
    }

    static Packs open(Shelf shelf) throws IOException {
        Packs packs = new Packs(shelf);
        Set<String> found =
                new TreeSet<>(shelf.list(FOLDER)); // a later copy of a chunk replaces an earlier, damaged one
        for (String name : found) {
            if (name.endsWith(PACK)) {
                packs.load(name);
            } else if (name.endsWith(PackList.SUFFIX)
                    && !found.contains(name.substring(0, name.length() - PackList.SUFFIX.length()))) {
                shelf.delete(name); // a collection was cut off between the two
            }
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

    void append(List<ChunkFrame> frames) throws IOException {
        appending.lock();
        try {
            List<ChunkFrame> fresh = new ArrayList<>();
            Map<ChunkId, Boolean> seen = new HashMap<>();
            for (ChunkFrame frame : frames) {
                if (!index.touch(frame.id()) && seen.put(frame.id(), true) == null) {
                    fresh.add(frame);
                }
            }
            if (!fresh.isEmpty()) {
                for (Written written : write(fresh)) {
                    index.put(written.id, written.place.pack(), written.place.offset());
                }
            }
        } finally {
            appending.unlock();
        }
    }

    /** Where a frame came to lie. */
    record Written(ChunkId id, PackIndex.Place place) {}

    /** Appends without asking whether the chunk is there; the index is the caller's. */
    List<Written> copy(List<ChunkFrame> frames) throws IOException {
        appending.lock();
        try {
            return write(frames);
        } finally {
            appending.unlock();
        }
    }

    private List<Written> write(List<ChunkFrame> frames) throws IOException {
        try {
            Pack pack = packs.get(lastPack);
            if (pack != null && position >= shelf.packSize()) {
                seal(pack); // it failed the last time
            }
            if (pack == null || position == 0) {
                pack = shelf.create(name(lastPack + 1));
                packs.put(++lastPack, pack);
            }
            long offset = position;
            long end = pack.append(offset, frames); // when it fails, the next append writes over what it left
            List<Written> written = new ArrayList<>(frames.size());
            for (ChunkFrame frame : frames) {
                current.add(new PackList.Entry(frame.id(), offset));
                written.add(new Written(frame.id(), new PackIndex.Place(lastPack, offset)));
                offset += PackFile.HEADER + frame.frame().length;
            }
            position = end;
            if (position >= shelf.packSize()) {
                seal(pack);
            }
            return written;
        } catch (ImageFailure failure) {
            throw failure;
        } catch (IOException broken) {
            throw new ImageFailure("The image store " + shelf + " cannot take more chunks", broken, shelf.roomCure());
        }
    }

    /** Writes the pack's list, so that the next start need not read the pack. */
    private void seal(Pack pack) throws IOException {
        pack.sync();
        PackList.write(shelf, pack.name(), current);
        current.clear();
        position = 0;
    }

    /** Returns when every chunk that was appended before the call is durable. */
    void sync() throws IOException {
        appending.lock();
        try {
            Pack pack = packs.get(lastPack);
            if (pack != null && position > 0) {
                if (pack.growsOn()) {
                    pack.sync();
                } else {
                    seal(pack);
                }
            }
        } finally {
            appending.unlock();
        }
    }

    /** From now on no pack that is there is appended to any more. Returns their numbers. */
    Set<Integer> sealed() throws IOException {
        appending.lock();
        try {
            Pack pack = packs.get(lastPack);
            if (pack != null && position > 0) {
                seal(pack);
            }
            return new TreeSet<>(packs.keySet());
        } finally {
            appending.unlock();
        }
    }

    /** All packs, the one that is being appended to among them. */
    Set<Integer> numbers() {
        return new TreeSet<>(packs.keySet());
    }

    Pack pack(int number) {
        return java.util.Objects.requireNonNull(packs.get(number));
    }

    List<PackList.Entry> entries(int number) throws IOException {
        Pack pack = pack(number);
        appending.lock();
        try {
            if (number == lastPack && position > 0) {
                return List.copyOf(current);
            }
        } finally {
            appending.unlock();
        }
        return PackList.read(shelf, pack.name()) instanceof PackList.Listed(var entries) ? entries : scan(pack).entries;
    }

    /** Whoever reads it just now looks the chunk up again. */
    void delete(int number) throws IOException {
        Pack pack = packs.remove(number);
        if (pack != null) {
            pack.close();
            shelf.delete(pack.name());
            shelf.delete(pack.name() + PackList.SUFFIX);
        }
    }

    byte[] get(ChunkId id) throws IOException {
        PackIndex.Place before = null;
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
                    if (UNREADABLE.equals(broken.getMessage())) {
                        throw new DamagedChunk(id, "the disk cannot read its place in " + pack.name());
                    }
                    throw broken;
                }
            }
        }
    }

    private void load(String name) throws IOException {
        int number = Integer.parseInt(name.substring(FOLDER.length() + 1, name.length() - PACK.length()));
        lastPack = Math.max(lastPack, number);
        Pack pack = shelf.open(name);
        packs.put(number, pack);
        List<PackList.Entry> entries = switch (PackList.read(shelf, name)) {
            case PackList.Listed(var listed) -> listed;
            case PackList.Absent _ -> listAnew(pack, scan(pack));
            case PackList.Damaged _ -> {
                Scan scan = scan(pack);
                troubles.add("The list of " + name + " in " + shelf + " was damaged and was made anew from the pack: "
                        + scan.entries.size() + " chunks are sound"
                        + (scan.unsound == 0 ? "" : ", " + scan.unsound + " are damaged")
                        + (scan.end == pack.size() ? "" : ", what lies behind offset " + scan.end + " is lost"));
                yield listAnew(pack, scan);
            }
        };
        for (PackList.Entry entry : entries) {
            index.put(entry.id(), number, entry.offset());
        }
    }

    private List<PackList.Entry> listAnew(Pack pack, Scan scan) throws IOException {
        pack.sync(); // what was read may still be in the cache of a process that was killed
        PackList.write(shelf, pack.name(), scan.entries);
        return scan.entries;
    }

    private record Scan(List<PackList.Entry> entries, int unsound, long end) {}

    /** After a crash: every frame is unpacked and hashed, for the last ones may never have reached the medium. */
    private static Scan scan(Pack pack) throws IOException {
        List<PackList.Entry> entries = new ArrayList<>();
        int unsound = 0;
        long offset = 0;
        try (ChunkCodec codec = new ChunkCodec(1)) {
            for (var frame = pack.read(offset); frame.isPresent(); frame = pack.read(offset)) {
                if (isSound(codec, frame.get())) {
                    entries.add(new PackList.Entry(frame.get().id(), offset));
                } else {
                    unsound++;
                }
                offset += PackFile.HEADER + frame.get().frame().length;
            }
        }
        return new Scan(entries, unsound, offset);
    }

    static boolean isSound(ChunkCodec codec, ChunkFrame frame) {
        try {
            codec.unpack(frame.id(), frame.frame(), new byte[Chunk.SIZE], 0);
            return true;
        } catch (DamagedChunk damaged) {
            return false; // not listed: whoever has it is asked for it again
        }
    }

    private static String name(int number) {
        return String.format("%s/%08d%s", FOLDER, number, PACK);
    }

    @Override
    public void close() throws IOException {
        appending.lock();
        try {
            Pack pack = packs.get(lastPack);
            if (pack != null && position > 0) {
                seal(pack);
            }
            for (Pack each : packs.values()) {
                each.close();
            }
        } finally {
            appending.unlock();
        }
    }
}
