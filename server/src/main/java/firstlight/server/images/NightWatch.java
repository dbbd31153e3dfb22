package firstlight.server.images;

import firstlight.image.Progress;
import firstlight.image.store.ImageVersion;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Once a day: takes away what has expired, reads a sample of every image, frees what nobody needs, packs anew what came. */
public final class NightWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NightWatch.class);

    private final ImageCare care;
    private final ImageJobs jobs;
    private final Rounds rounds;
    private final ScheduledExecutorService clockwork = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("night-watch").daemon().factory());

    /**
     * @param percent how much of each image is read in a night
     * @param packLevel zstd's level for what is packed anew; 0 for nothing
     */
    public record Rounds(int percent, int packLevel) {}

    private NightWatch(ImageCare care, ImageJobs jobs, Rounds rounds) {
        this.care = care;
        this.jobs = jobs;
        this.rounds = rounds;
    }

    public static NightWatch start(
            ImageCare care, ImageJobs jobs, LocalTime at, Rounds rounds, InstantSource clock, ZoneId zone) {
        NightWatch watch = new NightWatch(care, jobs, rounds);
        watch.wait(at, clock, zone);
        return watch;
    }

    /** Each night anew: days do not all have 24 hours. */
    private void wait(LocalTime at, InstantSource clock, ZoneId zone) {
        Instant now = clock.instant();
        long seconds = next(now, at, zone).getEpochSecond() - now.getEpochSecond();
        var _ = clockwork.schedule(
                () -> {
                    var _ = jobs.start("nightly care", progress -> round(clock.instant(), progress));
                    wait(at, clock, zone);
                },
                Math.max(1, seconds),
                TimeUnit.SECONDS);
    }

    static Instant next(Instant now, LocalTime at, ZoneId zone) {
        ZonedDateTime today = now.atZone(zone).with(at);
        return (today.toInstant().isAfter(now) ? today : today.plusDays(1).with(at)).toInstant();
    }

    ImageJob.Outcome round(Instant now, Progress progress) throws IOException {
        List<String> told = new ArrayList<>(care.expire(now));
        boolean sound = true;
        if (rounds.percent() > 0) {
            for (ImageVersion version : care.images().list()) {
                try {
                    ImageJob.Outcome outcome = care.verify(version, rounds.percent(), progress);
                    sound &= outcome.sound();
                    told.add(outcome.text());
                } catch (firstlight.image.ImageFailure failure) {
                    LOG.warn("{}", failure.getMessage());
                    sound = false;
                    told.add(failure.what() + ": " + failure.cause());
                }
            }
        }
        told.add(care.collect(false, progress).text());
        if (rounds.packLevel() > 0) {
            told.add(care.pack(rounds.packLevel(), progress).text());
        }
        return new ImageJob.Outcome(sound, "nightly care is done", sound ? "" : "see firstlight alarm list", told);
    }

    @Override
    public void close() {
        clockwork.shutdownNow();
    }
}
