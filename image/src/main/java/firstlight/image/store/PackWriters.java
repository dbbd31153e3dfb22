package firstlight.image.store;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkFrame;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The packs that are being appended to: one for each zstd level. Used by one thread at a time. */
final class PackWriters {
    private final Shelf shelf;
    private final Map<Integer, Pack> packs;
    private final AtomicInteger lastPack;
    private final Consumer<List<PackWriter.Written>> unsure;

    /** By the level of what is written; 0 for what comes from outside. */
    private final Map<Integer, PackWriter> writers = new TreeMap<>();

    /**
     * @param packs all there are, by number
     * @param unsure hears what is cut off because the disk may not have it
     */
    PackWriters(
            Shelf shelf, Map<Integer, Pack> packs, AtomicInteger lastPack, Consumer<List<PackWriter.Written>> unsure) {
        this.shelf = shelf;
        this.packs = packs;
        this.lastPack = lastPack;
        this.unsure = unsure;
    }

    /** Before chunks that are not there yet. */
    void keepRoom() throws ImageFailure {
        try {
            shelf.keepRoom();
        } catch (IOException full) {
            throw cannotWrite(full);
        }
    }

    /** Before chunks are written anew: others may have taken the room since somebody looked. */
    void keepRoomFor(List<ChunkFrame> frames) throws ImageFailure {
        long octets = 0;
        for (ChunkFrame frame : frames) {
            octets += PackFile.HEADER + frame.frame().length;
        }
        if (octets > 0 && !shelf.hasRoomFor(octets)) {
            throw cannotWrite(new IOException("No space left on device but what is kept for the database"));
        }
    }

    private ImageFailure cannotWrite(IOException broken) {
        return new ImageFailure("The image store " + shelf + " cannot take more chunks", broken, shelf.roomCure());
    }

    List<PackWriter.Written> write(int level, List<ChunkFrame> frames) throws IOException {
        try {
            return writers.computeIfAbsent(level, _ -> new PackWriter(shelf, level, packs, lastPack, unsure))
                    .write(frames);
        } catch (ImageFailure failure) {
            throw failure;
        } catch (IOException broken) {
            throw cannotWrite(broken);
        }
    }

    /** Returns when all that was written is durable. */
    void sync() throws IOException {
        for (PackWriter writer : writers.values()) {
            writer.sync();
        }
    }

    /** From now on no pack that is there is appended to any more. */
    void seal() throws IOException {
        for (PackWriter writer : writers.values()) {
            writer.seal();
        }
    }

    boolean isWriting(int number) {
        return writers.values().stream().anyMatch(writer -> writer.isWriting(number));
    }

    /** What lies in a pack that is being appended to; empty of any other. */
    Optional<List<PackList.Entry>> entries(int number) {
        return writers.values().stream()
                .filter(writer -> writer.isWriting(number))
                .findFirst()
                .map(PackWriter::entries);
    }
}
