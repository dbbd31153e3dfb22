package firstlight.server.sites;

import firstlight.image.ImageFailure;
import firstlight.image.store.ImageName;
import firstlight.server.images.ImageJob;
import firstlight.server.images.ImageJobs;
import firstlight.server.images.OtherSites;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Images that work of a PC wants and that are not here: each is pulled once, whoever waits for it. Called by the engine port's threads: a
 * pull itself runs as a job, and each of its failures is told to one who asks.
 */
final class PullsOnDemand {
    /** A room of PCs asks for the same image within seconds. */
    private static final Duration LIST_IS_GOOD = Duration.ofSeconds(15);

    /** Who asked, in the version's history. */
    private static final String ON_DEMAND = "server";

    private final Sites sites;
    private final ImageJobs jobs;

    /** By image and version; guarded by itself. */
    private final Map<String, Ordered> ordered = new HashMap<>();

    /** For which other servers are being asked; guarded by {@link #ordered}. One that hangs may keep one PC's thread, not each of a room's. */
    private final Set<String> asking = new HashSet<>();

    /** @param job which ImageJobs may have forgotten */
    private record Ordered(long job, String what) {}

    /** How often each broke off since one came; guarded by {@link #ordered}. The one who asks next is told, and a room waits for the same. */
    private final Map<String, OtherSites.Supply.Failed> failed = new HashMap<>();

    PullsOnDemand(Sites sites, ImageJobs jobs) {
        this.sites = sites;
        this.jobs = jobs;
    }

    /**
     * @param number 0 for the newest that a server has
     * @throws IOException when this server's store cannot be read
     */
    OtherSites.Supply supply(ImageName image, int number) throws IOException {
        String key = image + "@" + number;
        synchronized (ordered) {
            Ordered before = ordered.get(key);
            if (before != null) {
                Optional<ImageJob> job = jobs.find(before.job);
                if (job.isPresent() && job.get().state() == ImageJob.State.RUNNING) {
                    return new OtherSites.Supply.Coming(
                            before.what, job.get().done(), job.get().total(), failed(key));
                }
                ordered.remove(key);
                if (job.isPresent() && job.get().state() != ImageJob.State.DONE) {
                    String why = before.what + ", but "
                            + (job.get().text().isEmpty()
                                    ? "it was stopped"
                                    : job.get().text());
                    failed.put(key, new OtherSites.Supply.Failed(failed(key).times() + 1, why));
                    return new OtherSites.Supply.Unavailable(
                            why, true, failed(key).times());
                }
                failed.remove(key);
            }
            if (!asking.add(key)) {
                return new OtherSites.Supply.Asking();
            }
        }
        try {
            return order(image, number, key);
        } finally {
            synchronized (ordered) {
                asking.remove(key);
            }
        }
    }

    private OtherSites.Supply order(ImageName image, int number, String key) throws IOException {
        List<Sites.Offer> offers = new ArrayList<>();
        List<String> silent = new ArrayList<>();
        List<String> asked = new ArrayList<>();
        for (Peer peer : sites.peers()) {
            if (!peer.settings().onDemand()) {
                continue;
            }
            asked.add(peer.name());
            try {
                sites.versions(peer, LIST_IS_GOOD).stream()
                        .filter(each -> each.image().equals(image) && (number == 0 || each.number() == number))
                        .forEach(each -> offers.add(new Sites.Offer(peer.settings(), each)));
            } catch (PeerFailure failure) {
                silent.add(failure.what() + ": " + failure.cause());
            }
        }
        if (offers.isEmpty()) {
            return new OtherSites.Supply.Unavailable(
                    asked.isEmpty()
                            ? ""
                            : silent.isEmpty()
                                    ? "nor at " + String.join(" or ", asked)
                                    : "and " + String.join("; ", silent),
                    !silent.isEmpty(),
                    times(key));
        }
        Sites.Offer offer;
        try {
            offer = Sites.newest(offers);
        } catch (ImageFailure differ) { // which one is meant a person must say
            return new OtherSites.Supply.Unavailable("and " + differ.what() + ": pull one of them with --from", false);
        }
        String what = offer.version().name() + " comes from " + offer.peer().name();
        ImageJob job = jobs.startAtOnce(
                "pull " + offer.version().name() + " from " + offer.peer().name() + " for a PC",
                progress -> ImageJob.Outcome.sound(
                        Sites.words(offer, sites.pull(offer, image, ON_DEMAND, progress)), List.of()));
        synchronized (ordered) {
            ordered.put(key, new Ordered(job.id(), what));
            return new OtherSites.Supply.Coming(what, 0, 0, failed(key));
        }
    }

    private int times(String key) {
        synchronized (ordered) {
            return failed(key).times();
        }
    }

    private OtherSites.Supply.Failed failed(String key) {
        return failed.getOrDefault(key, OtherSites.Supply.Failed.NEVER);
    }
}
