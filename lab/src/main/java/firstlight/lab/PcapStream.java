package firstlight.lab;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads a pcap file while tcpdump still writes it: give it the octets as they come, get the frames that are whole. */
final class PcapStream {
    private static final int MICROSECONDS = 0xA1B2C3D4;
    private static final int NANOSECONDS = 0xA1B23C4D;
    /** Octets: the file's header begins with the magic number, whose order tells all others'; a frame's with seconds, fraction, length. */
    private static final int FILE_HEADER = 24;

    private static final int RECORD_HEADER = 16;

    private ByteBuffer rest = ByteBuffer.allocate(0);
    private boolean started;
    /** In what the second's part of a time counts: by the magic number. */
    private int fractionsPerSecond;

    /** One frame, from its Ethernet header on, and when it was seen; cut to tcpdump's snap length. */
    record Frame(Instant at, ByteBuffer frame) {}

    /** The frames that {@code more} completes. A stream that is no pcap file is a {@link LabFailure}. */
    List<Frame> feed(byte[] more) {
        ByteBuffer all = ByteBuffer.allocate(rest.remaining() + more.length).order(rest.order());
        all.put(rest).put(more).flip();
        rest = all;
        List<Frame> records = new ArrayList<>();
        if (!started && rest.remaining() >= FILE_HEADER) {
            header();
        }
        while (started && rest.remaining() >= RECORD_HEADER) {
            int length = rest.getInt(rest.position() + 8);
            // Larger than any frame: what was read was not the beginning of one, and nothing behind it would be.
            if (length < 0 || length > 1 << 20) {
                throw new LabFailure("the packet capture is broken: a frame of " + length + " octets");
            }
            if (rest.remaining() < RECORD_HEADER + length) {
                break;
            }
            long nanos = (rest.getInt(rest.position() + 4) & 0xFFFFFFFFL) * (1_000_000_000 / fractionsPerSecond);
            Instant at = Instant.ofEpochSecond(rest.getInt(rest.position()) & 0xFFFFFFFFL, nanos);
            // slices are big-endian again: the order of the network
            records.add(new Frame(at, rest.slice(rest.position() + RECORD_HEADER, length)));
            rest.position(rest.position() + RECORD_HEADER + length);
        }
        return records;
    }

    private void header() {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            int magic = rest.order(order).getInt(rest.position());
            if (magic == MICROSECONDS || magic == NANOSECONDS) {
                fractionsPerSecond = magic == MICROSECONDS ? 1_000_000 : 1_000_000_000;
                started = true;
                rest.position(rest.position() + FILE_HEADER);
                return;
            }
        }
        throw new LabFailure("the packet capture does not begin as a pcap file does");
    }
}
