package firstlight.engine;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSink;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.chunk.ChunkWire;
import firstlight.image.chunk.DamagedChunk;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The server's chunks. Each thread that asks has a connection of its own. Each call is one request. */
final class RemoteChunks implements ChunkSink, ChunkSource {
    private static final String OCTETS = "application/octet-stream";
    private static final int BUFFER = 1 << 16;

    private final Exchange exchange;

    RemoteChunks(Exchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public BitSet missing(List<ChunkId> ids) throws IOException {
        if (ids.isEmpty()) {
            return new BitSet();
        }
        byte[] answer = exchange.send(
                "POST",
                "/engine/chunks/missing",
                OCTETS,
                Exchange.Body.of(ChunkWire.ids(ids)),
                InputStream::readAllBytes);
        return ChunkWire.missing(answer, ids.size());
    }

    @Override
    public void put(List<ChunkFrame> frames) throws IOException {
        if (frames.isEmpty()) {
            return;
        }
        try {
            send(frames);
        } catch (DamagedChunk onTheWay) {
            // Once more: this PC's memory may have been right, and the way wrong. If not, the server says so again.
            send(frames);
        }
    }

    private void send(List<ChunkFrame> frames) throws IOException {
        Exchange.Body body = new Exchange.Body() {
            @Override
            public long length() {
                return ChunkWire.putLength(frames);
            }

            @Override
            public void write(OutputStream out) throws IOException {
                ChunkWire.writePut(out, frames);
            }
        };
        try {
            exchange.send("POST", "/engine/chunks/put", OCTETS, body, InputStream::readAllBytes);
        } catch (Refused refused) {
            if (refused.status() == 422) {
                throw new DamagedChunk(
                        damaged(refused, frames), refused.problem().detail());
            }
            throw refused;
        }
    }

    private static ChunkId damaged(Refused refused, List<ChunkFrame> frames) {
        return refused.problem().chunks().stream()
                .findFirst()
                .filter(bytes -> bytes.length() == ChunkId.LENGTH)
                .map(bytes -> ChunkId.at(bytes.toArray(), 0))
                .orElse(frames.getFirst().id());
    }

    @Override
    public List<byte[]> get(List<ChunkId> ids) throws IOException {
        if (ids.isEmpty()) {
            return List.of();
        }
        return get("/engine/chunks/get", ids);
    }

    @Override
    public byte[] again(ChunkId damaged) throws IOException {
        // The server reads and hashes its own copy first: the fault may be there.
        return get("/engine/chunks/again", List.of(damaged)).getFirst();
    }

    private List<byte[]> get(String path, List<ChunkId> ids) throws IOException {
        return exchange.send("POST", path, OCTETS, Exchange.Body.of(ChunkWire.ids(ids)), in -> {
            InputStream buffered = new BufferedInputStream(in, BUFFER);
            List<byte[]> frames = new ArrayList<>(ids.size());
            try {
                for (int i = 0; i < ids.size(); i++) {
                    frames.add(ChunkWire.readGet(buffered));
                }
            } catch (ImageFailure cutShort) {
                // A connection that broke in the middle: for the retries, not the end of the work.
                throw new IOException(cutShort.cause(), cutShort);
            }
            return frames;
        });
    }
}
