package firstlight.server.images;

import firstlight.database.DatabaseUnreachable;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.store.ImageVersion;
import firstlight.model.IoReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
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
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Once a day: takes away what has expired, reads a sample of every image, frees what nobody needs, packs anew what came. */
public final class NightWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NightWatch.class);

    /** Without a round for so long: off at its hour each night, not just at a weekend. */
    private static final Duration MISSED = Duration.ofDays(4);
    /** From the start to the round that was missed: who waits for the server is served first. */
    private static final Duration SETTLED = Duration.ofMinutes(30);

    private final ImageCare care;
    private final ImageJobs jobs;
    private final Rounds rounds;
    private final Path clockFile;
    /** When the last round began. */
    private final Path roundFile;

    private final LongSupplier nanoTime;
    /**
     * By the round's thread, with this object's lock in hand, as {@link #looked},
     * which is {@link #nanoTime}'s when the clock was looked at.
     */
    private ClockTrust trust;

    private long looked;
    private final ScheduledExecutorService clockwork = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("night-watch").daemon().factory());

    /**
     * @param percent how much of each image is read in a night
     * @param packLevel zstd's level for what is packed anew; 0 for nothing
     */
    public record Rounds(int percent, int packLevel) {}

    /**
     * @param clockFile where the clock is remembered
     * @param nanoTime of a clock that nobody can set
     */
    NightWatch(ImageCare care, ImageJobs jobs, Rounds rounds, Path clockFile, Instant now, LongSupplier nanoTime)
            throws IOException {
        this.care = care;
        this.jobs = jobs;
        this.rounds = rounds;
        this.clockFile = clockFile;
        this.roundFile = clockFile.resolveSibling("nightly");
        this.nanoTime = nanoTime;
        this.trust = ClockTrust.read(clockFile, now);
        this.looked = nanoTime.getAsLong();
        remember(now);
    }

    /**
     * @param at when, in {@code zone}; the first time is the next such moment
     * @param clockFile where the clock is remembered over a restart
     * @throws IOException when {@code clockFile} is there and cannot be read
     */
    public static NightWatch start(
            ImageCare care,
            ImageJobs jobs,
            LocalTime at,
            Rounds rounds,
            InstantSource clock,
            ZoneId zone,
            Path clockFile)
            throws IOException {
        NightWatch watch = new NightWatch(care, jobs, rounds, clockFile, clock.instant(), System::nanoTime);
        Runnable look = () -> {
            if (watch.hasMissedRounds(clock.instant())) { // not before: a host without a battery has its time by now
                watch.begin(clock);
            }
        };
        var _ = watch.clockwork.schedule(look, SETTLED.toSeconds(), TimeUnit.SECONDS);
        watch.wait(Instant.MIN, at, clock, zone);
        return watch;
    }

    /** Each night anew: days do not all have 24 hours. */
    private void wait(Instant last, LocalTime at, InstantSource clock, ZoneId zone) {
        Instant now = clock.instant();
        Instant next = next(last, now, at, zone);
        long seconds = next.getEpochSecond() - now.getEpochSecond();
        var _ = clockwork.schedule(
                () -> {
                    begin(clock);
                    wait(next, at, clock, zone);
                },
                Math.max(1, seconds),
                TimeUnit.SECONDS);
    }

    private void begin(InstantSource clock) {
        var _ = jobs.start("nightly care", progress -> round(clock.instant(), progress));
    }

    /** Whether nothing was looked after for days, since the server is off at that hour. */
    boolean hasMissedRounds(Instant now) {
        try {
            Instant last = Instant.parse(Files.readString(roundFile).strip());
            return last.plus(MISSED).isBefore(now) || last.isAfter(now); // by a clock that was ahead
        } catch (NoSuchFileException | DateTimeException first) { // or of a crash: from now on
            rememberRound(now);
        } catch (IOException broken) {
            LOG.warn("when the nightly care was done last cannot be read: {}", IoReason.withFile(broken));
        }
        return false;
    }

    private void rememberRound(Instant now) {
        try {
            Files.writeString(roundFile, now.toString());
        } catch (IOException full) {
            LOG.warn("when the nightly care was done cannot be remembered: {}", IoReason.withFile(full));
        }
    }

    /**
     * The clock may have been set back since, by however little.
     *
     * @param last that is begun by now
     */
    static Instant next(Instant last, Instant now, LocalTime at, ZoneId zone) {
        Instant next = next(now, at, zone);
        return next.equals(last) ? next(last, at, zone) : next;
    }

    private static Instant next(Instant now, LocalTime at, ZoneId zone) {
        ZonedDateTime today = now.atZone(zone).with(at);
        return (today.toInstant().isAfter(now) ? today : today.plusDays(1).with(at)).toInstant();
    }

    /** What of it fails is told with the rest, and does not keep the rest from being done. */
    ImageJob.Outcome round(Instant now, Progress progress) throws IOException {
        rememberRound(now);
        List<String> told = new ArrayList<>();
        // First what is removed: it is not read any more, and its
        // chunks are freed tonight. Last the packing: of what is left.
        boolean sound = step(told, now, () -> ImageJob.Outcome.sound("", expire(now)));
        if (rounds.percent() > 0) {
            for (ImageVersion version : care.images().list()) {
                sound &= step(told, now, () -> care.verify(version, rounds.percent(), progress));
            }
        }
        sound &= step(told, now, () -> care.collect(false, isBelieved(), progress));
        if (rounds.packLevel() > 0) {
            sound &= step(told, now, () -> care.pack(rounds.packLevel(), progress));
        }
        return new ImageJob.Outcome(sound, "nightly care is done", sound ? "" : "see firstlight alarm list", told);
    }

    private synchronized List<String> expire(Instant now) throws IOException {
        long nanos = nanoTime.getAsLong();
        trust = trust.later(now, Duration.ofNanos(nanos - looked));
        looked = nanos;
        remember(now);
        Expiry expiry = new Expiry(care);
        return trust.isBelieved() ? expiry.remove(now) : expiry.wouldRemove(trust);
    }

    private synchronized boolean isBelieved() {
        return trust.isBelieved();
    }

    /** On a full disk it cannot be: the server starts all the same, and what expires makes room. A restart believes the clock less then. */
    private void remember(Instant now) {
        try {
            trust.write(clockFile);
        } catch (IOException full) {
            care.alarm(
                    "the clock cannot be remembered for the next start (" + IoReason.withFile(full)
                            + "); make room, or see who may write there",
                    now);
        }
    }

    private interface Step {
        ImageJob.Outcome run() throws IOException;
    }

    /** Answers whether it was sound. A failure is an alarm; only {@link ImageJobs.Cancelled} ends the round. */
    private boolean step(List<String> told, Instant now, Step step) throws IOException {
        String failed;
        try {
            ImageJob.Outcome outcome = step.run();
            told.addAll(outcome.text().isEmpty() ? outcome.details() : List.of(outcome.text()));
            return outcome.sound();
        } catch (ImageJobs.Cancelled stop) {
            throw stop;
        } catch (ImageFailure failure) {
            failed = failure.what() + ": " + failure.cause();
        } catch (IOException | DatabaseUnreachable failure) {
            LOG.error("a part of the nightly care failed", failure);
            failed = String.valueOf(failure.getMessage());
        }
        care.alarm("nightly care: " + failed, now);
        told.add(failed);
        return false;
    }

    @Override
    public void close() {
        clockwork.shutdownNow();
    }
}
