package firstlight.netboot.tftp;

import firstlight.sockets.Errno;
import firstlight.sockets.Outbox;
import firstlight.sockets.SocketFailure;
import firstlight.sockets.UdpSocket;
import firstlight.wire.tftp.TftpCodec;
import firstlight.wire.tftp.TftpPacket;
import firstlight.wire.tftp.TftpPacket.ErrorPacket;
import firstlight.wire.tftp.TftpPacket.OptionAck;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Performs the effects of transfers on one socket at a time. What many transfers send after one batch of ACKs goes out in one
 * system call, and the kernel cuts a window into its datagrams.
 */
final class Sender {
    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);
    private static final int DATA = 3;
    private static final int DATA_HEADER = 4;
    /** What is gathered at most before it goes out; a message may be a whole window. */
    private static final int MESSAGES = 256;

    /** By a firewall, or by routes: what is sent again does not leave this host either. */
    private static final Set<Errno> FORBIDDEN =
            EnumSet.of(Errno.EPERM, Errno.EACCES, Errno.ENETUNREACH, Errno.EHOSTUNREACH);

    private final Outbox outbox = new Outbox(MESSAGES);
    /** By a message's place in the outbox, whose data it carries; null of what belongs to no transfer. */
    private final @Nullable Transfer[] owners = new @Nullable Transfer[MESSAGES];
    /** Their file is shorter than it was: what is mapped of it cannot be read any more (EFAULT). */
    private final List<Transfer> cut = new ArrayList<>();

    private int messages;

    /** For packets that belong to no transfer. */
    void send(UdpSocket socket, TftpPacket packet, int address, int port, int localAddress) {
        send(socket, packet, address, port, localAddress, null);
    }

    private void send(
            UdpSocket socket, TftpPacket packet, int address, int port, int localAddress, @Nullable Transfer owner) {
        byte[] octets = TftpCodec.encode(packet);
        makeRoom(socket, 1, octets.length);
        owners[messages] = owner;
        outbox.begin(address, port, localAddress, 0, 0);
        outbox.copy(octets);
        messages++;
    }

    void perform(UdpSocket socket, Transfer transfer, Effect effect) {
        switch (effect) {
            case Effect.SendOptionAck() -> {
                transfer.unsent = Optional.empty(); // if it still is so, it shows anew
                send(socket, transfer, new OptionAck(transfer.terms.answer()));
            }
            case Effect.SendData(long first, int count) -> {
                transfer.unsent = Optional.empty();
                sendData(socket, transfer, first, count);
            }
            // The last of a transfer that was given up: why is told behind it.
            case Effect.SendError(var code, String text) -> send(socket, transfer, ErrorPacket.of(code, text));
        }
    }

    private void send(UdpSocket socket, Transfer transfer, TftpPacket packet) {
        var requester = transfer.request.requester();
        send(
                socket,
                packet,
                requester.client().value(),
                transfer.request.clientPort(),
                requester.server().value(),
                transfer);
    }

    private void sendData(UdpSocket socket, Transfer transfer, long first, int count) {
        int blockSize = transfer.terms.blockSize();
        // The kernel cuts one message of so many blocks into datagrams (UDP_SEGMENT).
        int atOnce = socket.hasSegmentation() && !transfer.blockByBlock
                ? Math.clamp(Outbox.MAX_OCTETS / (DATA_HEADER + blockSize), 1, Outbox.MAX_SEGMENTS)
                : 1;
        var requester = transfer.request.requester();
        long size = transfer.content.size();
        long block = first;
        long end = first + count;
        while (block < end) {
            int blocks = (int) Math.min(atOnce, end - block);
            makeRoom(socket, 2 * blocks, DATA_HEADER * blocks);
            owners[messages++] = transfer;
            outbox.begin(
                    requester.client().value(),
                    transfer.request.clientPort(),
                    requester.server().value(),
                    0,
                    blocks > 1 ? DATA_HEADER + blockSize : 0);
            for (int i = 0; i < blocks; i++, block++) {
                long offset = (block - 1) * blockSize;
                outbox.header(DATA, (int) block);
                outbox.data(transfer.content.octets, offset, Math.min(blockSize, size - offset));
            }
        }
    }

    private void makeRoom(UdpSocket socket, int parts, int headerOctets) {
        if (!outbox.hasRoom(parts, headerOctets)) {
            flush(socket);
        }
    }

    /** Sends what was gathered for {@code socket}. */
    void flush(UdpSocket socket) {
        if (!outbox.isEmpty()) {
            outbox.flush(socket, (index, failure) -> failed(socket, index, failure));
            Arrays.fill(owners, 0, messages, null);
            messages = 0;
        }
    }

    /** What was not sent is as good as lost on the way: it will be repeated. Only a file that was cut cannot be cured. */
    private void failed(UdpSocket socket, int index, SocketFailure failure) {
        Transfer owner = owners[index];
        if (owner != null && FORBIDDEN.contains(failure.errno())) {
            owner.unsent = Optional.of(failure);
        } else if (failure.errno() == Errno.EFAULT && owner != null) {
            cut.add(owner);
        } else if (owner != null && (failure.errno() == Errno.EMSGSIZE || failure.errno() == Errno.EINVAL)) {
            // The route's MTU is below the interface's (EINVAL before Linux 6.14). What is not segmented is cut into
            // fragments.
            LOG.debug("sending to this client block by block: {}", failure.getMessage());
            owner.blockByBlock = true;
        } else if (socket.hasSegmentation() && failure.errno() == Errno.EIO) {
            LOG.info("sending block by block from now on: {}", failure.getMessage());
            socket.giveUpSegmentation();
        } else {
            LOG.debug("{}", failure.getMessage());
        }
    }

    /** The transfers whose file was cut while it was sent, since the last call. */
    List<Transfer> takeCut() {
        if (cut.isEmpty()) {
            return List.of();
        }
        List<Transfer> taken = List.copyOf(cut);
        cut.clear();
        return taken;
    }
}
