package firstlight.server.images;

import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.policy.Images;
import java.io.IOException;
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

/** The newest versions of the store's images, for first packets: read behind their back, once, and as often as that fails. */
public final class NewestImages implements Images, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NewestImages.class);

    private final Supplier<Optional<Map<ImageName, Integer>>> known;
    private final Reading reading;
    private final AtomicBoolean isReading = new AtomicBoolean();
    private final AtomicBoolean told = new AtomicBoolean();
    private final ExecutorService reader = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("newest-images").daemon().factory());

    /** Makes known what there is; may take minutes. */
    interface Reading {
        void run() throws IOException;
    }

    /** @param known empty until a {@code reading} has ended well */
    NewestImages(Supplier<Optional<Map<ImageName, Integer>>> known, Reading reading) {
        this.known = known;
        this.reading = reading;
    }

    /** Begins to read. */
    public static NewestImages of(ImageStore images) {
        NewestImages newest = new NewestImages(images::newest, images::list);
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
        if (reader.isShutdown() || !isReading.compareAndSet(false, true)) {
            return;
        }
        reader.execute(() -> {
            try {
                reading.run();
            } catch (IOException | RuntimeException e) {
                if (!told.getAndSet(true)) { // asked again with each packet
                    LOG.warn(
                            "the versions in the image store cannot be read; rules with --newer give nothing until they can",
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
