package firstlight.image.store;

import firstlight.image.chunk.ChunkId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What a closed pack holds: a file beside it, {@code 00000001.pack.list}, that can be made anew from the pack.
 *
 * <pre>
 * for each frame: 32 octets id, u32 BE offset
 * u32 BE CRC-32C of the above
 * </pre>
 */
sealed interface PackList {
    int ENTRY = ChunkId.LENGTH + 4;
    String SUFFIX = ".list";

    record Entry(ChunkId id, long offset) {}

    record Listed(List<Entry> entries) implements PackList {}

    /** As after a crash: the pack itself must be read. */
    record Absent() implements PackList {}

    record Damaged() implements PackList {}

    static void write(Shelf shelf, String pack, List<Entry> entries) throws IOException {
        ByteBuffer list = ByteBuffer.allocate(ENTRY * entries.size() + 4);
        for (Entry entry : entries) {
            entry.id().put(list);
            list.putInt((int) entry.offset());
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
        }
        ByteBuffer list = ByteBuffer.wrap(octets);
        if (octets.length < 4 || (octets.length - 4) % ENTRY != 0 || list.getInt(octets.length - 4) != crc(octets)) {
            return new Damaged();
        }
        List<Entry> entries = new ArrayList<>(octets.length / ENTRY);
        while (list.remaining() > 4) {
            entries.add(new Entry(ChunkId.get(list), list.getInt() & 0xFFFF_FFFFL));
        }
        return new Listed(entries);
    }

    private static int crc(byte[] list) {
        CRC32C crc = new CRC32C();
        crc.update(list, 0, list.length - 4);
        return (int) crc.getValue();
    }
}
