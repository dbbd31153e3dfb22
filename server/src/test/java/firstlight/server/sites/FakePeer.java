package firstlight.server.sites;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.VersionNotes;
import firstlight.image.table.TableSectors;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/** Another server without a wire: a store, and the troubles that a test wants. */
class FakePeer implements Peer {
    final ImageStore store;
    private final PeerSettings settings;
    int breaks;
    boolean damages;
    boolean babbles;
    int asked;
    /** What its list waits for. */
    CountDownLatch answers = new CountDownLatch(0);

    final CountDownLatch isAsked = new CountDownLatch(1);

    FakePeer(String name, ImageStore store, String... wanted) {
        this.store = store;
        this.settings = new PeerSettings(
                name,
                URI.create("https://" + name + ":8444"),
                "",
                "",
                Arrays.stream(wanted)
                        .map(each -> Wanted.parse(each).orElseThrow())
                        .toList(),
                Hours.ALWAYS,
                0,
                true);
    }

    static ChunkFrame frame(int seed) {
        byte[] content = new byte[Chunk.SIZE];
        new Random(seed).nextBytes(content);
        try (ChunkCodec codec = new ChunkCodec(1)) {
            return codec.pack(ChunkId.of(content, 0, content.length), content, 0, content.length);
        }
    }

    static ImageVersion publish(ImageStore store, String image, int... seeds) throws IOException {
        ChunkTable.Builder chunks = new ChunkTable.Builder(seeds.length);
        for (int i = 0; i < seeds.length; i++) {
            store.sink().put(List.of(frame(seeds[i])));
            chunks.set(i, frame(seeds[i]).id());
        }
        long length = (long) seeds.length * Chunk.SIZE;
        Content content = new Content.Blocks(Content.Method.RAW, Extents.of(0, length), chunks.build());
        DiskImage disk = new DiskImage(length, 512, TableSectors.NONE, List.of(new Region(0, 0, length, "", content)));
        store.publish(new ImageName(image), new Manifest(Instant.EPOCH, "test", List.of(disk), List.of()));
        return store.find(new ImageName(image), 0).orElseThrow();
    }

    @Override
    public PeerSettings settings() {
        return settings;
    }

    @Override
    public List<RemoteVersion> versions() throws IOException {
        isAsked.countDown();
        try {
            answers.await();
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
        List<RemoteVersion> versions = new ArrayList<>();
        for (ImageVersion each : store.list()) {
            versions.add(new RemoteVersion(
                    each.image(),
                    each.number(),
                    each.digest(),
                    each.usedBytes(),
                    each.notes().note(),
                    each.notes().tags(),
                    each.notes().kept(),
                    each.notes().expires()));
        }
        return versions;
    }

    private ImageVersion version(RemoteVersion version) throws IOException {
        return store.find(version.image(), version.number()).orElseThrow();
    }

    @Override
    public List<VersionNotes.Entry> history(RemoteVersion version) throws IOException {
        return version(version).notes().history();
    }

    @Override
    public byte[] manifest(RemoteVersion version) throws IOException {
        return store.encoded(version(version));
    }

    @Override
    public List<ChunkFrame> chunks(List<ChunkId> ids) throws IOException {
        asked++;
        if (breaks-- > 0) {
            throw new PeerFailure(name() + " does not answer", "cut", "mend it", true);
        }
        List<ChunkFrame> frames = new ArrayList<>();
        for (ChunkId id : ids) {
            try {
                byte[] frame = store.source().get(List.of(id)).getFirst().clone();
                frame[frame.length - 1] ^= (byte) (damages ? 1 : 0);
                frames.add(new ChunkFrame(id, frame));
            } catch (ImageFailure notHere) {
                // as a real one does: what it has not is left out
            }
        }
        if (babbles) {
            frames.add(frame(4711));
        }
        return frames;
    }
}
