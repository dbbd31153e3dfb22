package firstlight.image.store;

import firstlight.image.chunk.ChunkFrame;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A shelf whose reads and writes a test can see, spoil and refuse; its packs are small. */
class WatchedShelf implements Shelf {
    private final Shelf shelf;

    WatchedShelf(Shelf shelf) {
        this.shelf = shelf;
    }

    @Override
    public void keepRoom() throws IOException {
        shelf.keepRoom();
    }

    @Override
    public boolean hasRoomFor(long octets) {
        return shelf.hasRoomFor(octets);
    }

    /** What is read of a pack in place of {@code frame}. */
    Optional<ChunkFrame> readFrame(String pack, long offset, Optional<ChunkFrame> frame) throws IOException {
        return frame;
    }

    /** What is read of a pack, frames or not, in place of {@code octets}. */
    byte[] readOctets(String pack, long offset, byte[] octets) throws IOException {
        return octets;
    }

    /** What is read of a file in place of {@code content}. */
    byte[] readFile(String name, byte[] content) throws IOException {
        return content;
    }

    boolean isThere(String name) {
        return true;
    }

    void beforeWrite(String name) throws IOException {
        // as the shelf itself does it
    }

    void afterWrite(String name) throws IOException {
        // as the shelf itself does it
    }

    void afterAppend(String pack) throws IOException {
        // as the shelf itself does it
    }

    void beforeSync(String pack) throws IOException {
        // as the shelf itself does it
    }

    void beforeSize(String pack) throws IOException {
        // as the shelf itself does it
    }

    @Override
    public List<String> list(String name) throws IOException {
        return shelf.list(name).stream().filter(this::isThere).toList();
    }

    @Override
    public byte[] read(String name) throws IOException {
        return readFile(name, shelf.read(name));
    }

    @Override
    public void write(String name, byte[] content) throws IOException {
        beforeWrite(name);
        shelf.write(name, content);
        afterWrite(name);
    }

    @Override
    public void delete(String name) throws IOException {
        shelf.delete(name);
    }

    @Override
    public Pack create(String name) throws IOException {
        return new WatchedPack(shelf.create(name));
    }

    @Override
    public Pack open(String name) throws IOException {
        return new WatchedPack(shelf.open(name));
    }

    /** A few chunks. */
    @Override
    public long packSize() {
        return 1 << 20;
    }

    @Override
    public String roomCure() {
        return shelf.roomCure();
    }

    @Override
    public void close() throws IOException {
        shelf.close();
    }

    @Override
    public String toString() {
        return shelf.toString();
    }

    private final class WatchedPack implements Pack {
        private final Pack pack;

        WatchedPack(Pack pack) {
            this.pack = pack;
        }

        @Override
        public String name() {
            return pack.name();
        }

        @Override
        public long size() throws IOException {
            beforeSize(name());
            return pack.size();
        }

        @Override
        public long append(long offset, List<ChunkFrame> frames) throws IOException {
            long end = pack.append(offset, frames);
            afterAppend(name());
            return end;
        }

        @Override
        public Optional<ChunkFrame> read(long offset) throws IOException {
            return readFrame(name(), offset, pack.read(offset));
        }

        @Override
        public byte[] octets(long offset, int length) throws IOException {
            return readOctets(name(), offset, pack.octets(offset, length));
        }

        @Override
        public void sync() throws IOException {
            beforeSync(name());
            pack.sync();
        }

        @Override
        public void cutTo(long size) throws IOException {
            pack.cutTo(size);
        }

        @Override
        public boolean growsOn() {
            return pack.growsOn();
        }

        @Override
        public void close() throws IOException {
            pack.close();
        }
    }
}
