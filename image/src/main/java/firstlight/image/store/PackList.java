package firstlight.image.store;

import firstlight.image.chunk.ChunkId;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a closed pack holds: a file beside it, {@code 00000001.pack.list}, that can be made anew from the pack.
 *
 * <pre>
 * "FLP2", u8 zstd level of its frames, 0 when not known
 * for each frame: 32 octets id, u32 BE offset; with bit 31 set for a {@link Delta}, then 32 octets id of its base
 * u32 BE CRC-32C of the above
 * </pre>
 *
 * One without the first five octets is of a store from before packing, and has no deltas.
 */
sealed interface PackList {
    int ENTRY = ChunkId.LENGTH + 4;
    String SUFFIX = ".list";
    int MAGIC = 0x464C5032;
    int DELTA = 1 << 31;

    /**
     * @param offset of the frame's header in the pack
     * @param base of a delta
     */
    record Entry(ChunkId id, long offset, Optional<ChunkId> base) {}

    record Listed(int level, List<Entry> entries) implements PackList {}

    /** As after a crash: the pack itself must be read. */
    record Absent() implements PackList {}

    /** The pack must be read as well, and somebody is told. */
    record Damaged() implements PackList {}

    static void write(Shelf shelf, String pack, int level, List<Entry> entries) throws IOException {
        long deltas = entries.stream().filter(entry -> entry.base().isPresent()).count();
        ByteBuffer list = ByteBuffer.allocate(9 + ENTRY * entries.size() + (int) deltas * ChunkId.LENGTH);
        list.putInt(MAGIC).put((byte) level);
        for (Entry entry : entries) {
            entry.id().put(list);
            list.putInt((int) entry.offset() | (entry.base().isPresent() ? DELTA : 0));
            entry.base().ifPresent(base -> base.put(list));
        }
        list.putInt(crc(list.array()));
        shelf.write(pack + SUFFIX, list.array());
    }

    static PackList read(Shelf shelf, String pack) throws IOException {
        byte[] octets;
        try {
            octets = shelf.read(pack + SUFFIX);
        } catch (NoSuchFileException none) {
            return new Absent();
        } catch (IOException unreadable) {
            if (MediumError.is(unreadable)) {
                return new Damaged();
            }
            throw unreadable;
        }
        ByteBuffer list = ByteBuffer.wrap(octets);
        if (octets.length < 4 || list.getInt(octets.length - 4) != crc(octets)) {
            return new Damaged();
        }
        boolean withLevel = octets.length >= 9 && list.getInt(0) == MAGIC;
        int level = withLevel ? list.position(4).get() : 0;
        List<Entry> entries = new ArrayList<>(octets.length / ENTRY);
        try {
            while (list.remaining() > 4) {
                ChunkId id = ChunkId.get(list);
                int offset = list.getInt();
                boolean delta = withLevel && (offset & DELTA) != 0;
                entries.add(new Entry(id, offset & ~DELTA, delta ? Optional.of(ChunkId.get(list)) : Optional.empty()));
            }
        } catch (BufferUnderflowException cutShort) {
            return new Damaged();
        }
        return list.remaining() == 4 ? new Listed(level, entries) : new Damaged();
    }

    /** CRC-32C (Castagnoli) of all but the last four octets, which hold it. */
    static int crc(byte[] list) {
        CRC32C crc = new CRC32C();
        crc.update(list, 0, list.length - 4);
        return (int) crc.getValue();
    }
}
