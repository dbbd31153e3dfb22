package firstlight.netboot.http;

import io.undertow.server.HttpServerExchange;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
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

    private final HttpServerExchange exchange;
    private final FileChannel file;
    private final Consumer<Boolean> ended;
    private final long end;
    private long at;

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

    /** Undertow 2.4 reads what goes out with the headers from the channel's own position, not from the one it is given: set both. */
    private boolean send(StreamSinkChannel sink) throws IOException {
        long sent = sink.transferFrom(file.position(at), at, Math.min(PIECE, end - at));
        if (sent == 0 && file.size() < end) {
            throw new EOFException("the file became shorter while it was sent");
        }
        at += sent;
        return at == end;
    }

    private void finish(boolean whole) {
        IoUtils.safeClose(file);
        ended.accept(whole);
    }
}
