package firstlight.image.store;

import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where chunks were found damaged, kept over a start, for the lists of packs name them still: without it the first capture after a
 * restart would be told that the store has them. A file beside the packs, {@code damaged}:
 *
 * <pre>
 * "FLD1"
 * for each: 32 octets id, u32 BE number of the pack, u32 BE offset in it
 * u32 BE CRC-32C of the above
 * </pre>
 *
 * It spares no verification: one that cannot be read, or written, costs what was found until the next, and no more.
 */
final class KnownDamage {
    static final String NAME = Packs.FOLDER + "/damaged";
    private static final int MAGIC = 0x464C4431;
    private static final int ENTRY = ChunkId.LENGTH + 8;

    /** What a server's start may take longer for it. */
    private static final Duration LOOKING = Duration.ofSeconds(3);

    private final Shelf shelf;
    private final Map<ChunkId, PackIndex.Place> places = new LinkedHashMap<>();
    private boolean isSaved = true;

    /** Of nothing, until {@link #recall}. */
    KnownDamage(Shelf shelf) {
        this.shelf = shelf;
    }

    /**
     * Has {@code packs} lose what an earlier process found damaged. For some seconds it is looked at once more, as many as a server
     * may start later: memory fails too, and then the chunk is sound. What has come again stays known as long as its pack is there, for
     * the newer copy may go first.
     */
    synchronized void recall(Packs packs) throws IOException {
        try {
            read(shelf.read(NAME));
        } catch (NoSuchFileException none) {
            return;
        } catch (IOException unreadable) {
            if (MediumError.is(unreadable)) {
                return;
            }
            throw unreadable;
        }
        long start = System.nanoTime();
        try (ChunkCodec codec = new ChunkCodec(1)) {
            for (Map.Entry<ChunkId, PackIndex.Place> each : Map.copyOf(places).entrySet()) {
                boolean isThere = each.getValue().equals(packs.index().find(each.getKey()));
                boolean isGone = !packs.numbers().contains(each.getValue().pack());
                boolean isLate = System.nanoTime() - start > LOOKING.toNanos();
                if (isGone || (isThere && !isLate && isSound(packs, codec, each.getKey()))) {
                    places.remove(each.getKey());
                    isSaved = false;
                } else if (isThere) {
                    packs.lose(each.getKey(), each.getValue());
                }
            }
        }
        save();
    }

    /** Not where nobody can say, as while an S3 server is away. */
    private static boolean isSound(Packs packs, ChunkCodec codec, ChunkId id) {
        try {
            return new Examination(packs, codec).of(id).isEmpty();
        } catch (IOException unknown) {
            return false;
        }
    }

    /** Nothing where it is damaged. */
    private void read(byte[] octets) {
        ByteBuffer list = ByteBuffer.wrap(octets);
        if (octets.length % ENTRY == 8
                && list.getInt() == MAGIC
                && list.getInt(octets.length - 4) == PackList.crc(octets)) {
            while (list.remaining() > 4) {
                places.put(
                        ChunkId.get(list), new PackIndex.Place(list.getInt(), Integer.toUnsignedLong(list.getInt())));
            }
        }
    }

    /** Not durable before {@link #save}. */
    synchronized void found(ChunkId id, PackIndex.Place place) {
        isSaved &= place.equals(places.put(id, place));
    }

    /** Durable when it returns, but where the disk is full or fails: what was found is told all the same, and the next call tries again. */
    synchronized void save() {
        if (isSaved) {
            return;
        }
        try {
            if (places.isEmpty()) {
                shelf.delete(NAME);
            } else {
                ByteBuffer list = ByteBuffer.allocate(8 + ENTRY * places.size()).putInt(MAGIC);
                places.forEach((id, place) -> {
                    id.put(list);
                    list.putInt(place.pack()).putInt((int) place.offset());
                });
                shelf.write(NAME, list.putInt(PackList.crc(list.array())).array());
            }
            isSaved = true;
        } catch (IOException unwritten) {
            isSaved = false;
        }
    }
}
