package firstlight.server.sites;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.VersionNotes;
import firstlight.model.Bytes;
import firstlight.policy.Alarms;
import firstlight.server.images.ImageJob;
import firstlight.server.images.ImageJobs;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pulls by itself what the configuration wants, within its hours; and goes on with what a stop of the server cut off. Looks each minute;
 * what it finds is pulled by a job.
 */
public final class Rounds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
    /** Between two questions to the same server what it has. */
    private static final Duration EVERY = Duration.ofMinutes(15);

    private static final String WHO = "server";

    private final Sites sites;
    private final ImageJobs jobs;
    private final Alarms alarms;
    private final InstantSource clock;
    private final ZoneId zone;
    /** When each server was asked, by its name; not kept over a restart. */
    private final Map<String, Instant> last = new ConcurrentHashMap<>();
    /** Pulls that a stop cut off and whose server was not there afterwards, with when they were tried. */
    private final Map<Unfinished.Pull, Instant> waiting = new ConcurrentHashMap<>();
    /** Servers whose round goes on: it may take longer than {@link #EVERY}. */
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    /** Which version had a tag when its server was asked last. */
    private final Map<TagThere, Integer> tagged = new ConcurrentHashMap<>();

    private record TagThere(String peer, ImageName image, String tag) {}

    private final ScheduledExecutorService clockwork = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("image-rounds").daemon().factory());

    Rounds(Sites sites, ImageJobs jobs, Alarms alarms, InstantSource clock, ZoneId zone) {
        this.sites = sites;
        this.jobs = jobs;
        this.alarms = alarms;
        this.clock = clock;
        this.zone = zone;
    }

    /** Some seconds after the start: PCs that wait at the door are answered first. */
    public static Rounds start(Sites sites, ImageJobs jobs, Alarms alarms, InstantSource clock, ZoneId zone) {
        Rounds rounds = new Rounds(sites, jobs, alarms, clock, zone);
        if (!sites.peers().isEmpty()) {
            Runnable goOn = rounds::goOn;
            var _ = rounds.clockwork.schedule(goOn, 5, TimeUnit.SECONDS);
            var _ = rounds.clockwork.scheduleWithFixedDelay(rounds::look, 10, 60, TimeUnit.SECONDS);
        }
        return rounds;
    }

    /** A clock may be set back: what was asked later than now was asked by another clock. */
    private static boolean isTimeAgain(Instant last, Instant now) {
        return !last.plus(EVERY).isAfter(now) || last.isAfter(now);
    }

    static boolean isDue(PeerSettings peer, Optional<Instant> last, Instant now, ZoneId zone) {
        return !peer.wanted().isEmpty()
                && isOpen(peer, now, zone)
                && last.filter(before -> !isTimeAgain(before, now)).isEmpty();
    }

    private static boolean isOpen(PeerSettings peer, Instant now, ZoneId zone) {
        return peer.hours().isOpen(now.atZone(zone).toLocalDateTime());
    }

    private void look() {
        goOnAgain();
        for (Peer peer : sites.peers()) {
            Instant now = clock.instant();
            if (!running.contains(peer.name())
                    && isDue(peer.settings(), Optional.ofNullable(last.get(peer.name())), now, zone)) {
                last.put(peer.name(), now);
                begin(peer);
            }
        }
    }

    /** A failure ends this round of this server only: an exception that got out would end the clockwork. */
    private void begin(Peer peer) {
        try {
            List<RemoteVersion> wanted = wanted(peer);
            BooleanSupplier open = () -> isOpen(peer.settings(), clock.instant(), zone);
            List<String> told = keepTags(peer, wanted);
            told.forEach(line -> LOG.info("{}", line));
            List<RemoteVersion> missing = missing(peer, wanted);
            if (!missing.isEmpty()) {
                running.add(peer.name());
                jobs.startAtOnce("pull from " + peer.name() + ", " + missing.size() + " versions", progress -> {
                    try {
                        return round(peer, missing, open, progress);
                    } finally {
                        running.remove(peer.name());
                    }
                });
            }
        } catch (ImageFailure failure) {
            alarms.raise(
                    0, "images of " + peer.name() + ": " + failure.what() + ": " + failure.cause(), clock.instant());
        } catch (IOException | RuntimeException failure) {
            LOG.error("what {} has cannot be looked at", peer.name(), failure);
        }
    }

    /**
     * As it says now.
     *
     * @throws PeerFailure when it does not answer
     */
    List<RemoteVersion> wanted(Peer peer) throws IOException {
        return Wanted.of(peer.settings().wanted(), sites.versions(peer, Duration.ZERO));
    }

    /** Those that are not here. What was removed here stays away; what differs is told once, as an alarm. */
    List<RemoteVersion> missing(Peer peer, List<RemoteVersion> wanted) throws IOException {
        List<RemoteVersion> missing = new ArrayList<>();
        List<ImageVersion> removed = sites.images().removed();
        for (RemoteVersion each : wanted) {
            Optional<ImageVersion> here = sites.images().find(each.image(), each.number());
            if (here.isPresent() && here.get().digest().equals(Bytes.EMPTY)) {
                alarms.raise(
                        0,
                        each.name() + " of " + peer.name() + " is not pulled: " + each.name()
                                + " is here and damaged; firstlight image verify " + each.name()
                                + " fetches it from there when what is left of it is the same",
                        clock.instant());
            } else if (here.isPresent() && !here.get().digest().equals(each.digest())) {
                alarms.raise(
                        0,
                        each.name() + " of " + peer.name() + " is not pulled: " + each.name()
                                + " differs here; firstlight image pull --as gives it another name",
                        clock.instant());
            }
            boolean gone =
                    removed.stream().anyMatch(old -> old.image().equals(each.image()) && old.number() == each.number());
            if (here.isEmpty() && !gone) {
                missing.add(each);
            }
        }
        return missing;
    }

    /**
     * A tag by which the configuration wants versions is wanted too: it moves here when it has moved there. One that stays there is
     * not followed: a person here, or another server, has moved it since.
     */
    List<String> keepTags(Peer peer, List<RemoteVersion> wanted) throws IOException {
        List<String> told = new ArrayList<>();
        for (RemoteVersion each : wanted) {
            for (Wanted wish : peer.settings().wanted()) {
                Optional<String> tag = wish.tag(each);
                if (tag.isEmpty()) {
                    continue;
                }
                TagThere there = new TagThere(peer.name(), each.image(), tag.get());
                boolean follows = follows(peer, each, tag.get(), Optional.ofNullable(tagged.get(there)));
                Optional<ImageVersion> here = sites.images().find(each.image(), each.number());
                boolean isHere = here.isPresent()
                        && here.get().digest().equals(each.digest())
                        && here.get().damage().isEmpty();
                if (follows && isHere && !here.get().notes().tags().contains(tag.get())) {
                    Set<String> tags = new TreeSet<>(here.get().notes().tags());
                    tags.add(tag.get());
                    sites.images()
                            .change(
                                    here.get(),
                                    notes -> notes.withTags(tags)
                                            .and(
                                                    clock.instant(),
                                                    WHO,
                                                    "tagged " + tag.get() + ", as at " + peer.name()));
                    told.add(each.name() + " is " + tag.get() + " now, as at " + peer.name());
                }
                if (isHere) {
                    tagged.put(there, each.number());
                } else { // it is followed when that version has come, by whichever way
                    tagged.remove(there);
                }
            }
        }
        return told;
    }

    /**
     * Whether the tag of {@code each} is to be here what it is there.
     *
     * @param before which version had it there when that was looked at last; empty after a start: then whoever gave it later is right
     */
    private boolean follows(Peer peer, RemoteVersion each, String tag, Optional<Integer> before) throws IOException {
        if (before.isPresent()) {
            return before.get() != each.number();
        }
        Optional<ImageVersion> holder = sites.images().list().stream()
                .filter(here -> here.image().equals(each.image()))
                .filter(here -> here.notes().tags().contains(tag))
                .findFirst();
        if (holder.isEmpty() || holder.get().number() == each.number()) {
            return true;
        }
        Optional<Instant> here = given(holder.get().notes().history(), tag);
        return here.isEmpty()
                || given(peer.history(each), tag).filter(here.get()::isBefore).isPresent();
    }

    /** When a version got {@code tag} last, as far as its history says. */
    private static Optional<Instant> given(List<VersionNotes.Entry> history, String tag) {
        return history.stream()
                .filter(entry -> List.of(entry.what().split(", ", -1)).contains("tagged " + tag))
                .map(VersionNotes.Entry::at)
                .max(Comparator.naturalOrder());
    }

    /** The hours are over: the rest comes in the next ones. */
    private static final class Over extends IOException {
        private static final long serialVersionUID = 1;
    }

    /**
     * One version after the other.
     *
     * @param open asked at each report; false ends the round with what has come
     */
    ImageJob.Outcome round(Peer peer, List<RemoteVersion> missing, BooleanSupplier open, Progress progress)
            throws IOException {
        List<String> told = new ArrayList<>();
        boolean sound = true;
        int done = 0;
        for (RemoteVersion each : missing) {
            Sites.Offer offer = new Sites.Offer(peer.settings(), each);
            try {
                Pull.Pulled pulled = sites.pull(offer, each.image(), WHO, (phase, at, of) -> {
                    if (!open.getAsBoolean()) {
                        throw new Over();
                    }
                    progress.progress(phase, at, of);
                });
                told.add(Sites.words(offer, pulled));
                done++;
            } catch (Over over) {
                told.add(each.name() + ": the hours are over; it goes on in the next ones");
                break;
            } catch (ImageFailure failure) {
                String text = failure.what() + ": " + failure.cause();
                alarms.raise(0, "images of " + peer.name() + ": " + text, clock.instant());
                told.add(text);
                sound = false;
            }
        }
        String text = done + " of " + missing.size() + " versions came from " + peer.name();
        return new ImageJob.Outcome(
                sound, text, sound ? "" : "they are tried again in " + EVERY.toMinutes() + " minutes", told);
    }

    /** After a start. What the rounds want anyway is left to them, for they know the hours. */
    void goOn() {
        try {
            for (Unfinished.Pull pull : sites.unfinished().list()) {
                Instant now = clock.instant();
                Optional<Peer> peer = sites.peers().stream()
                        .filter(each -> each.name().equals(pull.peer()))
                        .findFirst();
                if (sites.isHere(pull)) {
                    sites.unfinished().end(pull);
                } else if (peer.isEmpty()) {
                    LOG.info("the pull of {}@{} from {} is given up", pull.image(), pull.number(), pull.peer());
                    sites.unfinished().end(pull);
                } else if (!sites.unfinished()
                        .isForgotten(pull, now)) { // else the next collection ends it, or the clock is wrong
                    goOn(peer.get(), pull);
                }
            }
        } catch (IOException | RuntimeException failure) {
            LOG.error("unfinished pulls cannot be looked at", failure);
        }
    }

    /** Once the power is back at both ends, this server is up before the other, and before its own network. */
    void goOnAgain() {
        for (Map.Entry<Unfinished.Pull, Instant> tried : Map.copyOf(waiting).entrySet()) {
            Unfinished.Pull pull = tried.getKey();
            try {
                Instant now = clock.instant();
                if (!sites.unfinished().list().contains(pull)
                        || sites.unfinished().isForgotten(pull, now)) {
                    waiting.remove(pull); // it came, somebody forgot it, or its time is over
                } else if (isTimeAgain(tried.getValue(), now)) {
                    waiting.put(pull, now);
                    Peer peer = sites.peer(pull.peer());
                    if (!isStillSilent(peer)) {
                        waiting.remove(pull);
                        goOn(peer, pull);
                    }
                }
            } catch (IOException | RuntimeException failure) {
                LOG.error("the pull of {}@{} cannot go on", pull.image(), pull.number(), failure);
                waiting.remove(pull);
            }
        }
    }

    /** A failure that does not pass is no silence: the job meets it again, and tells it. */
    private boolean isStillSilent(Peer peer) throws IOException {
        try {
            sites.versions(peer, EVERY);
            return false;
        } catch (PeerFailure failure) {
            LOG.debug("{} is still silent", peer.name(), failure);
            return failure.isPassing();
        }
    }

    private void goOn(Peer peer, Unfinished.Pull pull) {
        String what = "pull " + pull.image() + "@" + pull.number() + " from " + peer.name() + ", where it was";
        jobs.startAtOnce(what, progress -> {
            try {
                return goOn(peer, pull, progress);
            } catch (PeerFailure failure) {
                if (!failure.isPassing()) {
                    throw failure;
                }
                waiting.put(pull, clock.instant());
                return new ImageJob.Outcome(
                        false,
                        failure.what() + ": " + failure.cause(),
                        "it is tried again in " + EVERY.toMinutes() + " minutes",
                        List.of());
            }
        });
    }

    private ImageJob.Outcome goOn(Peer peer, Unfinished.Pull pull, Progress progress) throws IOException {
        Sites.Offer offer = sites.find(pull.image().text(), Integer.toString(pull.number()), Optional.of(peer.name()));
        boolean byRound = Wanted.of(peer.settings().wanted(), sites.versions(peer, EVERY)).stream()
                .anyMatch(each -> each.name().equals(offer.version().name()));
        if (byRound && pull.as().equals(pull.image())) {
            return ImageJob.Outcome.sound("it is pulled with what the configuration wants", List.of());
        }
        return ImageJob.Outcome.sound(Sites.words(offer, sites.pull(offer, pull.as(), WHO, progress)), List.of());
    }

    @Override
    public void close() {
        clockwork.shutdownNow();
    }
}
