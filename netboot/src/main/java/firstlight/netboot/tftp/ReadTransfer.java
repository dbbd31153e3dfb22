package firstlight.netboot.tftp;

import firstlight.wire.tftp.TftpError;
import java.time.Duration;
import java.util.List;

/**
 * Serves one read request, RFC 1350 with 2347 to 2349 and 7440. Knows blocks, round trips and deadlines; knows no socket,
 * file or clock. Block numbers are long in here and 16 bits on the wire, so that rolling over is no special case. {@code now}
 * is a nanosecond ticker that may itself roll over.
 */
sealed interface ReadTransfer {
    /** Without progress for this long the client is gone. EDK2 gives up after 24 s. */
    Duration GIVE_UP = Duration.ofSeconds(30);

    Duration SAME_REQUEST = Duration.ofSeconds(1);

    /** The OACK is sent; only ACK 0 goes on. */
    record Offering(Terms terms, long lastBlock, RoundTrip timing, boolean resent, long deadline, long startedAt)
            implements ReadTransfer {}

    /**
     * A window is on its way.
     *
     * @param resent whether any of the window was sent twice
     * @param repaired whether any of the window before it was: its stray ACKs may still come
     */
    record Sending(Terms terms, Blocks blocks, RoundTrip timing, Times times, boolean resent, boolean repaired)
            implements ReadTransfer {}

    /**
     * By their numbers, from 1.
     *
     * @param last of the file
     * @param acked the highest that the client has acknowledged
     * @param sent the highest that was sent
     * @param sentBefore the highest that may have been sent twice: an ACK up to it may answer a second copy
     */
    record Blocks(long last, long acked, long sent, long sentBefore) {
        private static Blocks before(long last) {
            return new Blocks(last, 0, 0, 0);
        }

        /** The window behind {@code block}, sent from its first block on. */
        private Blocks behind(long block, Terms terms) {
            return new Blocks(last, block, Math.min(block + terms.windowSize(), last), sent);
        }

        /** The same window, sent from its first block on. */
        private Blocks again() {
            return new Blocks(last, acked, sent, sent);
        }

        /** The window behind {@code block}, of which only that is sent which was not. */
        private Blocks slid(long block, Terms terms) {
            return new Blocks(last, block, Math.min(block + terms.windowSize(), last), sentBefore);
        }
    }

    /**
     * @param firstSent when the window's last block was sent first
     * @param sent when the window was sent last
     * @param deadline when to repeat the window
     * @param progress when the client last acknowledged something new
     */
    record Times(long firstSent, long sent, long deadline, long progress) {
        private static Times ofNew(long now, long deadline) {
            return new Times(now, now, deadline, now);
        }

        private Times again(long now, long newDeadline) {
            return new Times(firstSent, now, newDeadline, progress);
        }
    }

    record Ended(Outcome outcome) implements ReadTransfer {}

    /** The next state, and what to do now. */
    record Step(ReadTransfer state, List<Effect> effects) {}

    static Step begin(Terms terms, long size, long now) {
        long lastBlock = size / terms.blockSize() + 1; // the last one is short, perhaps empty
        return terms.answer().isEmpty()
                ? window(terms, Blocks.before(lastBlock), 0, RoundTrip.UNKNOWN, false, now)
                : offer(terms, lastBlock, RoundTrip.UNKNOWN, false, now, now);
    }

    /** @param state not {@link Ended} */
    static Step on(ReadTransfer state, Input input, long now) {
        return switch (state) {
            case Offering offering -> offered(offering, input, now);
            case Sending sending -> sent(sending, input, now);
            case Ended _ -> stay(state);
        };
    }

    /** When to call with {@link Input.Tick} at the latest. */
    static long deadline(ReadTransfer state) {
        return switch (state) {
            case Offering offering -> offering.deadline();
            case Sending sending -> sending.times().deadline();
            case Ended _ -> Long.MAX_VALUE;
        };
    }

    /** How long answers take as a rule, in nanoseconds; 0 when that is not known. */
    static long usualAnswer(ReadTransfer state) {
        return switch (state) {
            case Offering offering -> offering.timing().smoothed();
            case Sending sending -> sending.timing().smoothed();
            case Ended _ -> 0;
        };
    }

    /**
     * Whether the same request once more is the client's repeat of the one that {@code state} serves, perhaps a late one; if
     * not, the client has begun anew: it was switched off and on, say, and its firmware uses the same port each time.
     */
    static boolean isRepeatedRequest(ReadTransfer state, long now) {
        return switch (state) {
            case Offering _ -> true;
            case Sending sending ->
                sending.blocks().acked() == 0 || now - sending.times().progress() < SAME_REQUEST.toNanos();
            case Ended _ -> false;
        };
    }

    /** Whether the step from {@code before} to {@code after} sent something again. */
    static boolean isRepeat(ReadTransfer before, ReadTransfer after) {
        return switch (after) {
            case Offering offering -> before != after && offering.resent();
            case Sending sending -> before != after && sending.resent();
            case Ended _ -> false;
        };
    }

    private static Step offered(Offering state, Input input, long now) {
        return switch (input) {
            case Input.Ack(int wire) -> {
                if (wire != 0) {
                    yield stay(state);
                }
                long took = now - state.startedAt();
                RoundTrip timing = state.resent()
                        ? state.timing().answered()
                        : state.timing().sampled(took);
                yield window(state.terms(), Blocks.before(state.lastBlock()), 0, timing, state.resent(), now);
            }
            case Input.ErrorPacket _ -> ended(new Outcome.Probed());
            case Input.RequestAgain _ -> offerAgain(state, state.timing(), now);
            case Input.Tick _ -> {
                if (now - state.deadline() < 0) {
                    yield stay(state);
                }
                yield now - state.startedAt() >= GIVE_UP.toNanos()
                        ? givenUp(new Outcome.TimedOut())
                        : offerAgain(state, state.timing().backedOff(), now);
            }
        };
    }

    private static Step sent(Sending state, Input input, long now) {
        return switch (input) {
            case Input.Ack(int wire) -> acknowledged(state, wire, now);
            case Input.ErrorPacket(int code, String text) -> ended(new Outcome.Aborted(code, text));
            case Input.RequestAgain _ -> state.blocks().acked() == 0 ? again(state, state.timing(), now) : stay(state);
            case Input.Tick _ -> {
                if (now - state.times().deadline() < 0) {
                    yield stay(state);
                }
                if (now - state.times().progress() < GIVE_UP.toNanos()) {
                    yield again(state, state.timing().backedOff(), now);
                }
                // The last ACK may never come: a loader that has its file starts it at once.
                yield state.blocks().sent() == state.blocks().last()
                        ? ended(new Outcome.Delivered(false))
                        : givenUp(new Outcome.TimedOut());
            }
        };
    }

    private static Step acknowledged(Sending state, int wire, long now) {
        Blocks blocks = state.blocks();
        // The block with these low 16 bits that is nearest to what is acknowledged already.
        long block = blocks.acked() + (short) (wire - blocks.acked());
        if (block < blocks.acked() || block > blocks.sent()) {
            return stay(state);
        }
        if (block == blocks.last()) {
            return ended(new Outcome.Delivered(true));
        }
        if (block == blocks.acked()) {
            return isGapReport(state, now) ? again(state, state.timing(), now) : stay(state);
        }
        if (block < blocks.sent() && block <= blocks.sentBefore()) {
            // Perhaps an answer to a second copy, with the rest of the
            // window close behind it: what was sent is not sent again.
            return slide(state, block, now);
        }
        if (block < blocks.sent()) {
            // RFC 7440 4: the client misses block + 1; what came behind it was thrown away.
            return window(state.terms(), blocks, block, state.timing().answered(), state.repaired(), now);
        }
        Times times = state.times();
        RoundTrip timing = times.firstSent() == times.sent()
                ? state.timing().sampled(now - times.firstSent())
                : state.timing().answered();
        return window(state.terms(), blocks, block, timing, state.resent(), now);
    }

    /**
     * Whether an ACK of the block before the window says that the window's first block is missing. With a window of one it is
     * a duplicate, and answering duplicates doubles all traffic (RFC 1123 4.2.3.1, the sorcerer's apprentice). In larger
     * windows EDK2 sends such an ACK for each stray block, so that it counts only when it can be an answer to this window:
     * not while strays of a repair are expected, and not sooner than a round trip.
     */
    private static boolean isGapReport(Sending state, long now) {
        if (state.terms().windowSize() == 1
                || state.repaired()
                || !state.timing().isKnown()) {
            return false;
        }
        long soonest =
                state.resent() ? state.timing().smoothed() : state.timing().least() / 2;
        return now - state.times().sent() >= soonest;
    }

    /** Sends the window behind {@code acked} from its first block on. */
    private static Step window(Terms terms, Blocks before, long acked, RoundTrip timing, boolean repaired, long now) {
        Blocks blocks = before.behind(acked, terms);
        boolean resent = blocks.sentBefore() > acked;
        Times times = Times.ofNew(now, now + timing.timeout(terms.longestWait()));
        return send(new Sending(terms, blocks, timing, times, resent, repaired), acked + 1);
    }

    /** The same window once more. */
    private static Step again(Sending state, RoundTrip timing, long now) {
        long deadline = deadline(timing, state.terms(), state.times().progress(), now);
        Sending next = new Sending(
                state.terms(),
                state.blocks().again(),
                timing,
                state.times().again(now, deadline),
                true,
                state.repaired());
        return send(next, state.blocks().acked() + 1);
    }

    /** The window moved on to behind {@code acked}; only what it did not hold before is sent. */
    private static Step slide(Sending state, long acked, long now) {
        Terms terms = state.terms();
        RoundTrip timing = state.timing().answered();
        Sending next = new Sending(
                terms,
                state.blocks().slid(acked, terms),
                timing,
                Times.ofNew(now, now + timing.timeout(terms.longestWait())),
                state.resent(),
                state.repaired());
        return send(next, state.blocks().sent() + 1);
    }

    private static Step send(Sending state, long first) {
        int count = (int) (state.blocks().sent() + 1 - first);
        return new Step(state, count > 0 ? List.of(new Effect.SendData(first, count)) : List.of());
    }

    private static Step offer(Terms terms, long lastBlock, RoundTrip timing, boolean resent, long now, long startedAt) {
        long deadline = deadline(timing, terms, startedAt, now);
        return new Step(
                new Offering(terms, lastBlock, timing, resent, deadline, startedAt),
                List.of(new Effect.SendOptionAck()));
    }

    /** Never beyond the time to give up: what a client repeats without end is answered, and puts nothing off. */
    private static long deadline(RoundTrip timing, Terms terms, long since, long now) {
        long left = Math.max(0, GIVE_UP.toNanos() - (now - since));
        return now + Math.min(timing.timeout(terms.longestWait()), left);
    }

    private static Step offerAgain(Offering state, RoundTrip timing, long now) {
        return offer(state.terms(), state.lastBlock(), timing, true, now, state.startedAt());
    }

    private static Step givenUp(Outcome outcome) {
        return new Step(new Ended(outcome), List.of(new Effect.SendError(TftpError.NOT_DEFINED, "timeout")));
    }

    private static Step ended(Outcome outcome) {
        return new Step(new Ended(outcome), List.of());
    }

    private static Step stay(ReadTransfer state) {
        return new Step(state, List.of());
    }
}
