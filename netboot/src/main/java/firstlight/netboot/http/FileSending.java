package firstlight.netboot.http;

import firstlight.sockets.Cork;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.function.Consumer;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;

/**
 * Sends a part of a file by sendfile, a piece each time the client has taken enough, on the event loop: a thread that waits for
 * each client would be woken up as often, and that costs more than the sending.
 */
final class FileSending implements ChannelListener<StreamSinkChannel> {
    /** Then the loop's other clients have their turn. */
    private static final long PIECE = 2L << 20;

    private static final int FIRST = 16 << 10;

    private final HttpServerExchange exchange;
    private final FileChannel file;
    private final Consumer<Boolean> ended;
    private final long end;
    private long at;
    private boolean withHeaders = true;
    private Optional<Cork> cork = Optional.empty();

    /** @param ended told once whether the client took all of it; {@code file} is closed then */
    FileSending(HttpServerExchange exchange, FileChannel file, long from, long length, Consumer<Boolean> ended) {
        this.exchange = exchange;
        this.file = file;
        this.at = from;
        this.end = from + length;
        this.ended = ended;
    }

    /** To be called by the handler of the request, which then only returns. */
    void begin() {
        if (end - at > PIECE) {
            ServerConnection connection = exchange.getConnection();
            cork = Cork.on(
                    connection.getLocalAddress(InetSocketAddress.class),
                    connection.getPeerAddress(InetSocketAddress.class));
        }
        StreamSinkChannel sink = exchange.getResponseChannel();
        sink.getWriteSetter().set(this);
        sink.resumeWrites();
    }

    @Override
    public void handleEvent(StreamSinkChannel sink) {
        try {
            if (at < end && !send(sink)) {
                return;
            }
            uncork();
            sink.shutdownWrites();
            if (sink.flush()) {
                sink.suspendWrites();
                finish(true);
                exchange.endExchange();
            }
        } catch (IOException | RuntimeException e) {
            finish(false);
            IoUtils.safeClose(exchange.getConnection());
        }
    }

    private boolean send(StreamSinkChannel sink) throws IOException {
        long sent = withHeaders ? first(sink) : sink.transferFrom(file, at, Math.min(PIECE, end - at));
        if (sent == 0 && file.size() < end) {
            throw new EOFException("the file became shorter while it was sent");
        }
        withHeaders &= sent == 0;
        at += sent;
        return at == end;
    }

    /**
     * What goes out with the headers. Given the file for that, Undertow 2.4 fills a buffer from it, from the channel's own position and
     * however little is to be sent: behind a short range came octets that the client took for the next answer.
     */
    private int first(StreamSinkChannel sink) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate((int) Math.min(FIRST, end - at));
        while (octets.hasRemaining() && file.read(octets, at + octets.position()) > 0) {}
        return sink.write(octets.flip());
    }

    private void uncork() {
        cork.ifPresent(Cork::close);
        cork = Optional.empty();
    }

    private void finish(boolean whole) {
        uncork();
        IoUtils.safeClose(file);
        ended.accept(whole);
    }
}
