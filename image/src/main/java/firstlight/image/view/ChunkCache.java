package firstlight.image.view;

import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The chunks that were read last, unpacked and verified. Used by many threads. */
final class ChunkCache {
    /** 24 MiB: several readers side by side keep what they read on with, also in a PC with 1 GB. */
    private static final int KEPT = 96;

    private static final int AT_ONCE = 8;

    private final ChunkSource source;
    private final ReentrantLock lock = new ReentrantLock();
    private final ConcurrentLinkedQueue<ChunkCodec> codecs = new ConcurrentLinkedQueue<>();
    private final Map<ChunkId, byte[]> kept = new LinkedHashMap<>(2 * KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ChunkId, byte[]> eldest) {
            return size() > KEPT;
        }
    };

    ChunkCache(ChunkSource source) {
        this.source = source;
    }

    /** Fetches what cells {@code first} to {@code last} need in few questions. */
    void prepare(CellIndex index, long first, long last) throws IOException {
        List<ChunkId> wanted = new ArrayList<>();
        for (long cell = first; cell <= last && wanted.size() < AT_ONCE; cell++) {
            int at = index.of(cell);
            if (at >= 0 && !index.id(at).isZero() && find(index.id(at)) == null) {
                wanted.add(index.id(at));
            }
        }
        if (!wanted.isEmpty()) {
            fetch(wanted);
        }
    }

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
            byte[] content = new byte[Chunk.SIZE];
            for (int i = 0; i < ids.size(); i++) {
                int length = codec.unpack(ids.get(i), frames.get(i), content, 0);
                contents.add(Arrays.copyOf(content, length));
            }
            lock.lock();
            try {
                for (int i = 0; i < ids.size(); i++) {
                    kept.put(ids.get(i), contents.get(i));
                }
            } finally {
                lock.unlock();
            }
            return contents.getFirst();
        } finally {
            codecs.add(codec);
        }
    }

    void close() {
        for (ChunkCodec codec = codecs.poll(); codec != null; codec = codecs.poll()) {
            codec.close();
        }
    }
}
