package firstlight.database;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives transactions their numbers, each once among all servers, without asking the database each time: whole blocks are taken.
 * What is left of a block at the end is given back, where nobody took the next one.
 */
final class BootNumbers {
    private static final Logger LOG = LoggerFactory.getLogger(BootNumbers.class);
    /** Numbers of a block. A crash leaves the rest of it unused, so a server that is alone takes few. */
    private static final int ALONE = 500;
    /** Lasts through an outage of the database. */
    private static final int SHARED = 10_000;

    private final Backend backend;
    private final int size;
    private final ReentrantLock lock = new ReentrantLock();
    private long next;
    private long end;
    /** Taken already, so that nobody who is to be answered waits for the database's writers; empty until half of the block is gone. */
    private Optional<Block> ahead = Optional.empty();

    private boolean taking;

    private record Block(long start, long end) {}

    BootNumbers(Backend backend) {
        this.backend = backend;
        this.size = backend.isShared() ? SHARED : ALONE;
        use(take());
    }

    /**
     * On the thread that answers a packet: the database is asked here only when a whole block went while the next was being taken.
     *
     * @throws DatabaseUnreachable when that is so and it does not answer: the boot then has no number
     */
    long next() {
        lock.lock();
        try {
            if (next == end) {
                use(ahead.orElseGet(this::take));
                ahead = Optional.empty();
            }
            // A block that could not be taken is asked for again by the next packet, since this is still so.
            if (end - next <= size / 2 && ahead.isEmpty() && !taking) {
                taking = true;
                Thread.ofPlatform().daemon().name("boot-numbers").start(this::takeAhead);
            }
            return next++;
        } finally {
            lock.unlock();
        }
    }

    private void use(Block block) {
        next = block.start;
        end = block.end;
    }

    /** Without the lock: whoever writes may wait for us. */
    private void takeAhead() {
        Optional<Block> taken = Optional.empty();
        try {
            taken = Optional.of(take());
        } catch (RuntimeException e) {
            LOG.debug("no block of numbers ahead", e); // asked for again when this one ends
        }
        lock.lock();
        try {
            // Whoever came to the end before it arrived took a later one: numbers tell which boot came first.
            ahead = taken.filter(block -> block.start >= end);
            taking = false;
        } finally {
            lock.unlock();
        }
    }

    private Block take() {
        long after = backend.write(
                handle -> handle.createQuery("update id_block set next = next + ? where name = 'boot' returning next")
                        .bind(0, size)
                        .mapTo(Long.class)
                        .one());
        return new Block(after - size, after);
    }

    void giveBack() {
        lock.lock();
        try {
            ahead.ifPresent(block -> giveBack(block.start, block.end));
            ahead = Optional.empty();
            giveBack(next, end);
            next = end;
        } finally {
            lock.unlock();
        }
    }

    /** Only where the counter still stands at {@code to}: else another server, or this one's next block, begins there. */
    private void giveBack(long from, long to) {
        backend.run(
                handle -> handle.execute("update id_block set next = ? where name = 'boot' and next = ?", from, to));
    }
}
