package firstlight.sockets;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** The one thread that owns some sockets. It waits for them until it is closed; only {@link #wakeup} and {@link #close} are for the others. */
public final class SocketLoop implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Poller poller;
    private final Thread thread;
    /** So that nobody wakes up what is closed: its descriptor may be another file's by then. */
    private final ReentrantLock waking = new ReentrantLock();

    private volatile boolean open = true;

    /** @param work what the thread does, until {@link #isOpen} says no; called by it after {@link #start} */
    public SocketLoop(String name, List<? extends Pollable> sockets, Runnable work) throws SocketFailure {
        poller = new Poller(sockets);
        thread = Thread.ofPlatform().name(name).unstarted(work);
    }

    public void start() {
        thread.start();
    }

    public boolean isOpen() {
        return open;
    }

    /** After a turn that failed: what made it fail may be there to be read still, and each turn without a pause fail. */
    public void pause() {
        LockSupport.parkNanos(PAUSE.toNanos());
    }

    /** Those of its sockets that can be read; empty after the timeout or a {@link #wakeup}. */
    public List<Pollable> await(Duration timeout) throws SocketFailure {
        return poller.await(timeout);
    }

    /** Waits, to the next millisecond; then {@link #isReady} tells. */
    public void awaitNanos(long nanos) throws SocketFailure {
        poller.awaitNanos(nanos);
    }

    /** Whether the socket at {@code index} could be read when the last wait ended. */
    public boolean isReady(int index) {
        return poller.isReady(index);
    }

    /** Waits for these from now on. */
    public void watch(List<? extends Pollable> sockets) throws SocketFailure {
        poller.watch(sockets);
    }

    /** Ends the wait that runs, or the next one; nothing once it is closed. */
    public void wakeup() {
        waking.lock();
        try {
            if (open) {
                poller.wakeup();
            }
        } finally {
            waking.unlock();
        }
    }

    /** Returns when the thread has ended; its sockets are the owner's to close, then. */
    @Override
    public void close() {
        waking.lock();
        try {
            if (!open) {
                return;
            }
            open = false;
            poller.wakeup();
        } finally {
            waking.unlock();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        poller.close();
    }
}
