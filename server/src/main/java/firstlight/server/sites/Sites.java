package firstlight.server.sites;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.ChunkId;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.ManifestCodec;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.server.images.ImageJob;
import firstlight.server.images.ImageJobs;
import firstlight.server.images.OtherSites;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The servers that this one may pull images from, and what is being pulled. Used by many threads. */
public final class Sites implements OtherSites, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sites.class);

    /** After it did not answer, a server is not asked for lost chunks for so long; nor may one that is back be missed for longer. */
    private static final Duration SILENT = Duration.ofMinutes(1);

    private final ImageStore images;
    private final List<Peer> peers;
    private final Unfinished unfinished;
    private final InstantSource clock;
    private final Pace.Sleep sleep;
    private final PullsOnDemand onDemand;
    private final SilentPeers silent;

    /** One pull of a version at a time: whoever else wants it waits for that. */
    private final Map<String, ReentrantLock> pulling = new ConcurrentHashMap<>();

    private volatile boolean closing;

    /** By server, what it said last. */
    private final Map<String, Listed> listed = new ConcurrentHashMap<>();

    /**
     * What a server said that it has, or why it said nothing.
     *
     * @param failure in which case {@code versions} is empty
     */
    private record Listed(List<RemoteVersion> versions, Optional<PeerFailure> failure, Instant at) {}

    /** A version and who has it. */
    public record Offer(PeerSettings peer, RemoteVersion version) {}

    Sites(
            ImageStore images,
            ImageJobs jobs,
            List<Peer> peers,
            Unfinished unfinished,
            InstantSource clock,
            Pace.Sleep sleep) {
        this.images = images;
        this.peers = List.copyOf(peers);
        this.unfinished = unfinished;
        this.clock = clock;
        this.sleep = sleep;
        this.silent = new SilentPeers(SILENT, clock);
        this.onDemand = new PullsOnDemand(this, jobs);
    }

    public static Sites of(
            List<PeerSettings> settings, ImageStore images, ImageJobs jobs, Path directory, InstantSource clock) {
        return of(settings, images, jobs, directory, clock, time -> Thread.sleep(Duration.ofNanos(time)));
    }

    /** @param sleep between tries */
    public static Sites of(
            List<PeerSettings> settings,
            ImageStore images,
            ImageJobs jobs,
            Path directory,
            InstantSource clock,
            Pace.Sleep sleep) {
        List<Peer> peers = new ArrayList<>();
        for (PeerSettings each : settings) {
            peers.add(new HttpsPeer(each, Pace.of(each.megabits())));
        }
        return new Sites(images, jobs, peers, new Unfinished(directory), clock, sleep);
    }

    List<Peer> peers() {
        return peers;
    }

    Unfinished unfinished() {
        return unfinished;
    }

    ImageStore images() {
        return images;
    }

    /** @throws ImageFailure when no server is called so */
    Peer peer(String name) throws ImageFailure {
        return peers.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ImageFailure(
                        "There is no server '" + name + "'",
                        peers.isEmpty()
                                ? "the configuration names none"
                                : "the configuration names "
                                        + String.join(
                                                ", ",
                                                peers.stream().map(Peer::name).toList()),
                        "Name it in images.peers; docs/sites.md"));
    }

    /**
     * What {@code reference} is at the other servers.
     *
     * @param version a number, a tag or {@code latest}
     * @param from the only server that is asked; empty for all, of which those that do not answer are passed over
     * @throws ImageFailure when nobody has it, or two have different ones under that name
     */
    Offer find(String image, String version, Optional<String> from) throws IOException {
        List<Peer> asked = from.isPresent() ? List.of(peer(from.get())) : peers;
        if (asked.isEmpty()) {
            throw nobody(image);
        }
        List<Offer> offers = new ArrayList<>();
        List<String> silent = new ArrayList<>();
        for (Peer peer : asked) {
            try {
                List<Wanted> wish = Wanted.parse(image + "@" + version).stream().toList();
                for (RemoteVersion each : Wanted.of(wish, versions(peer, Duration.ZERO))) {
                    offers.add(new Offer(peer.settings(), each));
                }
            } catch (PeerFailure failure) {
                if (from.isPresent()) {
                    throw failure;
                }
                silent.add(failure.what() + ": " + failure.cause());
            }
        }
        String name = image + "@" + version;
        if (offers.isEmpty()) {
            throw new ImageFailure(
                    "No other server has " + name,
                    silent.isEmpty()
                            ? "asked: "
                                    + String.join(
                                            ", ", asked.stream().map(Peer::name).toList())
                            : String.join("; ", silent),
                    "See firstlight image peers");
        }
        return newest(offers);
    }

    /** @throws ImageFailure when two servers have different ones under that number */
    static Offer newest(List<Offer> offers) throws ImageFailure {
        Offer first = offers.getFirst();
        for (Offer each : offers) {
            first = each.version.number() > first.version.number() ? each : first;
        }
        for (Offer other : offers) {
            if (other.version.number() == first.version.number()
                    && !other.version.digest().equals(first.version.digest())) {
                throw new ImageFailure(
                        first.version.name() + " differs between " + first.peer.name() + " and " + other.peer.name(),
                        "there it is " + first.version.digest().toHex() + " and "
                                + other.version.digest().toHex(),
                        "Say which with --from");
            }
        }
        return first;
    }

    /**
     * @param good an answer that is younger is taken, a failure too; zero asks
     * @throws PeerFailure when it does not answer, or did not in that time
     */
    List<RemoteVersion> versions(Peer peer, Duration good) throws IOException {
        Listed known = listed.get(peer.name());
        Instant now = clock.instant();
        // Also where the clock was set back since: an answer would count for as long as that.
        if (known == null || now.isBefore(known.at) || !now.isBefore(known.at.plus(good))) {
            known = ask(peer);
            listed.put(peer.name(), known);
        }
        if (known.failure.isPresent()) {
            throw known.failure.get();
        }
        return known.versions;
    }

    private Listed ask(Peer peer) throws IOException {
        try {
            return new Listed(peer.versions(), Optional.empty(), clock.instant());
        } catch (PeerFailure failure) { // kept too: each try may take the time of a connection that nobody answers
            return new Listed(List.of(), Optional.of(failure), clock.instant());
        }
    }

    /**
     * Pulls it, or waits until somebody else has.
     *
     * @param progress called each 300 ms while it waits, so that it can be cancelled
     */
    Pull.Pulled pull(Offer offer, ImageName as, String who, Progress progress) throws IOException {
        ReentrantLock lock = pulling.computeIfAbsent(as + "@" + offer.version.number(), _ -> new ReentrantLock());
        while (!tryLock(lock)) {
            progress.progress(Progress.Phase.COPYING, 0, 0);
        }
        try {
            List<Peer> order = new ArrayList<>(List.of(peer(offer.peer.name())));
            peers.stream().filter(each -> !order.contains(each)).forEach(order::add);
            return new Pull(images, unfinished, order, sleep).run(offer.version, as, who, clock.instant(), progress);
        } catch (ImageJobs.Cancelled stop) {
            if (!closing) { // a person does not want it; when the server stops, it goes on after the next start
                unfinished.end(
                        new Unfinished.Pull(offer.peer.name(), offer.version.image(), offer.version.number(), as));
            }
            throw stop;
        } finally {
            lock.unlock();
        }
    }

    /** As a person asks for it. */
    public ImageJob.Outcome pull(
            String image, String version, Optional<String> from, Optional<ImageName> as, String who, Progress progress)
            throws IOException {
        Offer offer = find(image, version, from);
        Pull.Pulled pulled = pull(offer, as.orElse(offer.version.image()), who, progress);
        return ImageJob.Outcome.sound(words(offer, pulled), List.of());
    }

    private static ImageFailure nobody(String wanted) {
        return new ImageFailure(
                "No other server can be asked for " + wanted,
                "the configuration names none",
                "Name one in images.peers; docs/sites.md");
    }

    /** Everything that is not here; what cannot be pulled is told and does not hold up the rest. */
    public ImageJob.Outcome pullAll(Optional<String> from, String who, Progress progress) throws IOException {
        List<Peer> asked = from.isPresent() ? List.of(peer(from.get())) : peers;
        if (asked.isEmpty()) {
            throw nobody("images");
        }
        List<String> told = new ArrayList<>();
        List<ImageVersion> removed = images.removed();
        List<ImageFailure> silent = new ArrayList<>();
        int came = 0;
        boolean sound = true;
        for (Peer peer : asked) {
            for (RemoteVersion version : versions(peer, silent)) {
                if (removed.stream().anyMatch(each -> each.name().equals(version.name()))) {
                    told.add(version.name() + " was removed here, and stays away");
                    continue;
                }
                Offer offer = new Offer(peer.settings(), version);
                try {
                    Pull.Pulled pulled = pull(offer, version.image(), who, progress);
                    came += pulled.wasHere() ? 0 : 1;
                    told.add(words(offer, pulled));
                } catch (ImageFailure failure) {
                    told.add(failure.what() + ": " + failure.cause());
                    sound = false;
                }
            }
        }
        if (silent.size() == asked.size()) {
            throw silent.getFirst();
        }
        silent.forEach(failure -> told.add(failure.what() + ": " + failure.cause()));
        List<String> cures = new ArrayList<>();
        if (!sound) {
            cures.add("pull those one by one, under another name with --as");
        }
        if (!silent.isEmpty()) {
            cures.add("pull again when all servers answer; see firstlight image peers");
        }
        String text = came + " versions came from "
                + String.join(", ", asked.stream().map(Peer::name).toList());
        return new ImageJob.Outcome(cures.isEmpty(), text, String.join("; ", cures), told);
    }

    /** Of one that does not give its list nothing; then {@code silent} has one more. */
    private List<RemoteVersion> versions(Peer peer, List<ImageFailure> silent) throws IOException {
        try {
            return versions(peer, Duration.ZERO);
        } catch (ImageFailure failure) {
            silent.add(failure);
            return List.of();
        }
    }

    private static boolean tryLock(ReentrantLock lock) throws IOException {
        try {
            return lock.tryLock(300, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        }
    }

    static String words(Offer offer, Pull.Pulled pulled) {
        return pulled.version().name()
                + (pulled.wasHere()
                        ? " is here already"
                        : " is here, from " + offer.peer.name() + ": " + pulled.fetched() + " of its " + pulled.chunks()
                                + " chunks travelled, " + pulled.octets() / 1_000_000 + " MB");
    }

    @Override
    public Supply supply(ImageName image, int number) throws IOException {
        Optional<ImageVersion> here = images.find(image, number);
        return here.isPresent() ? new Supply.Here(here.get()) : onDemand.supply(image, number);
    }

    @Override
    public Healed heal(List<ChunkId> damaged) throws IOException {
        if (peers.isEmpty() || damaged.isEmpty()) {
            return Healed.NOTHING;
        }
        ChunkFetch fetch = new ChunkFetch(images.sink(), peers, sleep, silent);
        Map<ChunkId, String> from = new HashMap<>();
        Map<ChunkId, String> failed = new HashMap<>();
        for (int at = 0; at < damaged.size(); at += Pull.BATCH) {
            ChunkFetch.Brought brought = fetch.bring(damaged.subList(at, Math.min(damaged.size(), at + Pull.BATCH)));
            from.putAll(brought.from());
            failed.putAll(brought.failed());
        }
        // The answer says that they are durable, and a PC is served from them next.
        images.sync();
        List<ChunkId> healed = List.copyOf(from.keySet());
        images.sink().missing(healed).stream().mapToObj(healed::get).forEach(lost -> {
            from.remove(lost);
            failed.put(lost, "the disk under the image store could not keep it");
        });
        return new Healed(from, failed);
    }

    @Override
    public Mended mend(ImageVersion damaged) throws IOException {
        return new ManifestMend(images, this::versions).from(peers, damaged);
    }

    @Override
    public void close() {
        closing = true;
    }

    /** As far as a pull came that runs just now, it holds for itself what it has. */
    @Override
    public void unfinished(boolean mayForget, Consumer<ChunkId> keep) throws IOException {
        for (Unfinished.Pull pull : unfinished.list()) {
            if ((mayForget && unfinished.isForgotten(pull, clock.instant())) || isHere(pull)) {
                unfinished.end(pull);
            } else {
                keep(pull, keep);
            }
        }
    }

    /** Whether the very version is whole here: it came from another server, or the pull was killed at its end. */
    boolean isHere(Unfinished.Pull pull) throws IOException {
        Optional<ImageVersion> here = images.find(pull.as(), pull.number());
        return here.isPresent()
                && here.get().damage().isEmpty()
                && unfinished.manifest(pull, here.get().digest()).isPresent();
    }

    private void keep(Unfinished.Pull pull, Consumer<ChunkId> keep) throws IOException {
        Optional<byte[]> manifest = unfinished.manifest(pull);
        if (manifest.isEmpty()) {
            return;
        }
        Manifest decoded;
        try {
            decoded = ManifestCodec.decode(manifest.get());
        } catch (ImageFailure newer) { // it cannot go on here: no reason to collect nothing
            LOG.warn("the chunks of {} are not kept for its pull: {}", pull.file(), newer.getMessage());
            return;
        }
        decoded.forEachChunk(keep);
    }
}
