package firstlight.database;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Gives transactions their numbers, each once among all servers, without asking the database each time: whole blocks are taken.
 * What is left of a block at the end is given back, where nobody took the next one.
 */
final class BootNumbers {
    private static final int ALONE = 100;
    /** Lasts through an outage of the database. */
    private static final int SHARED = 10_000;

    private final Backend backend;
    private final int size;
    private final ReentrantLock lock = new ReentrantLock();
    private long next;
    private long end;

    BootNumbers(Backend backend) {
        this.backend = backend;
        this.size = backend.isShared() ? SHARED : ALONE;
        take();
    }

    long next() {
        lock.lock();
        try {
            if (next == end) {
                take();
            }
            return next++;
        } finally {
            lock.unlock();
        }
    }

    private void take() {
        end = backend.write(
                handle -> handle.createQuery("update id_block set next = next + ? where name = 'boot' returning next")
                        .bind(0, size)
                        .mapTo(Long.class)
                        .one());
        next = end - size;
    }

    void giveBack() {
        lock.lock();
        try {
            backend.run(handle ->
                    handle.execute("update id_block set next = ? where name = 'boot' and next = ?", next, end));
            next = end;
        } finally {
            lock.unlock();
        }
    }
}
