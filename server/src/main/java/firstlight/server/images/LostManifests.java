package firstlight.server.images;

import firstlight.image.store.DamagedManifest;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.policy.Alarms;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Manifests for PCs that restore: one that is damaged comes from another server meanwhile. A server that does not answer costs
 * minutes, so one PC waits for it, the others come again.
 */
public final class LostManifests {
    /** The others come again within seconds: what did not come is not fetched again for each of them. */
    private static final Duration REMEMBERED = Duration.ofMinutes(1);

    private final ImageStore images;
    private final OtherSites others;
    private final Alarms alarms;
    private final InstantSource clock;
    private final ReentrantLock mending = new ReentrantLock();
    /** By the version's name. With {@link #mending} held. */
    private final Map<String, Failed> failed = new HashMap<>();

    private record Failed(String why, Instant at) {
        boolean isOld(Instant now) {
            return at.isAfter(now) || at.plus(REMEMBERED).isBefore(now);
        }
    }

    LostManifests(ImageStore images, OtherSites others, Alarms alarms, InstantSource clock) {
        this.images = images;
        this.others = others;
        this.alarms = alarms;
        this.clock = clock;
    }

    /**
     * The version with a manifest that can be read.
     *
     * @param failure what somebody was told who read it
     * @throws LostChunks.Busy when one is being fetched for another PC
     * @throws LostChunks.Lost when no other server has it
     */
    public ImageVersion mended(ImageVersion version, DamagedManifest failure) throws IOException {
        if (!mending.tryLock()) {
            throw new LostChunks.Busy("A damaged manifest");
        }
        try {
            Optional<ImageVersion> now = images.find(version.image(), version.number());
            if (now.isEmpty()) {
                throw failure;
            }
            return isWhole(now.get()) ? now.get() : fetched(now.get(), failure.cause());
        } finally {
            mending.unlock();
        }
    }

    /** As it is for whoever asks after the one whom it was mended for. */
    private boolean isWhole(ImageVersion version) throws IOException {
        try {
            return images.encoded(version).length > 0;
        } catch (DamagedManifest damaged) {
            return false;
        }
    }

    private ImageVersion fetched(ImageVersion version, String damage) throws IOException {
        Instant now = clock.instant();
        failed.values().removeIf(each -> each.isOld(now));
        Failed before = failed.get(version.name());
        if (before != null) {
            throw lost(version, before.why());
        }
        String text = "its manifest is damaged (" + damage + ")";
        return switch (others.mend(version)) {
            case OtherSites.Mended.From(ImageVersion whole, String server) -> {
                alarm(version, text + ", healed from " + server);
                yield whole;
            }
            case OtherSites.Mended.No(String why) -> {
                String not = text + (why.isEmpty() ? "" : ", not healed: " + why);
                alarm(version, not);
                failed.put(version.name(), new Failed(not, clock.instant()));
                throw lost(version, not);
            }
        };
    }

    private void alarm(ImageVersion version, String text) {
        alarms.raise(0, version.name() + ": " + text + "; found while a PC restores it", clock.instant());
    }

    private static LostChunks.Lost lost(ImageVersion version, String why) {
        return new LostChunks.Lost(
                version.name() + " is damaged in the image store",
                why,
                "Restore another version, put its file back from a backup, or capture this one again");
    }
}
