package firstlight.image.store;

import firstlight.image.chunk.ChunkFrame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Appends to one pack after the other. Used by one thread at a time. */
final class PackWriter {
    private final Shelf shelf;
    private final int level;
    private final Map<Integer, Pack> packs;
    private final AtomicInteger lastPack;
    private final Consumer<List<Written>> unsure;

    private final List<PackList.Entry> current = new ArrayList<>();
    private int number;
    private long position;
    /** How much of the pack, and how many of its frames, the disk has for sure. */
    private long durable;

    private int durableFrames;

    /** Whether the pack is durable and was to be closed, but its list could not be written. */
    private boolean unlisted;

    /**
     * @param level of zstd, of all frames that come; 0 when not known
     * @param packs all there are, by number
     * @param unsure hears what is cut off because the disk may not have it
     */
    PackWriter(
            Shelf shelf, int level, Map<Integer, Pack> packs, AtomicInteger lastPack, Consumer<List<Written>> unsure) {
        this.shelf = shelf;
        this.level = level;
        this.packs = packs;
        this.lastPack = lastPack;
        this.unsure = unsure;
    }

    /** Where a frame came to lie. */
    record Written(PackList.Entry entry, PackIndex.Place place) {}

    boolean isWriting(int pack) {
        return pack == number && position > 0;
    }

    List<PackList.Entry> entries() {
        return List.copyOf(current);
    }

    List<Written> write(List<ChunkFrame> frames) throws IOException {
        Pack pack = packs.get(number);
        if (pack != null && (position >= shelf.packSize() || (unlisted && !pack.growsOn()))) {
            seal(pack); // it failed the last time
        }
        if (pack != null && position > 0 && level == 0 && number < lastPack.get()) {
            seal(pack); // what comes from outside may be to replace what lies in a later one: see Packs.open
        }
        if (pack == null || position == 0) {
            durable = 0;
            durableFrames = 0;
            unlisted = false;
            number = lastPack.incrementAndGet();
            pack = shelf.create(Packs.name(number));
            packs.put(number, pack);
        }
        long offset = position;
        long end = append(pack, offset, frames);
        List<Written> written = new ArrayList<>(frames.size());
        for (ChunkFrame frame : frames) {
            PackList.Entry entry = new PackList.Entry(frame.id(), offset, Delta.base(frame.frame()));
            current.add(entry);
            written.add(new Written(entry, new PackIndex.Place(number, offset)));
            offset += PackFile.HEADER + frame.frame().length;
        }
        position = end;
        if (position >= shelf.packSize()) {
            sealOrLater(pack);
        }
        return written;
    }

    /**
     * Whoever writes, syncs or seals next tries again, and says why it cannot be. What was written just now is there: were it
     * refused, the list would tell of chunks that the index does not have, whose bases a collection takes away.
     */
    private void sealOrLater(Pack pack) throws IOException {
        long end = position;
        try {
            seal(pack);
        } catch (IOException broken) {
            if (position != end) { // it was cut off again
                throw broken;
            }
        }
    }

    /** When it fails, the next append writes over what it left; a pack without anything else goes at once. */
    private long append(Pack pack, long offset, List<ChunkFrame> frames) throws IOException {
        try {
            return pack.append(offset, frames);
        } catch (IOException broken) {
            if (offset == 0) {
                discard(pack);
            }
            throw broken;
        }
    }

    private void discard(Pack pack) throws IOException {
        packs.remove(number);
        pack.close();
        shelf.delete(pack.name());
    }

    /** Writes the pack's list, so that the next start need not read the pack. */
    private void seal(Pack pack) throws IOException {
        durably(pack);
        unlisted = true;
        PackList.write(shelf, pack.name(), level, current);
        unlisted = false;
        current.clear();
        position = 0;
    }

    /** From now on no pack that is there is appended to any more. */
    void seal() throws IOException {
        Pack pack = packs.get(number);
        if (pack != null && position > 0) {
            seal(pack);
        }
    }

    /** Returns when all that was written is durable. */
    void sync() throws IOException {
        Pack pack = packs.get(number);
        if (pack != null && position > 0) {
            if (pack.growsOn()) {
                durably(pack);
            } else {
                seal(pack);
            }
        }
    }

    private void durably(Pack pack) throws IOException {
        try {
            pack.sync();
            durable = position;
            durableFrames = current.size();
        } catch (IOException broken) {
            if (pack.growsOn()) { // another one is whole on this host, and is sent again
                giveUp(pack);
            }
            throw broken;
        }
    }

    /** Cuts off what is not durable for sure, so that nobody finds it in the kernel's memory and takes it for what is on the disk. */
    private void giveUp(Pack pack) throws IOException {
        List<PackList.Entry> lost = current.subList(durableFrames, current.size());
        unsure.accept(lost.stream()
                .map(entry -> new Written(entry, new PackIndex.Place(number, entry.offset())))
                .toList());
        lost.clear();
        position = durable;
        if (durable == 0) {
            discard(pack);
        } else {
            pack.cutTo(durable);
        }
    }
}
