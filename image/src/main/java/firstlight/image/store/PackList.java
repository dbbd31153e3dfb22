package firstlight.image.store;

import firstlight.image.chunk.ChunkId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a closed pack holds: a file beside it, {@code 00000001.pack.list}, that can be made anew from the pack.
 *
 * <pre>
 * for each frame: 32 octets id, u32 BE offset
 * u32 BE CRC-32C of the above
 * </pre>
 */
final class PackList {
    private static final int ENTRY = ChunkId.LENGTH + 4;

    private PackList() {}

    record Entry(ChunkId id, long offset) {}

    static void write(Path pack, List<Entry> entries) throws IOException {
        ByteBuffer list = ByteBuffer.allocate(ENTRY * entries.size() + 4);
        for (Entry entry : entries) {
            entry.id().put(list);
            list.putInt((int) entry.offset());
        }
        list.putInt(crc(list.array()));
        Durable.write(beside(pack), list.array());
    }

    /** Empty when there is none or it is damaged. */
    static Optional<List<Entry>> read(Path pack) throws IOException {
        if (!Files.exists(beside(pack))) {
            return Optional.empty();
        }
        byte[] octets = Files.readAllBytes(beside(pack));
        ByteBuffer list = ByteBuffer.wrap(octets);
        if (octets.length < 4 || (octets.length - 4) % ENTRY != 0 || list.getInt(octets.length - 4) != crc(octets)) {
            return Optional.empty();
        }
        List<Entry> entries = new ArrayList<>(octets.length / ENTRY);
        while (list.remaining() > 4) {
            entries.add(new Entry(ChunkId.get(list), list.getInt() & 0xFFFF_FFFFL));
        }
        return Optional.of(entries);
    }

    private static int crc(byte[] list) {
        CRC32C crc = new CRC32C();
        crc.update(list, 0, list.length - 4);
        return (int) crc.getValue();
    }

    private static Path beside(Path pack) {
        return pack.resolveSibling(pack.getFileName() + ".list");
    }
}
