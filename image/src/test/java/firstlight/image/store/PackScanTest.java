package firstlight.image.store;

import static firstlight.image.store.ImageStoreConformance.frames;
import static firstlight.image.store.ImageStoreConformance.ids;
import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pack that a server which was killed left without a list, on a disk that damaged it since. */
class PackScanTest {
    private static final List<ChunkFrame> FRAMES = frames(0, 6);
    private static final byte[] BASE = RepackingConformance.content(7);
    private static final byte[] CHANGED = RepackingConformance.content(8);

    @TempDir
    Path folder;

    private final List<Long> offsets = new ArrayList<>();

    private Path file(List<ChunkFrame> frames) throws IOException {
        Path file = folder.resolve("1.pack");
        try (PackFile pack = PackFile.create("1.pack", file)) {
            long end = 0;
            for (ChunkFrame frame : frames) {
                offsets.add(end);
                end = pack.append(end, List.of(frame));
            }
        }
        return file;
    }

    private static PackScan scan(Path file) throws IOException {
        try (PackFile pack = PackFile.open("1.pack", file)) {
            return PackScan.of(1, pack, false);
        }
    }

    private static void write(Path file, long offset, byte... octets) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(octets), offset);
        }
    }

    private static List<ChunkId> whole(PackScan scan) {
        return scan.whole().stream().map(PackList.Entry::id).toList();
    }

    private static List<ChunkId> without(int... taken) {
        List<ChunkFrame> left = new ArrayList<>(FRAMES);
        for (int index : taken) {
            left.remove(FRAMES.get(index));
        }
        return ids(left);
    }

    @Test
    void aSoundOneIsFoundWholeAndIsNoTrouble() throws IOException {
        PackScan scan = scan(file(FRAMES));
        assertThat(whole(scan)).isEqualTo(ids(FRAMES));
        assertThat(scan.damaged()).isZero();
        assertThat(scan.trouble(6, "store")).isEmpty();
    }

    @Test
    void whatLiesBehindALengthThatCannotBeIsFound() throws IOException {
        Path file = file(FRAMES);
        write(file, offsets.get(2) + ChunkId.LENGTH, (byte) 0x7F);
        PackScan scan = scan(file);
        assertThat(whole(scan)).isEqualTo(without(2));
        assertThat(scan.trouble(5, "store"))
                .contains(
                        "1.pack in store, which was written when the server ended, is damaged in its midst: 5 chunks are sound, 1 are damaged");
    }

    @Test
    void whatLiesWithinALengthThatIsTooLongIsFound() throws IOException {
        Path file = file(FRAMES);
        int length = FRAMES.get(1).frame().length + 3 * Chunk.SIZE / 2;
        write(
                file,
                offsets.get(1) + ChunkId.LENGTH,
                ByteBuffer.allocate(4).putInt(length).array());
        assertThat(whole(scan(file))).isEqualTo(without(1));
    }

    @Test
    void whatLiesBehindMegabytesOfZerosIsFound() throws IOException {
        Path file = file(FRAMES);
        byte[] behind = Files.readAllBytes(file);
        long hole = 9_000_001;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(offsets.get(3));
            channel.write(
                    ByteBuffer.wrap(
                            behind,
                            offsets.get(3).intValue(),
                            behind.length - offsets.get(3).intValue()),
                    offsets.get(3) + hole);
        }
        PackScan scan = scan(file);
        assertThat(whole(scan)).isEqualTo(ids(FRAMES));
        assertThat(scan.damaged()).isEqualTo(1);
    }

    /** One window of the search ends at each octet of a header. */
    @Test
    void aFrameIsFoundWhereverItBegins() throws IOException {
        ChunkFrame small = RepackingConformance.frame(new byte[100]);
        for (int hole = (1 << 20) - 45; hole < (1 << 20) + 5; hole++) {
            Path file = folder.resolve("hole.pack");
            Files.write(file, new byte[0]);
            try (PackFile pack = new PackFile(
                    "hole.pack", FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE))) {
                pack.append(hole, List.of(small));
                assertThat(PackScan.of(1, pack, false).whole())
                        .as("at %d", hole)
                        .hasSize(1);
            }
        }
    }

    @Test
    void anEndThatWasNotWrittenWholeIsNoTrouble() throws IOException {
        Path file = file(FRAMES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 1000);
        }
        PackScan scan = scan(file);
        assertThat(whole(scan)).isEqualTo(without(5));
        assertThat(scan.end()).isEqualTo(offsets.get(5));
        assertThat(scan.trouble(5, "store")).isEmpty();
    }

    @Test
    void aDeltaThatClaimsToBeLongerHidesNothing() throws IOException {
        ChunkFrame base = RepackingConformance.frame(BASE);
        ChunkFrame changed = RepackingConformance.frame(CHANGED);
        ChunkFrame delta = Delta.pack(changed.id(), CHANGED, CHANGED.length, base.id(), BASE, 3);
        Path file = file(List.of(base, delta, FRAMES.get(0), FRAMES.get(1)));
        int length = delta.frame().length + FRAMES.get(0).frame().length / 2;
        write(
                file,
                offsets.get(1) + ChunkId.LENGTH,
                ByteBuffer.allocate(4).putInt(length).array());
        PackScan scan = scan(file);
        assertThat(whole(scan)).isEqualTo(ids(List.of(base, FRAMES.get(0), FRAMES.get(1))));
    }

    @Test
    void whatIsReadWrongOnceIsReadAgain() throws IOException {
        AtomicInteger reads = new AtomicInteger();
        file(FRAMES);
        try (Shelf shelf = new WatchedShelf(DiskShelf.open(folder)) {
                    @Override
                    Optional<ChunkFrame> readFrame(String pack, long offset, Optional<ChunkFrame> frame) {
                        if (offset != offsets.get(3) || reads.incrementAndGet() > 1) {
                            return frame;
                        }
                        byte[] octets = frame.orElseThrow().frame().clone();
                        octets[100] ^= 1;
                        return Optional.of(new ChunkFrame(frame.get().id(), octets));
                    }
                };
                Pack pack = shelf.open("1.pack")) {
            PackScan scan = PackScan.of(1, pack, false);
            assertThat(whole(scan)).isEqualTo(ids(FRAMES));
            assertThat(scan.damaged()).isZero();
            assertThat(reads).hasValue(2);
        }
    }

    @Test
    void ofABadSectorNothingIsLostButWhatItHits() throws IOException {
        file(FRAMES);
        long bad = offsets.get(3);
        try (Shelf shelf = new WatchedShelf(DiskShelf.open(folder)) {
                    private void touch(long offset, long length) throws IOException {
                        if (bad >= offset && bad < offset + length) {
                            throw new IOException("Input/output error");
                        }
                    }

                    @Override
                    Optional<ChunkFrame> readFrame(String pack, long offset, Optional<ChunkFrame> frame)
                            throws IOException {
                        touch(offset, PackFile.HEADER);
                        return frame;
                    }

                    @Override
                    byte[] readOctets(String pack, long offset, byte[] octets) throws IOException {
                        touch(offset, octets.length);
                        return octets;
                    }
                };
                Pack pack = shelf.open("1.pack")) {
            assertThat(whole(PackScan.of(1, pack, false))).isEqualTo(without(3));
        }
    }

    /** Whatever flips, what it does not hit is found. */
    @Test
    void oneBitCostsOneFrame() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path file = file(FRAMES);
        byte[] octets = Files.readAllBytes(file);
        for (int round = 0; round < 40; round++) {
            int hit = random.nextInt(6);
            int at = offsets.get(hit).intValue() + random.nextInt(round % 2 == 0 ? PackFile.HEADER + 4 : 200_000);
            byte[] spoilt = octets.clone();
            spoilt[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, spoilt);
            assertThat(whole(scan(file))).as("seed %d, octet %d", seed, at).containsAll(without(hit));
        }
    }
}
