package firstlight.sockets;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Waits until one of several sockets has something to read; what a wait costs does not grow with their number (epoll). One
 * thread owns it; only {@link #wakeup} is for the others.
 */
public final class Poller implements AutoCloseable {
    /** struct epoll_event { int events; long data; }: packed on x86-64, aligned everywhere else. */
    private static final int DATA = System.getProperty("os.arch").equals("amd64") ? 4 : 8;

    private static final int SLOT = DATA + 8;
    /** Sockets that one wait tells of; of more the next one tells. */
    private static final int BATCH = 64;
    /** Of eventfd(2): not handed to programs, and neither a read nor a write of it waits. */
    private static final int EFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;

    private static final int NONE = -1;
    private static final long NANOS_PER_MILLISECOND = 1_000_000L;

    /** Not of this poller's arena: whoever wakes it up to close it may still be writing while its owner closes. */
    private static final MemorySegment ONE = one();

    private final Arena arena = Arena.ofShared();
    private List<Pollable> sockets = List.of();
    private boolean[] ready = {};
    private final MemorySegment events = arena.allocate((long) SLOT * BATCH, 8);
    private final MemorySegment counter = arena.allocate(8, 8);
    /** The epoll instance that watches; {@link #event} is what {@link #wakeup} writes to, and lives as long as this. */
    private int poll = NONE;

    private final int event;

    /** Watches {@code sockets} for something to read; closes none of them. */
    public Poller(List<? extends Pollable> sockets) throws SocketFailure {
        event = Libc.eventfd(EFD_CLOEXEC_NONBLOCK);
        try {
            UdpSocket.check(event, "make an event descriptor");
            watch(sockets);
        } catch (SocketFailure e) {
            close();
            throw e;
        }
    }

    /** Waits for these from now on, and for none of those before. A {@link #wakeup} is never lost by it. */
    public void watch(List<? extends Pollable> watched) throws SocketFailure {
        int fresh = Libc.epollCreate();
        UdpSocket.check(fresh, "wait for packets");
        try {
            for (int i = 0; i < watched.size(); i++) {
                add(fresh, i, watched.get(i).descriptor());
            }
            add(fresh, watched.size(), event);
        } catch (SocketFailure e) {
            int _ = Libc.close(fresh);
            throw e;
        }
        int _ = Libc.close(poll);
        poll = fresh;
        sockets = List.copyOf(watched);
        ready = new boolean[watched.size()];
    }

    private static MemorySegment one() {
        MemorySegment one = Arena.global().allocate(8, 8);
        one.set(Layout.LONG, 0, 1L);
        return one;
    }

    private void add(int poll, int index, int descriptor) throws SocketFailure {
        events.set(Layout.INT, 0, Libc.EPOLLIN);
        events.set(Layout.LONG, DATA, index);
        UdpSocket.check(Libc.epollAdd(poll, descriptor, events), "wait for packets");
    }

    /** The sockets that can be read, in the order given; empty after the timeout or a {@link #wakeup}. */
    public List<Pollable> await(Duration timeout) throws SocketFailure {
        awaitNanos(Math.max(0, timeout.toNanos()));
        List<Pollable> found = new ArrayList<>();
        for (int i = 0; i < ready.length; i++) {
            if (ready[i]) {
                found.add(sockets.get(i));
            }
        }
        return found;
    }

    /** Waits, to the next millisecond; then {@link #isReady} tells. For loops that want no garbage. */
    public void awaitNanos(long nanos) throws SocketFailure {
        Arrays.fill(ready, false);
        long milliseconds = Math.min((nanos + NANOS_PER_MILLISECOND - 1) / NANOS_PER_MILLISECOND, Integer.MAX_VALUE);
        int count = Libc.epollWait(poll, events, BATCH, (int) milliseconds);
        if (count < 0) {
            if (Errno.of(-count) == Errno.EINTR) {
                return;
            }
            throw SocketFailure.of("wait for packets", -count);
        }
        for (int i = 0; i < count; i++) {
            int index = (int) events.get(Layout.LONG, (long) i * SLOT + DATA);
            if (index < ready.length) {
                ready[index] = true;
            } else {
                int _ = Libc.read(event, counter);
            }
        }
    }

    /** Whether the socket at {@code index} could be read when the last wait ended. */
    public boolean isReady(int index) {
        return ready[index];
    }

    /** Ends the wait that runs, or the next one. */
    public void wakeup() {
        int _ = Libc.write(event, ONE);
    }

    @Override
    public void close() {
        int _ = Libc.close(poll);
        int _ = Libc.close(event);
        arena.close();
    }
}
