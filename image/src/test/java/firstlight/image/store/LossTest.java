package firstlight.image.store;

import static firstlight.image.store.ImageStoreConformance.concat;
import static firstlight.image.store.ImageStoreConformance.frames;
import static firstlight.image.store.ImageStoreConformance.missing;
import static firstlight.image.store.ImageStoreConformance.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chunks that are found damaged just while something else of the store goes on. */
class LossTest {
    @TempDir
    Path folder;

    private ReadHook hook = (_, frame) -> frame;

    private interface ReadHook {
        Optional<ChunkFrame> read(String pack, Optional<ChunkFrame> frame) throws IOException;
    }

    private ImageStore open() throws IOException {
        return PackStore.open(new WatchedShelf(DiskShelf.open(folder)) {
            @Override
            Optional<ChunkFrame> readFrame(String pack, long offset, Optional<ChunkFrame> frame) throws IOException {
                return hook.read(pack, frame);
            }
        });
    }

    private static Optional<ChunkFrame> spoilt(ChunkFrame frame) {
        byte[] octets = frame.frame().clone();
        octets[octets.length / 2] ^= 0x10;
        return Optional.of(new ChunkFrame(frame.id(), octets));
    }

    private static boolean is(Optional<ChunkFrame> frame, ChunkFrame wanted) {
        return frame.isPresent() && frame.get().id().equals(wanted.id());
    }

    private static void assertSound(ImageStore store, ChunkFrame frame) throws IOException {
        try (ChunkCodec codec = new ChunkCodec(1)) {
            ChunkId id = frame.id();
            codec.unpack(id, store.source().get(List.of(id)).getFirst(), new byte[Chunk.SIZE], 0);
        }
    }

    @Test
    void aChunkStaysWholeWhenTheOneThatItWasToBeToldByIsLostWhileItIsPacked() throws IOException {
        ChunkFrame before = RepackingConformance.first().getFirst();
        ChunkFrame after = RepackingConformance.second().getFirst();
        AtomicInteger reads = new AtomicInteger();
        try (ImageStore store = open()) {
            publish(store, List.of(before));
            publish(store, List.of(after));
            hook = (_, frame) -> {
                if (!is(frame, before) || reads.incrementAndGet() < 2) {
                    return frame;
                }
                if (reads.get() == 2) { // packing reads it as a base; then verification does, and the disk has failed
                    assertThat(store.check(before.id())).isFalse();
                    return frame;
                }
                return spoilt(frame.get());
            };
            assertThat(store.repack(RepackingConformance.LEVEL, 1, Progress.SILENT)
                            .packs())
                    .isEqualTo(1);
            hook = (_, frame) -> frame;
            assertThat(reads.get()).isGreaterThan(2);
            assertThat(missing(store, List.of(before))).isEqualTo(1);
            assertSound(store, after);
            store.sink().put(List.of(before));
        }
        try (ImageStore store = open()) {
            assertSound(store, before);
            assertSound(store, after);
        }
    }

    @Test
    void whatComesAnewWhileTwoFindItDamagedStays() throws IOException {
        ChunkFrame frame = frames(0, 1).getFirst();
        AtomicInteger reads = new AtomicInteger();
        try (ImageStore store = open()) {
            ImageVersion version = publish(store, List.of(frame));
            hook = (pack, read) -> {
                if (!pack.endsWith("1.pack")) {
                    return read;
                }
                if (reads.incrementAndGet() == 1) { // the other one is faster, and a capture brings it again
                    assertThat(store.check(frame.id())).isFalse();
                    store.sink().put(frames(100, 105)); // the pack is full
                    store.sink().put(List.of(frame));
                }
                return spoilt(frame);
            };
            assertThat(store.verify(version, Progress.SILENT)).isEmpty();
            assertThat(missing(store, List.of(frame))).isZero();
            assertSound(store, frame);
        }
    }

    @Test
    void nothingIsLostWhileTheStorageCannotBeAsked() throws IOException {
        List<ChunkFrame> frames = frames(0, 3);
        try (ImageStore store = open()) {
            ImageVersion version = publish(store, frames);
            hook = (_, _) -> {
                throw new ImageFailure("The S3 server cannot be used", "connection refused", "See whether it runs");
            };
            assertThatThrownBy(() -> store.check(frames.getFirst().id())).hasMessageContaining("connection refused");
            assertThatThrownBy(() -> store.verify(version, Progress.SILENT)).hasMessageContaining("connection refused");
            hook = (_, frame) -> frame;
            assertThat(missing(store, frames)).isZero();
            assertThat(store.collect(false, Progress.SILENT).chunks()).isZero();
            assertThat(store.verify(version, Progress.SILENT)).isEmpty();
        }
    }

    @Test
    void whatReplacesADamagedCopyDoesSoAfterAStartToo() throws IOException {
        List<ChunkFrame> first = RepackingConformance.first();
        ChunkFrame healed = first.getFirst();
        List<ChunkFrame> others = frames(200, 201);
        AtomicBoolean begun = new AtomicBoolean();
        AtomicBoolean brought = new AtomicBoolean();
        try (ImageStore store = open()) {
            for (ChunkFrame frame : first) {
                store.sink().put(List.of(frame)); // into several packs
            }
            publish(store, first);
            store.repack(RepackingConformance.LEVEL, 1, (_, _, _) -> {
                if (!begun.getAndSet(true)) {
                    store.sink().put(others); // a capture begins a pack before packing begins its own
                } else if (!Files.exists(folder.resolve("packs/00000001.pack")) && !brought.getAndSet(true)) {
                    assertThat(spoilOnDisk(healed.id())).isPositive();
                    assertThat(store.check(healed.id())).isFalse();
                    store.sink().put(List.of(healed));
                }
            });
            assertThat(brought).isTrue();
            assertSound(store, healed);
        }
        try (ImageStore store = open()) {
            assertSound(store, healed);
            for (ChunkFrame frame : concat(first, others)) {
                assertSound(store, frame);
            }
        }
    }

    /** In whatever packs it lies; how many. */
    private int spoilOnDisk(ChunkId id) throws IOException {
        byte[] wanted = HexFormat.of().parseHex(id.toString());
        int spoilt = 0;
        try (var files = Files.list(folder.resolve("packs"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".pack")).toList()) {
                byte[] octets = Files.readAllBytes(file);
                for (int at = 0; at + PackFile.HEADER < octets.length; at++) {
                    if (octets[at] == wanted[0] && Arrays.equals(octets, at, at + 32, wanted, 0, 32)) {
                        octets[at + PackFile.HEADER + 1000] ^= 0x10;
                        spoilt++;
                    }
                }
                Files.write(file, octets);
            }
        }
        return spoilt;
    }
}
