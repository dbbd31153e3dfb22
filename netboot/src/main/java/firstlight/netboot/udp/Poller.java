package firstlight.netboot.udp;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Waits until one of several sockets has something to read. One thread owns it; only {@link #wakeup} is for the others. */
public final class Poller implements AutoCloseable {
    /** struct pollfd { int descriptor; short events; short happened; } */
    private static final int SLOT = 8;

    private static final int EFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;

    private final Arena arena = Arena.ofShared();
    private final int event;
    /** Not of this poller's arena: whoever wakes it up to close it may still be writing while its owner closes. */
    private static final MemorySegment ONE = one();

    private final List<Pollable> sockets;
    private final MemorySegment slots;
    private final MemorySegment timespec = arena.allocate(16, 8);
    private final MemorySegment counter = arena.allocate(8, 8);

    public Poller(List<? extends Pollable> sockets) throws SocketFailure {
        this.sockets = List.copyOf(sockets);
        event = Libc.eventfd(EFD_CLOEXEC_NONBLOCK);
        if (event < 0) {
            arena.close();
            throw SocketFailure.of("make an event descriptor", -event);
        }
        slots = arena.allocate((long) SLOT * (sockets.size() + 1), 8);
        for (int i = 0; i < sockets.size(); i++) {
            watch(i, sockets.get(i).descriptor());
        }
        watch(sockets.size(), event);
    }

    private static MemorySegment one() {
        MemorySegment one = Arena.global().allocate(8, 8);
        one.set(Layout.LONG, 0, 1L);
        return one;
    }

    private void watch(int slot, int descriptor) {
        slots.set(Layout.INT, (long) slot * SLOT, descriptor);
        slots.set(JAVA_SHORT, (long) slot * SLOT + 4, Libc.POLLIN);
    }

    /** The sockets that can be read, in the order given; empty after the timeout or a {@link #wakeup}. */
    public List<Pollable> await(Duration timeout) throws SocketFailure {
        awaitNanos(Math.max(0, timeout.toNanos()));
        List<Pollable> ready = new ArrayList<>();
        for (int i = 0; i < sockets.size(); i++) {
            if (isReady(i)) {
                ready.add(sockets.get(i));
            }
        }
        return ready;
    }

    /** Waits; then {@link #isReady} tells. For loops that want no garbage. */
    public void awaitNanos(long nanos) throws SocketFailure {
        timespec.set(Layout.LONG, 0, nanos / 1_000_000_000L);
        timespec.set(Layout.LONG, 8, nanos % 1_000_000_000L);
        int count = Libc.ppoll(slots, sockets.size() + 1L, timespec);
        if (count < 0) {
            if (Errno.of(-count) == Errno.EINTR) {
                for (int i = 0; i <= sockets.size(); i++) {
                    slots.set(JAVA_SHORT, (long) i * SLOT + 6, (short) 0);
                }
                return;
            }
            throw SocketFailure.of("wait for packets", -count);
        }
        if (happened(sockets.size())) {
            int _ = Libc.read(event, counter);
        }
    }

    /** Whether the socket at {@code index} could be read when the last wait ended. */
    public boolean isReady(int index) {
        return happened(index);
    }

    private boolean happened(int slot) {
        return slots.get(JAVA_SHORT, (long) slot * SLOT + 6) != 0;
    }

    /** Ends the wait that runs, or the next one. */
    public void wakeup() {
        int _ = Libc.write(event, ONE);
    }

    @Override
    public void close() {
        int _ = Libc.close(event);
        arena.close();
    }
}
