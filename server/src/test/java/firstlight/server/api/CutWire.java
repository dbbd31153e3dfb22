package firstlight.server.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** A wire between two servers that can be cut, and stopped for as long as a test likes; counts what comes back. */
final class CutWire implements AutoCloseable {
    private final ServerSocket door;
    private final int port;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final AtomicLong octets = new AtomicLong();
    private final AtomicLong cuts = new AtomicLong();
    private volatile long cutAt = Long.MAX_VALUE;
    private volatile long stopAt = Long.MAX_VALUE;
    private final CountDownLatch stopped = new CountDownLatch(1);

    CutWire(int port) throws IOException {
        this.port = port;
        door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    long octets() {
        return octets.get();
    }

    long cuts() {
        return cuts.get();
    }

    /** Once, all connections, when so many octets have come back. */
    void cutAfter(long more) {
        cutAt = octets.get() + more;
    }

    /** Nothing comes back any more after so many octets. */
    void stopAfter(long more) {
        stopAt = octets.get() + more;
    }

    void awaitStop() throws InterruptedException {
        stopped.await();
    }

    private void accept() {
        try {
            while (true) {
                Socket near = door.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), port);
                sockets.add(near);
                sockets.add(far);
                Thread.ofPlatform().daemon().start(() -> pass(near, far, false));
                Thread.ofPlatform().daemon().start(() -> pass(far, near, true));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void pass(Socket from, Socket to, boolean back) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (back) {
                    look(octets.addAndGet(count));
                }
                out.write(buffer, 0, count);
            }
        } catch (IOException | InterruptedException over) {
            // one side is gone: so is the other
        }
    }

    private void look(long now) throws IOException, InterruptedException {
        if (now >= stopAt) {
            stopped.countDown();
            new CountDownLatch(1).await();
        }
        if (now >= cutAt) {
            cutAt = Long.MAX_VALUE;
            cuts.incrementAndGet();
            for (Socket socket : sockets) {
                socket.close();
            }
            throw new IOException("cut");
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
