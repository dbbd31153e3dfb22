package firstlight.image.nbd;

import firstlight.image.ImageFailure;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Serves disks at an address, TCP or a Unix socket: a virtual thread for each client. */
public final class NbdServer implements AutoCloseable {
    /** Octets of each way; what is longer passes it by. */
    private static final int BUFFER = 1 << 16;

    private final SocketAddress address;
    private final ServerSocketChannel listening;
    private final NbdExports exports;
    private final Consumer<String> log;
    private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();

    private NbdServer(SocketAddress address, ServerSocketChannel listening, NbdExports exports, Consumer<String> log) {
        this.address = address;
        this.listening = listening;
        this.exports = exports;
        this.log = log;
    }

    /**
     * @param log hears of clients that broke off or did not keep to the protocol
     * @throws ImageFailure when the address cannot be had: a socket's file that is there already, too
     */
    public static NbdServer listen(SocketAddress address, NbdExports exports, Consumer<String> log) throws IOException {
        ServerSocketChannel listening = address instanceof UnixDomainSocketAddress
                ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                : ServerSocketChannel.open();
        try {
            listening.bind(address);
        } catch (IOException refused) {
            listening.close();
            throw new ImageFailure(
                    "Nothing can be served at " + address, refused, "Choose another port or socket; remove an old one");
        }
        NbdServer server = new NbdServer(listening.getLocalAddress(), listening, exports, log);
        Thread.ofVirtual().name("nbd").start(server::accept);
        return server;
    }

    /** With the port that was chosen when 0 was asked for. */
    public SocketAddress address() {
        return address;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = listening.accept();
                clients.add(client);
                Thread.ofVirtual().name("nbd-client").start(() -> serve(client));
            }
        } catch (ClosedChannelException end) {
            // closed by ourselves
        } catch (IOException broken) {
            log.accept("no more clients are taken at " + address + ": " + broken.getMessage());
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            new NbdSession(
                            exports,
                            new DataInputStream(new BufferedInputStream(Channels.newInputStream(client), BUFFER)),
                            new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(client), BUFFER)),
                            log)
                    .run();
        } catch (EOFException | ClosedChannelException gone) {
            // many clients hang up without a word
        } catch (IOException | MalformedNbd broken) {
            log.accept("a client at " + address + " was dropped: " + broken.getMessage());
        } finally {
            clients.remove(client);
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (SocketChannel client : clients) {
            client.close();
        }
        if (address instanceof UnixDomainSocketAddress unix) {
            Files.deleteIfExists(unix.getPath());
        }
    }
}
