package firstlight.multicast;

import firstlight.sockets.GroupInbox;
import firstlight.sockets.GroupSocket;
import firstlight.wire.DecodeException;
import firstlight.wire.multicast.StreamCodec;
import firstlight.wire.multicast.StreamPacket;
import firstlight.wire.multicast.StreamTicket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * A member that listens to its stream: the thread that owns the sockets. Other threads take whole blocks from it, open and
 * write them; what could not be got by the stream is left to them.
 */
public final class StreamListening implements AutoCloseable {
    private static final int WAIT_MILLIS = 20;
    /** The last report is said several times, for it may be lost and nobody answers it. */
    private static final int FAREWELLS = 3;

    private final StreamTicket ticket;
    private final Buffers buffers;
    private final GroupSocket group;
    private final ReportsOut out;
    private final StreamReceiver receiver;
    private final LinkedBlockingQueue<Optional<Arrived>> arrived = new LinkedBlockingQueue<>();
    private final Thread thread;
    private final LongAdder packets = new LongAdder();
    private final LongAdder strange = new LongAdder();
    private volatile StreamReceiver.Standing standing = StreamReceiver.Standing.LISTENING;
    private volatile boolean stopped;
    private volatile String trouble = "";

    /** A block that came; {@link #open} gives its frame, and then {@link #release} its memory back. */
    public record Arrived(StreamReceiver.Complete complete) {
        public int block() {
            return complete.block();
        }
    }

    private StreamListening(ReportsOut out, BitSet wanted, Buffers buffers) throws IOException {
        this.out = out;
        this.buffers = buffers;
        ticket = out.ticket();
        group = GroupSocket.receiving(ticket.group(), ticket.port(), out.local(), WAIT_MILLIS);
        receiver = new StreamReceiver(ticket.stream(), ticket.blocks(), out.seal(), buffers, System.nanoTime());
        receiver.want(wanted);
        thread = Thread.ofPlatform().name("stream-" + ticket.group()).unstarted(this::run);
    }

    /** Joins the group and asks for {@code wanted}. */
    public static StreamListening start(StreamTicket ticket, BitSet wanted, Buffers buffers) throws IOException {
        return start(ReportsOut.open(ticket), wanted, buffers);
    }

    /** @param out closed in any case */
    static StreamListening start(ReportsOut out, BitSet wanted, Buffers buffers) throws IOException {
        try {
            StreamListening listening = new StreamListening(out, wanted, buffers);
            listening.thread.start();
            return listening;
        } catch (IOException e) {
            out.close();
            throw e;
        }
    }

    /** The next block that is whole; empty when no more will come. For several threads. */
    public Optional<Arrived> next() throws InterruptedException {
        Optional<Arrived> next = arrived.take();
        if (next.isEmpty()) {
            arrived.add(next); // for the other threads
        }
        return next;
    }

    /** The frame of the chunk; empty when somebody without the secret has put something into the block. */
    public Optional<byte[]> open(Arrived block) {
        StreamReceiver.Complete complete = block.complete();
        return out.seal().openBlock(complete.block(), complete.octets(), complete.length());
    }

    /** The block is dealt with. */
    public void release(Arrived block) {
        buffers.release(block.complete().octets());
    }

    /** One line for people: how it ended, and what may be the reason. */
    public String words() {
        if (!trouble.isEmpty()) {
            return trouble;
        }
        return words(ticket.group() + ":" + ticket.port(), standing, packets.sum(), strange.sum());
    }

    static String words(String group, StreamReceiver.Standing standing, long packets, long strange) {
        return switch (standing) {
            case LISTENING, COMPLETE -> "multicast from " + group + ": " + packets + " packets";
            case SILENT ->
                packets == 0
                        ? "no packet of the multicast stream " + group
                                + " came to this PC: see that the switches pass it on (IGMP snooping needs a querier),"
                                + " that no router is between PC and server, and that the server's firewall lets the"
                                + " PCs' reports in (UDP)"
                                + (strange == 0 ? "" : "; " + strange + " packets of something else came")
                        : "the multicast stream " + group + " fell silent after " + packets
                                + " packets: the server or a switch was away, or, where it happens some minutes after the"
                                + " start, IGMP snooping has no querier";
            case USELESS ->
                "the multicast stream " + group + " had nothing more for this PC after " + packets + " packets";
        };
    }

    /** Whether it ended with blocks still wanted though the stream had not: joined again it may bring them. */
    public boolean brokeOff() {
        return !trouble.isEmpty() || standing == StreamReceiver.Standing.SILENT;
    }

    /** Whether any packet of the stream came. */
    public boolean hasHeard() {
        return packets.sum() > 0;
    }

    public StreamReceiver.Standing standing() {
        return standing;
    }

    private void run() {
        GroupInbox inbox = new GroupInbox();
        try {
            long reportedAt = System.nanoTime() - StreamReceiver.REPORT;
            int farewells = 0;
            while (!stopped && farewells < FAREWELLS) {
                inbox.receive(group, this::take);
                long now = System.nanoTime();
                if (now - reportedAt >= receiver.reportEvery(now)) {
                    out.send(receiver.report(now));
                    reportedAt = now;
                    standing = receiver.standing(now);
                    if (standing != StreamReceiver.Standing.LISTENING) {
                        arrived.add(Optional.empty());
                        farewells++;
                    }
                }
            }
        } catch (IOException | RuntimeException broken) {
            trouble = "the multicast stream broke off: " + broken.getMessage();
        } finally {
            arrived.add(Optional.empty());
            group.close();
            closeOut();
        }
    }

    private void take(ByteBuffer datagram) {
        try {
            StreamPacket packet = StreamCodec.decode(datagram);
            (packet.stream() == ticket.stream() ? packets : strange).increment();
            receiver.on(packet, datagram, System.nanoTime())
                    .ifPresent(complete -> arrived.add(Optional.of(new Arrived(complete))));
        } catch (DecodeException stranger) {
            strange.increment(); // somebody else uses the group
        }
    }

    private void closeOut() {
        try {
            out.close();
        } catch (IOException e) {
            trouble = "the socket for reports did not close: " + e.getMessage();
        }
    }

    /** Stops listening. */
    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
