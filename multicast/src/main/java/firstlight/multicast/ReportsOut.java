package firstlight.multicast;

import firstlight.model.Ipv4Address;
import firstlight.wire.multicast.Report;
import firstlight.wire.multicast.ReportCodec;
import firstlight.wire.multicast.StreamSeal;
import firstlight.wire.multicast.StreamTicket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.atomic.LongAdder;

/** A member's reports on their way to the sender. No number is used twice, whatever threads send: it is part of a nonce. */
final class ReportsOut implements AutoCloseable {
    private final StreamTicket ticket;
    private final StreamSeal seal;
    private final DatagramChannel out;
    private long number;
    private final LongAdder unsent = new LongAdder();

    private ReportsOut(StreamTicket ticket, DatagramChannel out) {
        this.ticket = ticket;
        this.seal = new StreamSeal(ticket.secret());
        this.out = out;
    }

    static ReportsOut open(StreamTicket ticket) throws IOException {
        InetSocketAddress sender =
                new InetSocketAddress(InetAddress.getByName(ticket.sender().toString()), ticket.reportPort());
        DatagramChannel out = DatagramChannel.open();
        try {
            out.connect(sender);
        } catch (IOException e) {
            out.close();
            throw e;
        }
        return new ReportsOut(ticket, out);
    }

    StreamTicket ticket() {
        return ticket;
    }

    StreamSeal seal() {
        return seal;
    }

    /** By the routes: the address, and so the interface, that this PC has towards the sender. */
    Ipv4Address local() throws IOException {
        return Ipv4Address.parse(
                ((InetSocketAddress) out.getLocalAddress()).getAddress().getHostAddress());
    }

    synchronized void send(Report report) {
        ReportCodec.Sealed sealed = seal.seal(ticket.stream(), ticket.member(), number++, report);
        try {
            out.write(ByteBuffer.wrap(ReportCodec.encode(sealed)));
        } catch (IOException gone) {
            unsent.increment(); // the sender's port is closed: its silence will tell more
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
