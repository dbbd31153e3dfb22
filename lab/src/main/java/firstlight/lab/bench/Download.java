package firstlight.lab.bench;

import firstlight.model.Ipv4Address;
import firstlight.wire.tftp.TftpCodec;
import firstlight.wire.tftp.TftpOption;
import firstlight.wire.tftp.TftpOption.BlockSize;
import firstlight.wire.tftp.TftpOption.WindowSize;
import firstlight.wire.tftp.TftpPacket.OptionAck;
import firstlight.wire.tftp.TftpPacket.ReadRequest;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One client that fetches one file as firmware does: asks again after a second of silence, and reports a gap in a window at
 * once (RFC 7440 section 4). Nothing is kept of the file but its length.
 */
final class Download {
    /** Opcodes of TFTP (RFC 1350 section 5, RFC 2347). */
    private static final int DATA = 3;

    private static final int OACK = 6;
    private static final int ACK = 4;
    /** A second, as firmware waits; each one that was waited in vain counts among {@link #retries}. */
    private static final long RETRY_NANOS = 1_000_000_000L;
    /** Without a new block for so long the file counts as failed. */
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final Card card;
    private final int server;
    private final int address;
    private final Runnable ended;
    private final byte[] request;

    /** The server's port of this transfer (RFC 1350 section 4); 0 until its first packet came. */
    private int transferId;
    /** What goes without an OACK (RFC 1350; RFC 7440): the server grants other sizes by one. */
    private int blockSize = 512;

    private int windowSize = 1;
    /** The block that is wanted next, counted on: on the wire it has 16 bits, and goes on with 0 behind 65,535. */
    private long next = 1;
    /** Blocks since the last ACK; at the window's size they are acknowledged. */
    private int unacknowledged;
    /** A gap is told once: the rest of its window is on the way, and each of its blocks would tell it again. */
    private boolean gapReported;
    /** Of data, without headers. */
    private long octets;

    private int retries;
    private boolean done;
    private boolean failed;
    /** When anything came or was asked again; when a wanted block came. Both System.nanoTime. */
    private long heardAt;

    private long progressAt;

    /**
     * @param address the client's own
     * @param ended told once when the file is there, or given up
     */
    Download(Card card, Ipv4Address server, int address, String file, int blockSize, int windowSize, Runnable ended) {
        this.card = card;
        this.server = server.value();
        this.address = address;
        this.ended = ended;
        List<TftpOption> options = windowSize == 1
                ? List.of(new BlockSize(blockSize))
                : List.of(new BlockSize(blockSize), new WindowSize(windowSize));
        this.request = TftpCodec.encode(new ReadRequest(file, "octet", options));
    }

    void begin(long now) {
        heardAt = now;
        progressAt = now;
        send(request, 69);
    }

    /** @param payload a datagram from the server, from position 0 to its limit */
    void received(ByteBuffer payload, int port, long now) {
        if (done || payload.remaining() < 4 || (transferId != 0 && port != transferId)) {
            return;
        }
        transferId = port;
        heardAt = now;
        switch (payload.getShort(0)) {
            case DATA -> data(payload.getShort(2) & 0xFFFF, payload.remaining() - 4, now);
            case OACK -> {
                // A repeated OACK behind the first block is late, and says nothing new.
                if (next == 1) {
                    accept(payload);
                    acknowledge();
                }
            }
            // An ERROR. What else there may be ends the file as well: a server that is measured sends nothing else.
            default -> fail();
        }
    }

    private void accept(ByteBuffer payload) {
        byte[] packet = new byte[payload.remaining()];
        payload.get(0, packet);
        if (TftpCodec.decode(packet) instanceof OptionAck(List<TftpOption> options)) {
            for (TftpOption option : options) {
                if (option instanceof BlockSize(int granted)) {
                    blockSize = granted;
                } else if (option instanceof WindowSize(int granted)) {
                    windowSize = granted;
                }
            }
        }
    }

    private void data(int block, int length, long now) {
        if (block == (next & 0xFFFF)) {
            next++;
            octets += length;
            unacknowledged++;
            gapReported = false;
            progressAt = now;
            done = length < blockSize;
            if (done || unacknowledged >= windowSize) {
                acknowledge();
            }
            if (done) {
                ended.run();
            }
            // Ahead of what is wanted, by the shorter way round the 16 bits: some were lost.
        } else if ((short) (block - next) > 0) {
            if (!gapReported) {
                gapReported = true;
                acknowledge();
            }
        } else if (block == (next - 1 & 0xFFFF) && unacknowledged == 0 && windowSize > 1) {
            acknowledge(); // the window came again: its ACK was not heard
        }
    }

    /** To be called now and then: asks again when the server has been silent for long. */
    void look(long now) {
        if (done || now - heardAt < RETRY_NANOS) {
            return;
        }
        if (now - progressAt > PATIENCE_NANOS) {
            fail();
            return;
        }
        heardAt = now;
        retries++;
        if (transferId == 0) {
            send(request, 69);
        } else {
            acknowledge();
        }
    }

    private void fail() {
        failed = true;
        done = true;
        ended.run();
    }

    private void acknowledge() {
        unacknowledged = 0;
        card.toSend(this, transferId).header(ACK, (int) (next - 1));
    }

    private void send(byte[] packet, int port) {
        card.toSend(this, port).copy(packet);
    }

    int server() {
        return server;
    }

    int address() {
        return address;
    }

    boolean isFailed() {
        return failed;
    }

    long octets() {
        return octets;
    }

    int retries() {
        return retries;
    }
}
