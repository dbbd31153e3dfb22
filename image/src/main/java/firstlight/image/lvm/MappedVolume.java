package firstlight.image.lvm;

import firstlight.image.disk.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A logical volume's octets, wherever they lie.
 *
 * @param sources of all its physical volumes, by their id
 */
public record MappedVolume(LogicalVolume volume, Map<String, Source> sources) implements Source {
    public MappedVolume {
        sources = Map.copyOf(sources);
    }

    @Override
    public long size() {
        return volume.size();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        record Piece(Source source, long offset, int length) {}
        List<Piece> pieces = new ArrayList<>();
        volume.pieces(
                offset,
                offset + into.remaining(),
                (id, at, length) -> pieces.add(new Piece(Objects.requireNonNull(sources.get(id)), at, (int) length)));
        int end = into.limit();
        for (Piece piece : pieces) {
            into.limit(into.position() + piece.length());
            piece.source().read(piece.offset(), into);
        }
        into.limit(end);
        if (into.hasRemaining()) {
            throw new IOException(volume.name() + " has a gap at " + offset);
        }
    }
}
