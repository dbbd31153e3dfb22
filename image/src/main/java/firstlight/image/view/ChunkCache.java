package firstlight.image.view;

import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.chunk.DamagedChunk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The chunks that were read last, unpacked and verified. Used by many threads. */
final class ChunkCache {
    /** Octets: several readers side by side keep what they read on with, also in a PC with 1 GB. */
    private static final int KEPT = 24 << 20;

    /** Octets of what is fetched in one question. */
    private static final int AT_ONCE = 2 << 20;

    private final ChunkSource source;
    private final ReentrantLock lock = new ReentrantLock();
    private final ConcurrentLinkedQueue<ChunkCodec> codecs = new ConcurrentLinkedQueue<>();
    /** The one that nobody asked for the longest comes first. */
    private final Map<ChunkId, byte[]> kept = new LinkedHashMap<>(192, 0.75f, true);

    private long octets;

    ChunkCache(ChunkSource source) {
        this.source = source;
    }

    /** Fetches what cells {@code first} to {@code last} need in few questions. */
    void prepare(CellIndex index, long first, long last) throws IOException {
        List<ChunkId> wanted = new ArrayList<>();
        for (long cell = first; cell <= last && wanted.size() < AT_ONCE / index.cellSize(); cell++) {
            int at = index.of(cell);
            if (at >= 0 && !index.id(at).isZero() && find(index.id(at)) == null) {
                wanted.add(index.id(at));
            }
        }
        if (!wanted.isEmpty()) {
            fetch(wanted);
        }
    }

    /** Not to be changed: the same array is handed to all. */
    byte[] get(ChunkId id) throws IOException {
        byte[] content = find(id);
        return content != null ? content : fetch(List.of(id));
    }

    private byte @Nullable [] find(ChunkId id) {
        lock.lock();
        try {
            return kept.get(id);
        } finally {
            lock.unlock();
        }
    }

    /** Returns the first of them. */
    private byte[] fetch(List<ChunkId> ids) throws IOException {
        List<byte[]> frames = source.get(ids);
        ChunkCodec idle = codecs.poll();
        ChunkCodec codec = idle == null ? new ChunkCodec(1) : idle;
        try {
            List<byte[]> contents = new ArrayList<>();
            for (int i = 0; i < ids.size(); i++) {
                contents.add(content(codec, ids.get(i), frames.get(i)));
            }
            lock.lock();
            try {
                for (int i = 0; i < ids.size(); i++) {
                    keep(ids.get(i), contents.get(i));
                }
            } finally {
                lock.unlock();
            }
            return contents.getFirst();
        } finally {
            codecs.add(codec);
        }
    }

    /** What comes damaged is asked for once more: another server may have it whole. */
    private byte[] content(ChunkCodec codec, ChunkId id, byte[] frame) throws IOException {
        try {
            return codec.content(id, frame);
        } catch (DamagedChunk damaged) {
            return codec.content(id, source.again(id));
        }
    }

    private void keep(ChunkId id, byte[] content) {
        byte[] same = kept.put(id, content);
        octets += content.length - (same == null ? 0 : same.length);
        for (var eldest = kept.entrySet().iterator(); octets > KEPT; eldest.remove()) {
            octets -= eldest.next().getValue().length;
        }
    }

    void close() {
        for (ChunkCodec codec = codecs.poll(); codec != null; codec = codecs.poll()) {
            codec.close();
        }
    }
}
