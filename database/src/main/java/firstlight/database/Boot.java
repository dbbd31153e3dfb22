package firstlight.database;

import java.time.Duration;
import java.time.Instant;

/**
 * A transaction: one boot of one device, as it is kept.
 *
 * @param id the transaction's public number
 * @param device 0 while nobody knows whose it is
 * @param mac of the adapter that boots, as {@code 52:54:00:12:34:56}; empty where the preboot client told none
 * @param opened when its first packet or question came
 * @param lastEvent when something was heard of it last, to within {@link #EXACT}
 */
public record Boot(long id, long device, String mac, State state, Instant opened, Instant lastEvent) {
    /** How far a boot has come, and how it ended. */
    public enum State {
        /** Firmware packets only. */
        OPEN,
        /** The preboot client has its answer. */
        ASKED,
        /** The engine has its order. */
        IMAGING,
        /** Sent to its local disk. */
        LOCAL,
        DONE,
        FAILED
    }

    /** Firmware and preboot client speak again within this time, or the boot is over. */
    private static final Duration QUIET = Duration.ofMinutes(15);
    /** A firmware that was sent to its local disk repeats itself for a while (EDK2: HTTP after PXE). */
    private static final Duration LOCAL_ECHO = Duration.ofSeconds(30);

    /** How exactly {@link #lastEvent} is kept: what a firmware repeats in less is not written each time. */
    private static final Duration EXACT = Duration.ofSeconds(5);

    /** Whether a DISCOVER now is still this boot. One after the preboot client was answered is the next boot. */
    boolean takesFirstPacket(Instant now) {
        return switch (state) {
            case OPEN -> now.isBefore(lastEvent.plus(QUIET));
            case LOCAL -> now.isBefore(lastEvent.plus(LOCAL_ECHO));
            case ASKED, IMAGING, DONE, FAILED -> false;
        };
    }

    /** Whether a question of a preboot client now is still this boot; clients repeat themselves, and try other paths. */
    boolean takesQuestion(Instant now) {
        return switch (state) {
            case OPEN, ASKED, LOCAL -> now.isBefore(lastEvent.plus(QUIET));
            case IMAGING, DONE, FAILED -> false;
        };
    }

    /** Nothing was given out in it yet: no question was asked, no token made. */
    boolean isFirmwareOnly() {
        return switch (state) {
            case OPEN, LOCAL -> true;
            case ASKED, IMAGING, DONE, FAILED -> false;
        };
    }

    /** At {@code now} in the next state: also one that goes back, for a PC that was sent to its disk may ask again. */
    Boot with(State next, Instant now) {
        return new Boot(id, device, mac, next, opened, now);
    }

    /** The same one when nothing has changed but some seconds: firmware and floods repeat their packets. */
    Boot of(long known, Instant now) {
        if (known == device && now.isBefore(lastEvent.plus(EXACT)) && !now.isBefore(lastEvent)) {
            return this;
        }
        return new Boot(id, known, mac, state, opened, now);
    }
}
