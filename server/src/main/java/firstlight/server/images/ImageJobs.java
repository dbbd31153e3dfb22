package firstlight.server.images;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Long work on the store, a few at a time, on threads of their own. Forgotten when the server stops: none of it leaves a half. */
public final class ImageJobs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ImageJobs.class);
    /** Jobs that are listed; those that run are never forgotten. */
    private static final int REMEMBERED = 100;
    /** Each reads or writes much of the one store; the next ones wait. */
    private static final int AT_ONCE = 2;

    private final InstantSource clock;
    private final AtomicLong last = new AtomicLong();
    private final Map<Long, ImageJob> jobs = Collections.synchronizedMap(new LinkedHashMap<>());
    private final Set<Long> cancelled = ConcurrentHashMap.newKeySet();
    private final ExecutorService workers = Executors.newFixedThreadPool(
            AT_ONCE, Thread.ofPlatform().name("image-job-", 1).daemon().factory());

    /** One a job. */
    private final ExecutorService ownThreads = Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().name("image-job-now-", 1).daemon().factory());

    public ImageJobs(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * What a job does. On a thread of the jobs. It may end at any of its reports, by {@link Cancelled}, and must leave nothing half done
     * then.
     */
    public interface Task {
        ImageJob.Outcome run(Progress progress) throws IOException;
    }

    /**
     * Thrown at a job's report when it is to stop. No {@link ImageFailure}, so that who tells one failure and goes on with the rest does
     * not go on after it.
     */
    public static final class Cancelled extends IOException {
        private static final long serialVersionUID = 1;
    }

    /**
     * Returns at once, with the job as it stands; it may wait behind others, and counts as running then.
     *
     * @param what for people, and for the log
     */
    public ImageJob start(String what, Task task) {
        return start(what, task, workers);
    }

    /** On a thread of its own, for somebody waits for it, or it waits for others most of the time. Beside the {@link #AT_ONCE}. */
    public ImageJob startAtOnce(String what, Task task) {
        return start(what, task, ownThreads);
    }

    private ImageJob start(String what, Task task, Executor executor) {
        long id = last.incrementAndGet();
        ImageJob job = new ImageJob(
                id, what, clock.instant(), ImageJob.State.RUNNING, Progress.Phase.MAPPING, 0, 0, "", "", List.of());
        synchronized (jobs) {
            jobs.put(id, job);
            jobs.values().stream()
                    .filter(old -> old.state() != ImageJob.State.RUNNING)
                    .limit(Math.max(0, jobs.size() - REMEMBERED))
                    .map(ImageJob::id)
                    .toList()
                    .forEach(jobs::remove);
        }
        executor.execute(() -> run(id, task));
        return job;
    }

    private void run(long id, Task task) {
        String what = find(id).map(ImageJob::what).orElse("");
        try {
            ImageJob.Outcome outcome = task.run((phase, done, total) -> {
                if (cancelled.contains(id)) {
                    throw new Cancelled();
                }
                jobs.computeIfPresent(id, (_, job) -> job.at(phase, done, total));
            });
            LOG.info("{}: {}", what, outcome.text());
            ImageJob.State state = outcome.sound() ? ImageJob.State.DONE : ImageJob.State.FAILED;
            end(id, state, outcome.text(), outcome.cure(), outcome.details());
        } catch (Cancelled stop) {
            end(id, ImageJob.State.CANCELLED, "cancelled", "", List.of());
        } catch (ImageFailure failure) {
            LOG.warn("{}: {}", what, failure.getMessage());
            end(id, ImageJob.State.FAILED, failure.what() + ": " + failure.cause(), failure.cure(), List.of());
        } catch (IOException | RuntimeException failure) {
            LOG.error("{} failed", what, failure);
            end(id, ImageJob.State.FAILED, String.valueOf(failure.getMessage()), "see the server's log", List.of());
        } catch (Error failure) { // who waits for the job must hear of its end
            LOG.error("{} failed", what, failure);
            end(id, ImageJob.State.FAILED, failure.toString(), "see the server's log", List.of());
            throw failure;
        } finally {
            cancelled.remove(id);
        }
    }

    private void end(long id, ImageJob.State state, String text, String cure, List<String> details) {
        jobs.computeIfPresent(id, (_, job) -> job.ended(state, text, cure, details));
    }

    /** Newest first, as they stand. */
    public List<ImageJob> list() {
        synchronized (jobs) {
            return List.copyOf(jobs.values()).reversed();
        }
    }

    public Optional<ImageJob> find(long id) {
        return Optional.ofNullable(jobs.get(id));
    }

    /** Stops at its next report. False when it has ended already. True is no promise: it may end well before it looks. */
    public boolean cancel(long id) {
        boolean runs =
                find(id).filter(job -> job.state() == ImageJob.State.RUNNING).isPresent();
        if (runs) {
            cancelled.add(id);
        }
        return runs;
    }

    @Override
    public void close() {
        workers.shutdown();
        ownThreads.shutdown();
        list().forEach(job -> cancelled.add(job.id()));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10); // for all of them
        try {
            boolean ended = workers.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (!ownThreads.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS) || !ended) {
                LOG.warn("work on images did not stop in time; nothing is half done");
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
