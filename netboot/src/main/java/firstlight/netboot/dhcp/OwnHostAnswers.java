package firstlight.netboot.dhcp;

import firstlight.sockets.Inbox;
import firstlight.sockets.SocketFailure;
import firstlight.sockets.UdpSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a DHCP server of this host sends below IP ({@link OwnHostServer}). Not every host lets us hear it (systemd's RestrictAddressFamilies,
 * SELinux, a kernel without packet sockets): where it does not, nothing comes by, and nothing fails. One thread owns it.
 */
final class OwnHostAnswers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OwnHostAnswers.class);

    /** Whoever floods the port wakes its watch up each time. */
    private static final long LOOK_AGAIN = Duration.ofSeconds(5).toNanos();

    private Optional<UdpSocket> socket;
    private boolean hears;
    private Optional<Long> looked = Optional.empty();

    private OwnHostAnswers(Optional<UdpSocket> socket) {
        this.socket = socket;
    }

    /**
     * @param port that such a server sends to
     * @param orPort that it sends to where the client is behind a relay
     */
    static OwnHostAnswers open(int port, int orPort) {
        try {
            return new OwnHostAnswers(Optional.of(UdpSocket.ofSent(port, orPort)));
        } catch (SocketFailure e) {
            LOG.info("what a DHCP server of this host sends is heard only where it comes by UDP: {}", e.getMessage());
            return new OwnHostAnswers(Optional.empty());
        }
    }

    /** To wait on; empty where it cannot be had. */
    List<UdpSocket> sockets() {
        return socket.stream().toList();
    }

    /**
     * Takes what waits, and answers how many packets it is.
     *
     * @param nanos of any clock
     */
    int receive(Inbox inbox, long nanos) {
        if (socket.isEmpty()) {
            return 0;
        }
        try {
            if (!hears && isLookDue(nanos)) {
                looked = Optional.of(nanos);
                if (sendsBelowIp()) {
                    socket.get().hearSent();
                    hears = true;
                }
            }
            return hears ? inbox.receive(socket.get()) : 0;
        } catch (SocketFailure e) {
            LOG.info("what a DHCP server of this host sends below IP is not heard: {}", e.getMessage());
            close();
            return 0;
        }
    }

    private boolean isLookDue(long nanos) {
        return looked.isEmpty() || nanos - looked.get() >= LOOK_AGAIN;
    }

    private static boolean sendsBelowIp() {
        try {
            return OwnHostServer.sendsBelowIp();
        } catch (IOException e) {
            LOG.debug("whether a DHCP server of this host sends below IP cannot be read: {}", e.getMessage());
            return false;
        }
    }

    @Override
    public void close() {
        socket.ifPresent(UdpSocket::close);
        socket = Optional.empty();
    }
}
