package firstlight.server.imaging;

import firstlight.image.ImageFailure;
import java.util.concurrent.Semaphore;

/** Manifests that are in memory at once: of hundreds of MiB each of the threads that serve engines could hold one. */
final class LongBodies {
    /** Octets of one permit. */
    private static final int UNIT = 1 << 20;

    private final Semaphore room;
    private final int longest;

    /**
     * @param most octets of all
     * @param longest octets of one, of which {@code most} is a multiple
     */
    LongBodies(long most, int longest) {
        this.room = new Semaphore(Math.toIntExact(most / UNIT));
        this.longest = longest;
    }

    /** To be closed when the body is not held any more. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * @param announced octets of a body; -1 when nobody said
     * @throws Full when others have taken what there is: waiting for them would hold a thread
     */
    Place take(long announced) throws Full {
        long octets = announced < 0 || announced > longest ? longest : announced;
        int units = Math.toIntExact((octets + UNIT - 1) / UNIT);
        if (!room.tryAcquire(units)) {
            throw new Full();
        }
        return () -> room.release(units);
    }

    /** The engine asks again. */
    static final class Full extends ImageFailure {
        private static final long serialVersionUID = 1;

        Full() {
            super(
                    "The server takes other images' manifests",
                    "they fill the memory for them",
                    "The PC asks again by itself");
        }
    }
}
