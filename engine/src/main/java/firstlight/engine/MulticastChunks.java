package firstlight.engine;

import firstlight.image.Amount;
import firstlight.image.chunk.ChunkStream;
import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * The chunks that a session's stream brings. Whatever goes wrong with it, the restore goes on: by unicast. Called by the restore's
 * threads: {@link #next} by many, the rest by one.
 */
final class MulticastChunks implements ChunkStream, AutoCloseable {
    private final Joining joining;
    private final Consumer<String> tell;
    private final LongAdder octets = new LongAdder();
    /** What the stream is still to bring; with this object's lock in hand once it is listened to. */
    private final BitSet missing = new BitSet();

    private long foreign;
    /** Whether it brought anything yet since it was asked for; before, it is worth one more question. */
    private boolean fruitful = true;

    private volatile Optional<StreamEar> ear;

    /** Asks for a member number of the session's stream. */
    @FunctionalInterface
    interface Joining {
        /** Empty where there is no stream any more, or the work is not this PC's. */
        Optional<StreamEar> join() throws IOException;
    }

    /**
     * @param first which the order brought
     * @param again for the case that the stream breaks off
     */
    MulticastChunks(Optional<StreamEar> first, Joining again, Consumer<String> tell) {
        this.ear = first;
        this.joining = again;
        this.tell = tell;
    }

    @Override
    public void want(BitSet chunks) {
        missing.or(chunks);
        ear = ear.filter(this::listens);
    }

    private boolean listens(StreamEar to) {
        if (missing.length() > to.blocks()) {
            tell.accept("the multicast stream is of another image than the manifest");
            close(to);
            return false;
        }
        try {
            to.want((BitSet) missing.clone());
            tell.accept("listening to " + to + " for " + missing.cardinality() + " chunks");
            return true;
        } catch (IOException e) {
            tell.accept("no multicast for this PC: " + e.getMessage());
            close(to);
            return false;
        }
    }

    @Override
    public Optional<Arrival> next() throws IOException {
        try {
            for (Optional<StreamEar> from = ear; from.isPresent(); from = after(from.get())) {
                Optional<Arrival> arrival = from.get().next();
                if (arrival.isPresent()) {
                    came(arrival.get());
                    return arrival;
                }
            }
            return Optional.empty();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stop);
        }
    }

    private synchronized void came(Arrival arrival) {
        missing.clear(arrival.chunk());
        octets.add(arrival.frame().length);
        fruitful = true;
    }

    /**
     * What to listen to when {@code ended} brings no more. A stream that broke off is joined again, for a switch or the server may
     * have been away for a moment, or a switch without a querier has forgotten the group; of those that brought nothing the first alone
     * is: it may have ended while this PC compared its disk. Where it goes on and nothing came, the network does not pass it.
     */
    private synchronized Optional<StreamEar> after(StreamEar ended) {
        if (ear.isEmpty() || ear.get() != ended) {
            return ear; // another thread was here before
        }
        boolean worth = ended.brokeOff() && fruitful && !missing.isEmpty();
        fruitful = false;
        end(ended);
        ear = worth ? again().filter(next -> passes(ended, next)).filter(this::listens) : Optional.empty();
        return ear;
    }

    private boolean passes(StreamEar ended, StreamEar next) {
        boolean passes = ended.hasHeard() || next.stream() != ended.stream();
        if (!passes) {
            tell.accept("the multicast stream goes on, and nothing of it came: this PC fetches the image for itself");
            close(next);
        }
        return passes;
    }

    private Optional<StreamEar> again() {
        tell.accept("asking for the multicast stream once more");
        try {
            return joining.join();
        } catch (IOException e) {
            tell.accept("the multicast stream cannot be joined again: " + e.getMessage());
            return Optional.empty();
        }
    }

    private void end(StreamEar ended) {
        close(ended);
        foreign += ended.foreign();
        if (!ended.words().isEmpty()) {
            tell.accept(ended.words());
        }
    }

    private void close(StreamEar ended) {
        try {
            ended.close();
        } catch (IOException e) {
            tell.accept("the multicast stream's sockets did not close: " + e.getMessage());
        }
    }

    /** For the result: what came by the stream. */
    synchronized String words() {
        return ", " + Amount.mib(octets.sum()) + " of them by multicast"
                + (foreign == 0 ? "" : " (" + foreign + " blocks held something that the server had not sent)");
    }

    @Override
    public synchronized void close() {
        ear.ifPresent(this::end);
        ear = Optional.empty();
    }
}
