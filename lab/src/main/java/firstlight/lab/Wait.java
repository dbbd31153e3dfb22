package firstlight.lab;

import java.io.IOException;

/** Waits for what only looking can tell. */
final class Wait {
    private static final int LOOK_EVERY_MILLIS = 50;

    private Wait() {}

    /** A look that may fail. */
    interface Look {
        boolean found() throws IOException;
    }

    /** Looks at least once, and each {@value #LOOK_EVERY_MILLIS} ms; in vain it is a {@link LabFailure} that names {@code what}. */
    static void until(String what, int seconds, Look look) {
        long deadline = System.nanoTime() + seconds * 1_000_000_000L;
        try {
            while (!look.found()) {
                if (System.nanoTime() > deadline) {
                    throw new LabFailure("waited " + seconds + " s in vain for " + what);
                }
                Thread.sleep(LOOK_EVERY_MILLIS);
            }
        } catch (IOException failure) {
            throw new LabFailure("while waiting for " + what + ": " + failure.getMessage(), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted while waiting for " + what, interrupted);
        }
    }
}
