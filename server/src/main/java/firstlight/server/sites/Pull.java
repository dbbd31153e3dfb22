package firstlight.server.sites;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkId;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.ManifestCodec;
import firstlight.image.store.Hold;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.Publication;
import firstlight.image.store.VersionNotes;
import firstlight.model.Bytes;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * One version of another server becomes one of this store: its manifest, then the chunks that are missing here, then, when all are there,
 * the version itself. Nobody sees it before. On the thread of a job. What breaks off leaves its chunks in the store and a file in {@link
 * Unfinished}, and the next one fetches the rest.
 */
final class Pull {
    /** Chunks of the usual size: about 4 MiB on the way for each thread. */
    static final int BATCH = 32;

    private static final int THREADS = 4;
    /** Chunks of one question to the own store. */
    private static final int ASKED = 4096;
    /** So long, at most, does a wish to stop wait to be heard. */
    private static final int LOOK_MILLISECONDS = 300;

    private final ImageStore images;
    private final Unfinished unfinished;
    private final List<Peer> peers;
    private final Pace.Sleep sleep;

    /** @param peers the one that has the version, then those that may help out with a chunk */
    Pull(ImageStore images, Unfinished unfinished, List<Peer> peers, Pace.Sleep sleep) {
        this.images = images;
        this.unfinished = unfinished;
        this.peers = List.copyOf(peers);
        this.sleep = sleep;
    }

    /**
     * What came of it.
     *
     * @param wasHere nothing had to travel
     * @param chunks different ones that the version has; 0 when it was here
     * @param fetched chunks that travelled
     * @param octets of their frames
     */
    record Pulled(ImageVersion version, boolean wasHere, long chunks, long fetched, long octets) {}

    /**
     * @param as its name here; its number stays
     * @param who asked for it, for the version's history
     * @throws ImageFailure when it cannot be had, differs from one that is here, or was removed here
     */
    Pulled run(RemoteVersion wanted, ImageName as, String who, Instant now, Progress progress) throws IOException {
        Optional<ImageVersion> here = here(wanted, as);
        Peer peer = peers.getFirst();
        Unfinished.Pull pull = new Unfinished.Pull(peer.name(), wanted.image(), wanted.number(), as);
        if (here.isPresent()) {
            ImageVersion version = here.get().damage().isEmpty()
                    ? here.get()
                    : images.mend(here.get(), peer.manifest(wanted)); // its chunks stay while it is damaged
            unfinished.end(pull); // it was killed at its end, or another server's came first
            return new Pulled(version, true, 0, 0, 0);
        }
        try (Hold _ = images.hold()) {
            Optional<byte[]> kept = unfinished.manifest(pull, wanted.digest());
            byte[] manifest = kept.isPresent() ? kept.get() : manifest(peer, wanted);
            Manifest decoded = ManifestCodec.decode(manifest); // one of a newer format is not to be kept
            if (kept.isPresent()) {
                unfinished.goesOn(pull, now);
            } else {
                unfinished.begin(pull, manifest);
            }
            Set<ChunkId> all = chunks(decoded);
            List<ChunkId> missing = missing(List.copyOf(all));
            ChunkFetch fetch = new ChunkFetch(images.sink(), peers, sleep);
            fetch(fetch, wanted, missing, all.size(), decoded.chunkSize(), progress);
            VersionNotes notes = notes(peer, wanted, who, now, missing.size(), fetch.received());
            return switch (images.adopt(as, wanted.number(), manifest, notes)) {
                case Publication.Published(ImageVersion version) -> {
                    unfinished.end(pull);
                    yield new Pulled(version, false, all.size(), missing.size(), fetch.received());
                }
                case Publication.Incomplete(var lost) ->
                    throw new ImageFailure(
                            wanted.name() + " is not complete here",
                            lost.size() + " of its chunks were found damaged or went away meanwhile",
                            "Pull it again");
            };
        }
    }

    /** @throws ImageFailure when another version has that name and number here */
    private Optional<ImageVersion> here(RemoteVersion wanted, ImageName as) throws IOException {
        String elsewhere = peers.getFirst().name();
        String other = "Pull it under another name: firstlight image pull " + wanted.name() + " --from " + elsewhere
                + " --as NAME";
        Optional<ImageVersion> here = images.find(as, wanted.number());
        // Damaged beyond reading: its digest is not known, so only the store can say whether this one is the same.
        boolean unknown = here.isPresent() && here.get().digest().equals(Bytes.EMPTY);
        if (here.isPresent() && !unknown && !here.get().digest().equals(wanted.digest())) {
            throw new ImageFailure(
                    here.get().name() + " differs",
                    "here it is " + here.get().digest().toHex() + " (made "
                            + here.get().made() + "), at " + elsewhere + " "
                            + wanted.digest().toHex(),
                    other);
        }
        boolean gone = here.isEmpty()
                && images.removed().stream()
                        .anyMatch(each -> each.image().equals(as) && each.number() == wanted.number());
        if (gone) {
            throw new ImageFailure(
                    as + "@" + wanted.number() + " was removed here", "its number is not used again", other);
        }
        return here;
    }

    private static byte[] manifest(Peer peer, RemoteVersion wanted) throws IOException {
        byte[] manifest = peer.manifest(wanted);
        if (!ManifestCodec.digest(manifest).equals(wanted.digest())) {
            throw new PeerFailure(
                    wanted.name() + " of " + peer.name() + " is not what was asked for",
                    "its manifest has another SHA-256 than the list said",
                    "Verify it there: firstlight image verify " + wanted.name(),
                    false);
        }
        return manifest;
    }

    /** Whatever kind of image it is: all that matters here is which chunks it names. */
    static Set<ChunkId> chunks(Manifest manifest) {
        Set<ChunkId> ids = new LinkedHashSet<>();
        manifest.forEachChunk(ids::add);
        return ids;
    }

    private List<ChunkId> missing(List<ChunkId> ids) throws IOException {
        List<ChunkId> missing = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += ASKED) {
            List<ChunkId> part = ids.subList(from, Math.min(ids.size(), from + ASKED));
            BitSet absent = images.sink().missing(part);
            absent.stream().forEach(i -> missing.add(part.get(i)));
        }
        return missing;
    }

    private static void fetch(
            ChunkFetch fetch, RemoteVersion wanted, List<ChunkId> missing, int all, int size, Progress progress)
            throws IOException {
        long total = (long) all * size;
        long done = total - (long) missing.size() * size;
        progress.progress(Progress.Phase.COPYING, done, total);
        ExecutorService threads = Executors.newFixedThreadPool(
                THREADS, Thread.ofPlatform().name("pull-", 1).daemon().factory());
        try {
            CompletionService<Integer> batches = new ExecutorCompletionService<>(threads);
            int batchSize = Math.max(1, (int) (BATCH * (long) Chunk.SIZE / size));
            int next = 0;
            int running = 0;
            while (next < missing.size() || running > 0) {
                while (next < missing.size() && running < THREADS) {
                    List<ChunkId> batch = missing.subList(next, Math.min(missing.size(), next + batchSize));
                    batches.submit(() -> bring(fetch, wanted, batch));
                    next += batch.size();
                    running++;
                }
                Future<Integer> batch = batches.poll(LOOK_MILLISECONDS, TimeUnit.MILLISECONDS);
                if (batch != null) {
                    done += (long) batch.get() * size;
                    running--;
                }
                progress.progress(Progress.Phase.COPYING, done, total);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(failed.getCause());
        } finally {
            // No interrupt: it would close the pack that a thread writes to. What is on its way is thrown away.
            fetch.stop();
            threads.shutdown();
        }
    }

    private static int bring(ChunkFetch fetch, RemoteVersion wanted, List<ChunkId> batch) throws IOException {
        ChunkFetch.Brought brought = fetch.bring(batch);
        if (!brought.failed().isEmpty()) {
            throw ChunkFetch.failure(wanted.name() + " cannot be pulled", brought.failed());
        }
        return batch.size();
    }

    /** What is said of it there comes along, except its protection: that is each server's own. */
    private static VersionNotes notes(
            Peer peer, RemoteVersion wanted, String who, Instant now, int fetched, long octets) throws IOException {
        VersionNotes notes = VersionNotes.NONE
                .withNote(wanted.note())
                .withTags(wanted.tags())
                .withExpiry(wanted.kept() ? Optional.empty() : wanted.expires());
        for (VersionNotes.Entry entry : peer.history(wanted)) {
            notes = notes.and(entry.at(), peer.name() + ": " + entry.who(), entry.what());
        }
        return notes.and(
                now,
                who,
                "pulled from " + peer.settings() + ", there " + wanted.name() + ", "
                        + wanted.digest().toHex() + "; " + fetched + " chunks, " + octets / 1_000_000
                        + " MB travelled");
    }
}
