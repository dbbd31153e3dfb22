package firstlight.netboot.tftp;

import firstlight.netboot.files.BootFiles;
import firstlight.sockets.Poller;
import firstlight.sockets.SocketFailure;
import firstlight.sockets.UdpSocket;
import firstlight.sockets.UdpSocket.Binding;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Serves the boot files by TFTP until it is closed. */
public final class TftpServer implements AutoCloseable {
    private final List<UdpSocket> sockets;
    private final Poller poller;
    /** Finds and opens files, which may block on disk: a virtual thread for each request. */
    private final ExecutorService opener;

    private final Contents contents;
    private final TransferLoop loop;
    private final Thread thread;

    private TftpServer(
            List<UdpSocket> sockets, TftpSettings settings, BootFiles files, Consumer<TransferReport> reports)
            throws SocketFailure {
        this.sockets = sockets;
        poller = new Poller(sockets);
        opener = Executors.newVirtualThreadPerTaskExecutor();
        contents = new Contents();
        Requests requests = new Requests(files, contents, settings.largestWindow());
        loop = new TransferLoop(sockets, poller, requests, opener, reports, settings.mostTransfers());
        thread = Thread.ofPlatform().name("tftp").start(loop);
    }

    /**
     * @param reports told of each transfer's end, by the thread that serves them all: must not block
     * @throws SocketFailure when a port is busy or needs root; the message says which and what to do
     */
    public static TftpServer start(TftpSettings settings, BootFiles files, Consumer<TransferReport> reports)
            throws SocketFailure {
        List<UdpSocket> sockets = new ArrayList<>();
        try {
            sockets.add(UdpSocket.open(Binding.of(settings.address(), settings.port())));
            for (int i = 0; i < settings.transferPorts(); i++) {
                int port = settings.firstTransferPort() == 0 ? 0 : settings.firstTransferPort() + i;
                sockets.add(UdpSocket.open(Binding.of(settings.address(), port)));
            }
            return new TftpServer(sockets, settings, files, reports);
        } catch (SocketFailure e) {
            sockets.forEach(UdpSocket::close);
            throw e;
        }
    }

    /** The port that takes requests. */
    public int port() {
        return sockets.getFirst().port();
    }

    @Override
    public void close() {
        // The loop first: it tells the end of each transfer, and what it sends points into the contents.
        loop.stop();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        opener.close();
        poller.close();
        sockets.forEach(UdpSocket::close);
        contents.close();
    }
}
