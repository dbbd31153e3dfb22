package firstlight.engine;

import firstlight.image.ImageFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * An exchange that tries again what can be tried again: a broken connection, a server that is restarting. With longer and
 * longer pauses, until {@link #PATIENCE} is over. Every request of the protocol may be sent twice without harm.
 */
final class Retries implements Exchange {
    static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    /** Waits; a test's does not. */
    interface Pause {
        void pause(Duration time) throws InterruptedException;
    }

    private final Exchange exchange;
    private final Pause pause;
    private final Consumer<String> log;

    Retries(Exchange exchange, Pause pause, Consumer<String> log) {
        this.exchange = exchange;
        this.pause = pause;
        this.log = log;
    }

    @Override
    public <T> T send(String method, String path, String type, Body body, Reader<T> reader) throws IOException {
        Duration waited = Duration.ZERO;
        Duration next = FIRST_PAUSE;
        for (int tries = 1; ; tries++) {
            try {
                return exchange.send(method, path, type, body, reader);
            } catch (Refused refused) {
                if (!refused.mayPass()) {
                    throw refused;
                }
                waited = waitOrGiveUp(path, refused, tries, waited, next);
            } catch (ImageFailure ours) {
                throw ours;
            } catch (IOException broken) {
                stopAtWrongCertificate(broken);
                waited = waitOrGiveUp(path, broken, tries, waited, next);
            }
            next = next.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? next.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private Duration waitOrGiveUp(String path, IOException reason, int tries, Duration waited, Duration next)
            throws ImageFailure {
        if (waited.plus(next).compareTo(PATIENCE) > 0) {
            throw new ImageFailure(
                    "The server could not be reached for " + PATIENCE.toMinutes() + " minutes (" + path + ")",
                    reason,
                    "Check the network between this PC and the server and that Firstlight runs there, then start this PC again");
        }
        if (tries > 1) {
            String trouble = reason instanceof Refused ? "the server has a difficulty" : "the server does not answer";
            log.accept(trouble + " (" + reason.getMessage() + "), trying again in " + Math.max(1, next.toSeconds())
                    + " s");
        }
        try {
            pause.pause(next);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new ImageFailure("The work was interrupted", reason, "Start this PC again");
        }
        return waited.plus(next);
    }

    private static void stopAtWrongCertificate(IOException broken) throws ImageFailure {
        for (Throwable cause = broken; cause != null; cause = cause.getCause()) {
            if (cause instanceof PinnedTls.WrongCertificate) {
                throw new ImageFailure(
                        "The server has another certificate than this PC was booted for",
                        cause,
                        "Start this PC again; if it stays so, somebody else answers at the server's address");
            }
        }
    }
}
