package firstlight.netboot.tftp;

import firstlight.testkit.LossyNetwork;
import firstlight.testkit.LossyNetwork.Weather;
import firstlight.testkit.Seeded;
import firstlight.testkit.VirtualClock;
import java.time.Duration;
import java.util.BitSet;

/** One transfer between the engine and a client of a given manner, over a lossy network, in virtual time. */
final class SimulatedTransfer {
    /** How a client answers what it did not wait for. */
    enum Manner {
        /** RFC 7440: one ACK of the last good block at the first gap of a window; old blocks are acknowledged again. */
        RFC,
        /** EDK2: an ACK of the last good block for each stray one. */
        EDK2,
        /** Says nothing to strays; its own timer repeats the last ACK after a second. */
        SILENT
    }

    private static final Duration CLIENT_TIMEOUT = Duration.ofSeconds(1);

    final VirtualClock clock = new VirtualClock();
    final LossyNetwork network;
    private final Manner manner;
    private final Terms terms;
    private final long blocks;
    private final BitSet received = new BitSet();

    ReadTransfer state;
    long sentBlocks;
    long sentErrors;
    private long good;
    private long windowEnd;
    private boolean gapReported;
    private boolean offered;
    private long lastHeard;

    SimulatedTransfer(Terms terms, long size, Manner manner, Seeded random, Weather weather) {
        this.terms = terms;
        this.manner = manner;
        this.blocks = size / terms.blockSize() + 1;
        this.network = new LossyNetwork(clock, random).with(weather);
        perform(ReadTransfer.begin(terms, size, clock.nanoTime()));
    }

    /** Runs to the engine's end; answers when the client had its last block. */
    Duration run() {
        clientTimer();
        network.run(Duration.ofMinutes(10));
        return doneAfter;
    }

    private final long start = clock.nanoTime();
    Duration doneAfter = Duration.ofDays(1);

    boolean clientHasAll() {
        return good == blocks && received.cardinality() == blocks;
    }

    boolean ended() {
        return state instanceof ReadTransfer.Ended;
    }

    private void perform(ReadTransfer.Step step) {
        state = step.state();
        for (Effect effect : step.effects()) {
            switch (effect) {
                case Effect.SendOptionAck() -> network.send(0, _ -> optionAck());
                case Effect.SendData(long first, int count) -> {
                    for (long block = first; block < first + count; block++) {
                        sentBlocks++;
                        network.send((int) (block & 0xFFFF), this::data);
                    }
                }
                case Effect.SendError _ -> sentErrors++;
            }
        }
        if (!ended()) {
            network.after(Duration.ofNanos(Math.max(0, ReadTransfer.deadline(state) - clock.nanoTime())), this::tick);
        }
    }

    private void tick() {
        if (!ended() && ReadTransfer.deadline(state) - clock.nanoTime() <= 0) {
            perform(ReadTransfer.on(state, new Input.Tick(), clock.nanoTime()));
        }
    }

    private void acknowledge(long block) {
        network.send((int) (block & 0xFFFF), wire -> {
            if (!ended()) {
                perform(ReadTransfer.on(state, new Input.Ack(wire), clock.nanoTime()));
            }
        });
    }

    private void optionAck() {
        lastHeard = clock.nanoTime();
        offered = true;
        if (good == 0) {
            windowEnd = Math.min(terms.windowSize(), blocks);
            acknowledge(0);
        }
    }

    private void data(int wire) {
        if (!terms.answer().isEmpty() && !offered) {
            return;
        }
        lastHeard = clock.nanoTime();
        long block = good + (short) (wire - good);
        if (block == good + 1) {
            good = block;
            received.set((int) block);
            gapReported = false;
            if (good == blocks && doneAfter.toDays() == 1) {
                doneAfter = Duration.ofNanos(clock.nanoTime() - start);
            }
            windowEnd = windowEnd == 0 ? Math.min(terms.windowSize(), blocks) : windowEnd;
            if (good == windowEnd) {
                windowEnd = Math.min(good + terms.windowSize(), blocks);
                acknowledge(good);
            }
            return;
        }
        boolean answer = switch (manner) {
            case RFC -> block <= good || !gapReported;
            case EDK2 -> true;
            case SILENT -> false;
        };
        if (answer) {
            gapReported = true;
            windowEnd = Math.min(good + terms.windowSize(), blocks);
            acknowledge(good);
        }
    }

    private void clientTimer() {
        if (ended() && clientHasAll()) {
            return;
        }
        if (manner == Manner.SILENT
                && !clientHasAll()
                && clock.nanoTime() - lastHeard >= CLIENT_TIMEOUT.toNanos()
                && (offered || good > 0)) {
            windowEnd = Math.min(good + terms.windowSize(), blocks);
            acknowledge(good);
        }
        if (!ended()) {
            network.after(CLIENT_TIMEOUT, this::clientTimer);
        }
    }
}
