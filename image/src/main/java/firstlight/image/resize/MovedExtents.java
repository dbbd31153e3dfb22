package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.anew.Anew;
import firstlight.image.chunk.ChunkId;
import firstlight.image.extents.Extents;
import firstlight.image.lvm.Rearranged.Move;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What comes to lie elsewhere within an encrypted partition. A sector is enciphered for its place, so that no chunk of the image is what
 * the target is to hold there: it is deciphered from the image, enciphered anew, and read back.
 *
 * @param pieces what is in use of it, in the order of its new places; each is held in memory
 */
public record MovedExtents(List<Move> pieces) {
    private static final int PIECE = 1 << 20;

    public MovedExtents {
        pieces = List.copyOf(pieces);
    }

    /**
     * @param used of what is encrypted, in octets from its start
     * @param moves what stays where it is among them
     */
    static MovedExtents of(Extents used, List<Move> moves) {
        List<Move> pieces = new ArrayList<>();
        for (Move move : moves) {
            for (long at = 0; move.from() != move.to() && at < move.length(); at += PIECE) {
                Extents here = used.within(move.from() + at, move.from() + Math.min(move.length(), at + PIECE));
                if (here.count() > 0) { // with what is free in between: many small writes would take longer
                    long first = here.start(0);
                    pieces.add(new Move(first, first - move.from() + move.to(), here.end() - first));
                }
            }
        }
        return new MovedExtents(pieces);
    }

    private long octets() {
        return pieces.stream().mapToLong(Move::length).sum();
    }

    /**
     * @param image what is encrypted, as the image has it
     * @param target where it is enciphered anew
     * @throws firstlight.image.DiskFailure when the target reads back differently
     */
    void copy(Disk image, Disk target, Resize.Heard heard) throws IOException {
        if (pieces.isEmpty()) {
            return;
        }
        Anew.Heard copied = heard.copying(octets());
        List<ChunkId> hashes = new ArrayList<>();
        for (Move piece : pieces) {
            ByteBuffer octets = ByteBuffer.allocate((int) piece.length());
            image.read(piece.from(), octets);
            hashes.add(hash(octets));
            target.write(piece.to(), octets.flip());
            copied.octets(piece.length());
        }
        target.flush();
        Anew.Heard verified = heard.verifying(octets());
        for (int i = 0; i < pieces.size(); i++) {
            Move piece = pieces.get(i);
            ByteBuffer octets = ByteBuffer.allocate((int) piece.length());
            target.readBack(piece.to(), octets);
            if (!hash(octets).equals(hashes.get(i))) {
                throw OnTarget.differs(target.name(), piece.to());
            }
            verified.octets(piece.length());
        }
    }

    private static ChunkId hash(ByteBuffer octets) {
        return ChunkId.of(octets, 0, octets.capacity());
    }
}
