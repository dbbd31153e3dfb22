package firstlight.multicast;

import firstlight.model.Ipv4Address;
import firstlight.sockets.GroupInbox;
import firstlight.sockets.GroupSocket;
import firstlight.wire.DecodeException;
import firstlight.wire.multicast.ReportCodec;
import firstlight.wire.multicast.StreamCodec;
import firstlight.wire.multicast.StreamPacket;
import firstlight.wire.multicast.StreamSeal;
import firstlight.wire.multicast.StreamTicket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * A member that listens to its stream: the thread that owns the sockets. Other threads take whole blocks from it, open and
 * write them; what could not be got by the stream is left to them.
 */
public final class StreamListening implements AutoCloseable {
    private static final long REPORT = 100_000_000;
    private static final int WAIT_MILLIS = 20;
    /** The last report is said several times, for it may be lost and nobody answers it. */
    private static final int FAREWELLS = 3;

    private final StreamTicket ticket;
    private final StreamSeal seal;
    private final Buffers buffers;
    private final GroupSocket group;
    private final DatagramChannel out;
    private final InetSocketAddress sender;
    private final StreamReceiver receiver;
    private final LinkedBlockingQueue<Optional<Arrived>> arrived = new LinkedBlockingQueue<>();
    private final Thread thread;
    private long reports;
    private final LongAdder packets = new LongAdder();
    private final LongAdder strange = new LongAdder();
    private final LongAdder unsent = new LongAdder();
    private volatile StreamReceiver.Standing standing = StreamReceiver.Standing.LISTENING;
    private volatile boolean stopped;
    private volatile String trouble = "";

    /** A block that came; {@link #open} gives its frame, and then {@link #release} its memory back. */
    public record Arrived(StreamReceiver.Complete complete) {
        public int block() {
            return complete.block();
        }
    }

    private StreamListening(StreamTicket ticket, BitSet wanted, Buffers buffers) throws IOException {
        this.ticket = ticket;
        this.buffers = buffers;
        seal = new StreamSeal(ticket.secret());
        sender = new InetSocketAddress(InetAddress.getByName(ticket.sender().toString()), ticket.reportPort());
        out = DatagramChannel.open();
        try {
            out.connect(
                    sender); // asks the routes which address, and so which interface, this PC has towards the sender
            Ipv4Address local = Ipv4Address.parse(
                    ((InetSocketAddress) out.getLocalAddress()).getAddress().getHostAddress());
            group = GroupSocket.receiving(ticket.group(), ticket.port(), local, WAIT_MILLIS);
        } catch (IOException e) {
            out.close();
            throw e;
        }
        receiver = new StreamReceiver(ticket.stream(), ticket.blocks(), buffers, System.nanoTime());
        receiver.want(wanted);
        thread = Thread.ofPlatform().name("stream-" + ticket.group()).unstarted(this::run);
    }

    /** Joins the group and asks for {@code wanted}. */
    public static StreamListening start(StreamTicket ticket, BitSet wanted, Buffers buffers) throws IOException {
        StreamListening listening = new StreamListening(ticket, wanted, buffers);
        listening.thread.start();
        return listening;
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
        return seal.openBlock(complete.block(), complete.octets(), complete.length());
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
        String group = ticket.group() + ":" + ticket.port();
        return switch (standing) {
            case LISTENING, COMPLETE -> "multicast from " + group + ": " + packets + " packets";
            case SILENT ->
                packets.sum() == 0
                        ? "no packet of the multicast stream " + group
                                + " came to this PC: see that the switches pass it on (IGMP snooping needs a querier)"
                                + " and that no router is between PC and server" + strangers()
                        : "the multicast stream " + group + " fell silent after " + packets + " packets";
            case USELESS ->
                "the multicast stream " + group + " had nothing more for this PC after " + packets + " packets";
        };
    }

    private String strangers() {
        return strange.sum() == 0 ? "" : "; " + strange + " packets of something else came";
    }

    public StreamReceiver.Standing standing() {
        return standing;
    }

    private void run() {
        GroupInbox inbox = new GroupInbox();
        try {
            long reportAt = System.nanoTime();
            int farewells = 0;
            while (!stopped && farewells < FAREWELLS) {
                inbox.receive(group, this::take);
                long now = System.nanoTime();
                if (now - reportAt >= 0) {
                    report(now);
                    reportAt = now + REPORT;
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

    private void report(long now) {
        ReportCodec.Sealed sealed = seal.seal(ticket.stream(), ticket.member(), reports++, receiver.report(now));
        try {
            out.write(ByteBuffer.wrap(ReportCodec.encode(sealed)));
        } catch (IOException gone) {
            unsent.increment(); // the sender's port is closed: its silence will tell more
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
