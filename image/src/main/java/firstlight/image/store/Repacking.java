package firstlight.image.store;

import com.github.luben.zstd.ZstdException;
import firstlight.image.Progress;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.DamagedChunk;
import firstlight.image.disk.Niceness;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Writes the chunks of quickly packed packs anew, at a level for which a capture has no time, and as a difference from the version
 * before where that is shorter. Crash-safe as a collection is: the copies are durable before the old pack is deleted. Each new
 * frame is unpacked and hashed before the old one may go.
 */
final class Repacking {
    /** Chunks that a thread takes at once. */
    private static final int BATCH = 16;
    /** Octets of frames that are in memory at once: as many as chunks of the usual size have at most. */
    private static final long AT_ONCE = BATCH * (long) Chunk.SIZE;
    /** Of content that shrinks by less than a thirty-second, nothing is to be had. */
    private static final int HOPELESS = 32;

    private final Packs packs;
    private final Map<ChunkId, ChunkId> bases;
    private final int level;
    private final int threads;

    private final List<String> damages = new ArrayList<>();
    private final AtomicLong chunks = new AtomicLong();
    private final AtomicLong deltas = new AtomicLong();
    private final AtomicLong after = new AtomicLong();

    /** @param bases by chunk, the one that it probably differs little from */
    Repacking(Packs packs, Map<ChunkId, ChunkId> bases, int level, int threads) {
        this.packs = packs;
        this.bases = bases;
        this.level = level;
        this.threads = threads;
    }

    /** A pack after the other, the threads side by side within it. Stopped in between, what is done stays done. */
    Repacked run(Progress progress) throws IOException {
        List<Integer> todo = packs.sealed().stream()
                .filter(number -> packs.level(number) < level)
                .toList();
        long total = 0;
        for (int number : todo) {
            total += packs.pack(number).size();
        }
        long before = 0;
        int noRoom = 0;
        for (int number : todo) {
            progress.progress(Progress.Phase.PACKING, before, total);
            long size = packs.pack(number).size();
            if (!packs.hasRoomFor(size)) {
                noRoom++;
                continue;
            }
            repack(number, progress, before, total);
            before += size;
        }
        packs.sealed(); // with a list that says the level
        progress.progress(Progress.Phase.PACKING, total, total);
        return new Repacked(todo.size() - noRoom, noRoom, chunks.get(), deltas.get(), before, after.get(), damages);
    }

    /** The threads of their own end with the pack: what was made nice can never be made less so. */
    private void repack(int number, Progress progress, long done, long total) throws IOException {
        List<PackList.Entry> entries = packs.entries(number);
        int takenBack = packs.takenBack();
        AtomicInteger next = new AtomicInteger();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Thread> running = new ArrayList<>();
        for (int i = 1; i <= threads; i++) {
            running.add(Thread.ofPlatform().name("packing-" + i).daemon().start(() -> {
                Niceness.lowest();
                try (ChunkCodec codec = new ChunkCodec(level)) {
                    for (int at = next.getAndAdd(BATCH);
                            at < entries.size() && !stop.get();
                            at = next.getAndAdd(BATCH)) {
                        repack(codec, number, entries.subList(at, Math.min(at + BATCH, entries.size())));
                    }
                } catch (IOException | RuntimeException | Error broken) {
                    failure.compareAndSet(null, broken);
                    stop.set(true);
                }
            }));
        }
        try {
            for (Thread thread : running) {
                while (!thread.join(Duration.ofMillis(500))) {
                    long share = packs.pack(number).size()
                            * Math.min(next.get(), entries.size())
                            / Math.max(1, entries.size()); // of an empty pack none
                    progress.progress(Progress.Phase.PACKING, done + share, total);
                }
            }
        } catch (IOException cancelled) {
            failure.compareAndSet(null, cancelled);
        } catch (InterruptedException interrupted) {
            failure.compareAndSet(null, new IOException("interrupted", interrupted));
            Thread.currentThread().interrupt();
        } finally {
            stop.set(true);
        }
        for (Thread thread : running) {
            joined(thread);
        }
        rethrow(failure.get());
        packs.syncMoved(takenBack);
        packs.delete(number);
    }

    private static void joined(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void rethrow(@Nullable Throwable broken) throws IOException {
        switch (broken) {
            case null -> {}
            case IOException io -> throw io;
            case Error error -> throw error;
            default -> throw new IllegalStateException(broken);
        }
    }

    private void repack(ChunkCodec codec, int number, List<PackList.Entry> entries) throws IOException {
        Pack pack = packs.pack(number);
        List<ChunkFrame> frames = new ArrayList<>(BATCH);
        // As they were: of a delta whose base went meanwhile the old frame is kept.
        List<ChunkFrame> old = new ArrayList<>(BATCH);
        List<PackIndex.Place> from = new ArrayList<>(BATCH);
        long octets = 0;
        for (PackList.Entry entry : entries) {
            PackIndex.Place place = new PackIndex.Place(number, entry.offset());
            if (!place.equals(packs.index().find(entry.id()))) {
                continue; // a better copy lies elsewhere
            }
            Optional<ChunkFrame> frame = pack.read(entry);
            Optional<byte[]> content = frame.isPresent() ? content(codec, frame.get()) : Optional.empty();
            if (content.isEmpty()) {
                if (packs.lose(entry.id(), place)) {
                    damaged("chunk " + entry.id() + " in " + pack.name() + " at offset " + entry.offset()
                            + " is damaged and was not kept");
                }
                continue;
            }
            ChunkFrame best = best(codec, frame.get(), content.get());
            frames.add(best);
            old.add(frame.get());
            from.add(place);
            chunks.incrementAndGet();
            deltas.addAndGet(Delta.base(best.frame()).isPresent() ? 1 : 0);
            after.addAndGet(PackFile.HEADER + best.frame().length);
            octets += frame.get().frame().length;
            if (octets >= AT_ONCE) {
                move(frames, old, from);
                octets = 0;
            }
        }
        move(frames, old, from);
    }

    /** Empties the lists. */
    private void move(List<ChunkFrame> frames, List<ChunkFrame> old, List<PackIndex.Place> from) throws IOException {
        Set<ChunkId> baseless = packs.move(level, frames, from);
        for (int i = 0; i < old.size(); i++) {
            if (baseless.contains(old.get(i).id())) {
                var _ = packs.move(level, List.of(old.get(i)), List.of(from.get(i)));
            }
        }
        frames.clear();
        old.clear();
        from.clear();
    }

    private synchronized void damaged(String words) {
        damages.add(words);
    }

    /** Empty when it is damaged; what cannot be read just now ends the packing and stays where it is. */
    private Optional<byte[]> content(ChunkCodec codec, ChunkFrame frame) throws IOException {
        try {
            return Optional.of(packs.chunks().content(codec, frame));
        } catch (DamagedChunk damaged) {
            return Optional.empty();
        }
    }

    /** The old frame where a new one wins nothing. What is new is unpacked once, before it takes the place of what is known to be good. */
    private ChunkFrame best(ChunkCodec codec, ChunkFrame old, byte[] content) throws IOException {
        if (Delta.base(old.frame()).isPresent()) {
            return old;
        }
        Optional<ChunkFrame> delta = delta(codec, old, content);
        if (delta.isPresent()) {
            return delta.get();
        }
        if (old.frame().length > content.length - content.length / HOPELESS) {
            return old;
        }
        ChunkFrame tight = codec.pack(old.id(), content, 0, content.length);
        codec.unpack(tight.id(), tight.frame(), new byte[content.length], 0);
        return tight.frame().length < old.frame().length ? tight : old;
    }

    /** The difference from the base, when it is less than half of the whole: it costs two frames' work to read it. */
    private Optional<ChunkFrame> delta(ChunkCodec codec, ChunkFrame old, byte[] content) {
        ChunkId base = bases.get(old.id());
        if (base == null) {
            return Optional.empty();
        }
        try {
            byte[] baseContent = packs.chunks()
                    .content(codec, new ChunkFrame(base, packs.chunks().get(base)));
            ChunkFrame delta = Delta.pack(old.id(), content, content.length, base, baseContent, level);
            if (delta.frame().length >= old.frame().length / 2) {
                return Optional.empty();
            }
            Delta.unpack(old.id(), delta.frame(), baseContent);
            return Optional.of(delta);
        } catch (ZstdException notAsABase) {
            return Optional.empty(); // content that begins as a zstd dictionary does
        } catch (IOException baseIsDamaged) {
            return Optional.empty(); // whoever reads it for its own sake will say so
        }
    }
}
