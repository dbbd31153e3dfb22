package firstlight.image.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.ChunkFrame;
import firstlight.testkit.S3Server;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same suite, against a real S3 server. */
class S3StoreTest implements ImageStoreConformance, RepackingConformance {
    @TempDir
    static Path serverFolder;

    private static S3Server server;

    private static int count;

    @TempDir
    Path folder;

    private final String prefix = "store" + ++count + "/";

    private static S3Settings settings(String bucket, String prefix, String secret) {
        return new S3Settings(bucket, prefix, Optional.of(server.endpoint()), "us-east-1", "key", secret, true);
    }

    @BeforeAll
    static void start() throws Exception {
        server = S3Server.start(serverFolder);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    private S3Settings settings() {
        return settings("images", prefix, "secret");
    }

    private Path object(String name) {
        return serverFolder.resolve("objects/images/" + prefix + name);
    }

    @Override
    public ImageStore open() throws IOException {
        return S3Store.open(settings(), folder.resolve("spool"));
    }

    @Test
    void aSecondServerIsRefusedUntilSomebodySaysThatTheFirstIsGone() throws IOException {
        open().close();
        assertThatThrownBy(() -> S3Store.open(settings(), folder.resolve("other")))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("belongs to another server")
                .hasMessageContaining("remove that object");
        Files.delete(object("owner"));
        S3Store.open(settings(), folder.resolve("other")).close();
        assertThatThrownBy(this::open).isInstanceOf(ImageFailure.class);
    }

    @Test
    void ofTwoServersThatFindNoOwnerInTheSameMomentTheFirstStays() throws IOException {
        try (S3Bucket bucket = S3Bucket.connect(settings())) {
            bucket.putFirst("owner", "one".getBytes(StandardCharsets.US_ASCII));
            bucket.putFirst("owner", "other".getBytes(StandardCharsets.US_ASCII));
            assertThat(bucket.get("owner")).asString(StandardCharsets.US_ASCII).isEqualTo("one");
        }
    }

    @Test
    void isReadBesideTheServerThatHasItOpenAndNothingIsWrittenOrDeleted() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 3);
        try (ImageStore store = open()) {
            store.sink().put(frames);
            ImageStoreConformance.published(
                    store.publish(NAME, ImageStoreConformance.manifest(ImageStoreConformance.ids(frames))));
            // As after a collection that was cut off, and a pack whose list is gone.
            Path list;
            try (var packs = Files.list(object("packs"))) {
                list = packs.filter(path -> !path.toString().endsWith(".pack"))
                        .findFirst()
                        .orElseThrow();
            }
            Files.move(list, list.resolveSibling("00009999" + PackList.SUFFIX));
            List<String> before = objects();
            try (StoreReader reader = StoreReader.open(settings())) {
                ImageVersion version = reader.find(NAME, 0).orElseThrow();
                assertThat(reader.open(version)).isEqualTo(store.open(version));
                List<byte[]> read = reader.source().get(ImageStoreConformance.ids(frames));
                for (int i = 0; i < frames.size(); i++) {
                    assertThat(read.get(i)).isEqualTo(frames.get(i).frame());
                }
            }
            assertThat(objects()).isEqualTo(before);
        }
    }

    private List<String> objects() throws IOException {
        try (var all = Files.walk(object(""))) {
            return all.filter(Files::isRegularFile)
                    .map(path -> path + " " + path.toFile().length() + " "
                            + path.toFile().lastModified())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aWrongKeyAWrongBucketAndAServerThatIsAwayAreNamedWithTheirCure() {
        assertThatThrownBy(() -> S3Store.open(settings("images", prefix, "wrong"), folder.resolve("spool")))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("does not let this server into s3://images/" + prefix)
                .hasMessageContaining("images.s3.secret-key-file");
        assertThatThrownBy(() -> S3Store.open(settings("imagse", prefix, "secret"), folder.resolve("spool")))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("There is no bucket 'imagse'")
                .hasMessageContaining("images.store");
        S3Settings away = new S3Settings(
                "images", prefix, Optional.of(URI.create("http://127.0.0.1:1")), "us-east-1", "key", "secret", true);
        assertThatThrownBy(() -> S3Store.open(away, folder.resolve("spool")))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("http://127.0.0.1:1 cannot be used")
                .hasMessageContaining("images.s3.endpoint");
    }

    @Test
    void aProcessKilledWhileItPublishesAndCollectsLeavesOnlyWholeVersions() throws Exception {
        for (int round = 1; round <= 3; round++) {
            PublishForever.untilKilled(
                    3 * round,
                    round,
                    List.of(
                            folder.resolve("spool").toString(),
                            "collect",
                            settings().endpoint().orElseThrow().toString(),
                            prefix));
            try (ImageStore store = open()) {
                assertThat(store.list()).isNotEmpty();
                for (ImageVersion version : store.list()) {
                    assertThat(version.damage()).isEmpty();
                    assertThat(store.verify(version, Progress.SILENT)).isEmpty();
                }
            }
        }
    }

    @Test
    void aPackThatWasPutWithoutItsListIsListedByWhoeverWritesNext() throws IOException {
        AtomicBoolean fails = new AtomicBoolean();
        Shelf shelf = new WatchedShelf(S3Shelf.open(S3Bucket.connect(settings()), folder.resolve("spool"))) {
            @Override
            void beforeWrite(String name) throws IOException {
                if (name.endsWith(PackList.SUFFIX) && fails.getAndSet(false)) {
                    throw new IOException("connection reset");
                }
            }
        };
        try (ImageStore store = PackStore.open(shelf)) {
            store.sink().put(ImageStoreConformance.frames(0, 2));
            fails.set(true);
            assertThatThrownBy(store::sync).hasMessageContaining("connection reset");
            ImageStoreConformance.publish(store, ImageStoreConformance.frames(0, 4));
        }
        try (ImageStore store = open()) {
            assertThat(store.troubles()).isEmpty();
            assertThat(store.verify(store.find(NAME, 1).orElseThrow(), Progress.SILENT))
                    .isEmpty();
        }
    }

    @Test
    void aFlippedBitInAnObjectIsFoundAndHealedByTheNextCapture() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 4);
        try (ImageStore store = open()) {
            ImageVersion version = ImageStoreConformance.publish(store, frames);
            Path pack = object("packs/00000001.pack");
            byte[] octets = Files.readAllBytes(pack);
            octets[PackFile.HEADER + 1000] ^= 0x10;
            Files.write(pack, octets);
            assertThat(store.verify(version, Progress.SILENT)).hasSize(1);
            ImageStoreConformance.publish(store, frames);
            assertThat(store.verify(version, Progress.SILENT)).isEmpty();
        }
    }
}
