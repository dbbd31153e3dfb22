package firstlight.server.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/**
 * Whether this server's clock is believed when it says that a version has expired. A clock that jumps ahead, by an empty battery or
 * a wrong time server, would take images away for good. So after a jump nothing expires for a week, in which a person can see it.
 *
 * @param seen the clock when it was looked at last
 * @param settled when it is believed again
 */
record ClockTrust(Instant seen, Instant settled) {
    /** More than any correction that a sound clock needs. */
    static final Duration JUMP = Duration.ofHours(1);
    /**
     * While the server was off nobody knows how long that really was. It looks at the clock once a day, or at its start; from Friday's to
     * that after a long weekend are four days, and one that is off at each of them must come to believe it.
     */
    static final Duration OFF = Duration.ofDays(5);

    static final Duration WAIT = Duration.ofDays(7);

    /** Nothing is known of the time before. */
    static ClockTrust first(Instant now) {
        return new ClockTrust(now, now);
    }

    /** @param passed since {@link #seen}, by a clock that nobody can set */
    ClockTrust later(Instant now, Duration passed) {
        Duration went = Duration.between(seen, now);
        return next(now, went.minus(passed).abs().compareTo(JUMP) > 0);
    }

    /** The server was off since {@link #seen}. */
    ClockTrust started(Instant now) {
        Duration went = Duration.between(seen, now);
        return next(now, went.compareTo(OFF) > 0 || went.compareTo(JUMP.negated()) < 0);
    }

    private ClockTrust next(Instant now, boolean jumped) {
        return new ClockTrust(now, jumped ? now.plus(WAIT) : settled);
    }

    /** At the moment of {@link #seen}, not at this one. */
    boolean isBelieved() {
        return !seen.isBefore(settled);
    }

    /**
     * What is written in {@code file}; one that cannot be understood says nothing, so nothing is believed for a while.
     *
     * @throws IOException when the file is there and cannot be read: whoever asked must not believe the clock for want of it
     */
    static ClockTrust read(Path file, Instant now) throws IOException {
        try {
            String[] words = Files.readString(file).strip().split(" ", -1);
            return words.length == 2
                    ? new ClockTrust(Instant.parse(words[0]), Instant.parse(words[1])).started(now)
                    : first(now).next(now, true);
        } catch (NoSuchFileException first) {
            return first(now);
        } catch (DateTimeException damaged) {
            return first(now).next(now, true);
        }
    }

    /** Whole or not at all; without an fsync, for one that a power cut took back is the day before's, or damaged. */
    void write(Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, seen + " " + settled + "\n");
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
