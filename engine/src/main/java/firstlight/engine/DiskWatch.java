package firstlight.engine;

import firstlight.engine.DiskSilence.AnswersAgain;
import firstlight.engine.DiskSilence.GivesUp;
import firstlight.engine.DiskSilence.Look;
import firstlight.engine.DiskSilence.NotAnswering;
import firstlight.engine.DiskSilence.Step;
import firstlight.engine.Requests.Request;
import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Looks once a second whether the disks that work is done on answer: a request that hangs (a dying disk, a loose cable, a controller
 * that resets for minutes) ends no thread and fails nothing, and nobody would know why the work stands still. The thread that waits for
 * it cannot be interrupted; this one speaks for it.
 */
final class DiskWatch implements DiskOpener, AutoCloseable {
    /** As DiskSilence expects. */
    private static final long EVERY_MILLIS = 1_000;

    private final DiskOpener opener;
    private final Path root;
    private final Duration patience;
    private final LongSupplier nanoTime;
    private final Hearing hearing;
    private final Map<String, Watched> disks = new ConcurrentHashMap<>();
    /** Of disks that answer again, for the summary. */
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());

    private final Thread thread =
            Thread.ofPlatform().daemon().name("disk-watch").unstarted(this::watch);

    /** Who hears of it; called by the thread that looks, which must not wait for a disk. In the work's transaction and on the screen. */
    interface Hearing {
        void tell(String words);

        /** The work cannot be done any more; at most once for each disk. */
        void gaveUp(DiskFailure why);
    }

    /** Changed by the thread that looks, except for what may be by all. */
    private static final class Watched {
        final Requests requests = new Requests();
        final AtomicInteger opened = new AtomicInteger();
        final String name;
        final String label;
        DiskSilence state = DiskSilence.ANSWERS;

        Watched(Path node, String label) {
            this.name = String.valueOf(node.getFileName());
            this.label = label;
        }
    }

    /** @param patience after so long without an answer the work is given up */
    DiskWatch(DiskOpener opener, Path root, Duration patience, LongSupplier nanoTime, Hearing hearing) {
        this.opener = opener;
        this.root = root;
        this.patience = patience;
        this.nanoTime = nanoTime;
        this.hearing = hearing;
    }

    /** Begins to look. */
    DiskWatch started() {
        thread.start();
        return this;
    }

    private void watch() {
        while (!Thread.currentThread().isInterrupted()) {
            look();
            try {
                Thread.sleep(EVERY_MILLIS);
            } catch (InterruptedException stop) {
                return;
            }
        }
    }

    @Override
    public Disk open(Path node, boolean writing) throws IOException {
        Watched disk = watched(node);
        disk.opened.incrementAndGet();
        boolean open = false;
        try {
            Disk opened =
                    WatchedDisk.open(() -> opener.open(node, writing), disk.requests, disk.opened::decrementAndGet);
            open = true;
            return opened;
        } finally {
            if (!open) {
                disk.opened.decrementAndGet();
            }
        }
    }

    /** Looks, by the kernel's counts alone, at a disk that is mounted as long as this watches. */
    void mounted(Path node) {
        watched(node).opened.incrementAndGet();
    }

    private Watched watched(Path node) {
        return disks.computeIfAbsent(node.toString(), name -> new Watched(node, label(node)));
    }

    /** For what lasts. */
    DiskOpener unwatched() {
        return opener;
    }

    private String label(Path node) {
        return new BlockDevices(root)
                .all().stream()
                        .filter(device -> device.node().equals(node))
                        .findFirst()
                        .map(BlockDevices.Device::words)
                        .orElse(node.toString());
    }

    /** One look at all of them. */
    void look() {
        disks.values().forEach(this::look);
    }

    private void look(Watched disk) {
        Optional<Request> request = disk.requests.unanswered();
        // While nobody here has it open, others may do with it what
        // lasts: a disk that erases itself answers after hours.
        Optional<DiskCounters> kernel = disk.opened.get() > 0 ? DiskCounters.of(root, disk.name) : Optional.empty();
        Step step = DiskSilence.step(
                disk.state,
                new Look(
                        request.isPresent()
                                || kernel.map(DiskCounters::inFlight).orElse(0L) > 0,
                        disk.requests.ended()
                                + kernel.map(DiskCounters::completed).orElse(0L),
                        disk.requests.failed(),
                        request),
                patience,
                nanoTime.getAsLong());
        disk.state = step.state();
        step.effect().ifPresent(effect -> {
            switch (effect) {
                case NotAnswering(Duration silent, Optional<Request> asked) ->
                    hearing.tell("disk " + disk.label + " has not answered for " + silent.toSeconds() + " s"
                            + words(asked) + "; it is waited for up to " + patience.toSeconds() + " s");
                case AnswersAgain(Duration silent, boolean failed) -> again(disk, silent, failed);
                case GivesUp(Duration silent, Optional<Request> asked) -> {
                    DiskFailure failure = failure(disk, silent, asked);
                    disk.requests.refuse(failure);
                    hearing.gaveUp(failure);
                }
            }
        });
    }

    private void again(Watched disk, Duration silent, boolean failed) {
        String words = failed
                ? "the kernel gave up a request to disk " + disk.label + " after " + silent.toSeconds() + " s"
                : "disk " + disk.label + " answers again after " + silent.toSeconds() + " s";
        told.add(words);
        hearing.tell(words);
    }

    private DiskFailure failure(Watched disk, Duration silent, Optional<Request> asked) {
        return new DiskFailure(
                "/dev/" + disk.name,
                "The disk /dev/" + disk.name + " does not answer",
                disk.label + ": nothing came for " + silent.toSeconds() + " s" + words(asked)
                        + "; the kernel neither got an answer nor gave the request up",
                "Switch the PC off and on again, check the disk's cable, power and health, and replace it if it hangs"
                        + " again. To wait longer for such disks set the kernel argument firstlight.disk-patience="
                        + "SECONDS");
    }

    private static String words(Optional<Request> asked) {
        return " (" + asked.map(Request::toString).orElse("a request of a tool or of the kernel") + ")";
    }

    /** For the work's summary: what was told of disks that answer again; empty when there were none. */
    String summary() {
        List<String> words = List.copyOf(told);
        return words.isEmpty() ? "" : "; " + String.join("; ", words);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
