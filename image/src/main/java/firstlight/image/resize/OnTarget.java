package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.chunk.Chunk;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Region;
import firstlight.image.view.Joined;
import firstlight.image.view.Slice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A region as the image has it and as it is on the target.
 *
 * @param pristine of the image
 * @param image the same, which may be written to
 * @param first its first cell as it will be, in memory
 * @param below the target, with {@code first} before it where that is held
 */
record OnTarget(Resize.Piece piece, Disk pristine, Disk image, Disk first, Disk below) {

    static OnTarget of(Resize.Piece piece, Disk pristine, Disk image, Disk first) {
        Placement placement = piece.placement();
        List<Disk> parts = new ArrayList<>();
        long from = 0;
        if (piece.held()) {
            parts.add(first);
            from = first.size();
        }
        parts.add(new Slice(piece.disk(), placement.start() + from, placement.length() - from));
        return new OnTarget(piece, pristine, image, first, new Joined(parts));
    }

    /** Octets of the first cell, as far as it is on the target. */
    static long firstCell(Placement placement) {
        return Math.min(
                cell(placement.region()),
                Math.min(placement.length(), placement.region().length()));
    }

    private static int cell(Region region) {
        return region.content() instanceof Content.Blocks blocks ? blocks.chunkSize() : Chunk.SIZE;
    }

    LvmLayout layout() {
        return piece.placement().group().orElseThrow();
    }

    /** What the first cell has to become, when it is held. */
    Optional<byte[]> firstCell() throws IOException {
        if (!piece.held()) {
            return Optional.empty();
        }
        ByteBuffer octets = ByteBuffer.allocate((int) first.size());
        first.read(0, octets);
        return Optional.of(octets.array());
    }

    /** What was not written of the cell that the new end cuts: half a chunk has no hash to be read back by. */
    void end() throws IOException {
        int cell = cell(piece.placement().region());
        long from = piece.placement().length() / cell * cell;
        if (from == below.size()) {
            return;
        }
        ByteBuffer octets = ByteBuffer.allocate((int) (below.size() - from));
        pristine.read(from, octets);
        below.write(from, octets.flip());
        below.flush();
        ByteBuffer back = ByteBuffer.allocate(octets.capacity());
        below.readBack(from, back);
        if (!back.flip().equals(octets.rewind())) {
            throw differs(piece.disk().name(), from);
        }
    }

    static DiskFailure differs(String disk, long from) {
        return new DiskFailure(
                disk,
                "The disk does not hold what was written to it",
                disk + " reads back differently behind offset " + from + " of a partition",
                "Replace the disk, or check the PC's memory and cables; what was restored is not to be used");
    }
}
