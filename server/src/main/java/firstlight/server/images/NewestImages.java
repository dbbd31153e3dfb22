package firstlight.server.images;

import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.policy.Images;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest versions of the store's images, for first packets: read behind their back, once, and again while that fails. A packet is
 * never kept waiting: until the first reading has ended, no image has a newest version.
 */
public final class NewestImages implements Images, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NewestImages.class);

    /** After it could not be read it is not read again with each packet: a bucket that is away costs as much each time. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final Supplier<Optional<Map<ImageName, Integer>>> known;
    private final InstantSource clock;
    /** When reading failed last. */
    private volatile Instant failed = Instant.MIN;

    private final Reading reading;
    /** One reading is enough, however many packets ask. */
    private final AtomicBoolean isReading = new AtomicBoolean();
    /** The log has the trouble once in a server's life. */
    private final AtomicBoolean told = new AtomicBoolean();

    private final ExecutorService reader = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("newest-images").daemon().factory());

    /** Makes known what there is; may take minutes. */
    interface Reading {
        void run() throws IOException;
    }

    /** @param known empty until a {@code reading} has ended well */
    NewestImages(Supplier<Optional<Map<ImageName, Integer>>> known, Reading reading, InstantSource clock) {
        this.clock = clock;
        this.known = known;
        this.reading = reading;
    }

    /**
     * Begins to read.
     *
     * @param images whose list a first reading makes known
     */
    public static NewestImages of(ImageStore images) {
        NewestImages newest = new NewestImages(images::newest, images::list, InstantSource.system());
        newest.read();
        return newest;
    }

    @Override
    public OptionalInt newest(String image) {
        Optional<Map<ImageName, Integer>> all = known.get();
        if (all.isEmpty()) {
            read();
            return OptionalInt.empty();
        }
        return ImageName.isValid(image)
                ? Optional.ofNullable(all.get().get(new ImageName(image)))
                        .map(OptionalInt::of)
                        .orElseGet(OptionalInt::empty)
                : OptionalInt.empty();
    }

    private void read() {
        Instant now = clock.instant();
        boolean justFailed = !now.isBefore(failed) && now.isBefore(failed.plus(PAUSE)); // a clock may be set back
        if (justFailed || reader.isShutdown() || !isReading.compareAndSet(false, true)) {
            return;
        }
        reader.execute(() -> {
            try {
                reading.run();
            } catch (IOException | RuntimeException e) {
                failed = clock.instant();
                if (!told.getAndSet(true)) { // asked again with each packet
                    LOG.warn(
                            "the versions in the image store cannot be read; rules that repeat for newer versions (--repeat newer) give nothing until they can",
                            e);
                }
            } finally {
                isReading.set(false);
            }
        });
    }

    @Override
    public void close() {
        reader.shutdown();
        try {
            if (!reader.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("reading the versions in the image store did not stop in time");
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
