package firstlight.netboot.http;

import firstlight.model.Ipv4Address;
import firstlight.netboot.files.BootFiles;
import firstlight.netboot.files.Finding;
import firstlight.netboot.files.Requester;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.DateUtils;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Date;
import java.util.Optional;
import java.util.function.Consumer;
import org.xnio.channels.Channels;
import org.xnio.channels.StreamSinkChannel;

/** GET and HEAD of the boot-file namespace. Blocks, but for files on disk: {@link FileSending} sends them. */
final class BootFileHandler implements HttpHandler {
    private final BootFiles files;
    private final Consumer<HttpReport> reports;

    BootFileHandler(BootFiles files, Consumer<HttpReport> reports) {
        this.files = files;
        this.reports = reports;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws IOException {
        long start = System.nanoTime();
        Ipv4Address client = address(exchange.getSourceAddress()).orElse(Ipv4Address.ANY);
        Consumer<Boolean> ended = whole -> reports.accept(new HttpReport(
                client,
                exchange.getRequestMethod().toString(),
                exchange.getRequestPath(),
                exchange.getStatusCode(),
                exchange.getResponseBytesSent(),
                whole,
                Duration.ofNanos(System.nanoTime() - start)));
        Progress progress = Progress.BROKEN;
        try {
            progress = answer(exchange, client, ended);
        } finally {
            if (progress != Progress.UNDER_WAY) {
                ended.accept(progress == Progress.SENT);
            }
        }
    }

    /** How far an answer is when the handler of its request returns. */
    private enum Progress {
        SENT,
        /** The event loop goes on with it, and tells its end. */
        UNDER_WAY,
        BROKEN
    }

    private Progress answer(HttpServerExchange exchange, Ipv4Address client, Consumer<Boolean> ended)
            throws IOException {
        if (!exchange.getRequestMethod().equals(Methods.GET)
                && !exchange.getRequestMethod().equals(Methods.HEAD)) {
            exchange.getResponseHeaders().put(Headers.ALLOW, "GET, HEAD");
            return text(exchange, StatusCodes.METHOD_NOT_ALLOWED, "boot files are read only: GET or HEAD");
        }
        Optional<Ipv4Address> server = address(exchange.getConnection().getLocalAddress());
        if (server.isEmpty()) {
            return text(exchange, StatusCodes.BAD_REQUEST, "boot files are served over IPv4 only");
        }
        String name = slashes(exchange.getRequestPath());
        return switch (files.find(name, new Requester(client, server.get(), Requester.Door.HTTP))) {
            case Finding.Absent() -> text(exchange, StatusCodes.NOT_FOUND, "no boot file " + name);
            case Finding.Busy() -> {
                exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "2");
                yield text(exchange, StatusCodes.SERVICE_UNAVAILABLE, "too many ask at once; try again");
            }
            case Finding.Refused(String reason) -> text(exchange, StatusCodes.FORBIDDEN, reason);
            case Finding.OnDisk disk -> file(exchange, name, disk, ended);
            case Finding.Generated generated ->
                body(
                        exchange,
                        name,
                        generated.size(),
                        Optional.empty(),
                        (from, length) -> write(
                                exchange, ByteBuffer.wrap(generated.content().toArray(), (int) from, (int) length)));
        };
    }

    private static Progress file(
            HttpServerExchange exchange, String name, Finding.OnDisk found, Consumer<Boolean> ended)
            throws IOException {
        FileChannel file = FileChannel.open(found.file(), StandardOpenOption.READ);
        Progress progress = Progress.BROKEN;
        try {
            // Not what was found: since then another may have been put in its place.
            long size = file.size();
            // Of size and time: a file that is replaced within a
            // millisecond by one as long is the only one to be missed.
            String tag = "\"" + Long.toHexString(size) + "-"
                    + Long.toHexString(found.modified().toEpochMilli()) + "\"";
            exchange.getResponseHeaders()
                    .put(Headers.ETAG, tag)
                    .put(Headers.LAST_MODIFIED, DateUtils.toDateString(Date.from(found.modified())));
            progress = body(exchange, name, size, Optional.of(tag), (from, length) -> {
                new FileSending(exchange, file, from, length, ended).begin();
                return Progress.UNDER_WAY;
            });
            return progress;
        } finally {
            if (progress != Progress.UNDER_WAY) {
                file.close();
            }
        }
    }

    /** Undertow leaves these two escaped; a loader that escapes the backslashes of a Windows path means directories. */
    private static String slashes(String path) {
        return path.indexOf('%') < 0
                ? path
                : path.replace("%5C", "\\")
                        .replace("%5c", "\\")
                        .replace("%2F", "/")
                        .replace("%2f", "/");
    }

    /** Writes a part of the resource to the response. */
    private interface Part {
        Progress send(long from, long length) throws IOException;
    }

    /** @param tag absent for what is made for each question: no two of them are known to be alike */
    private static Progress body(HttpServerExchange exchange, String name, long size, Optional<String> tag, Part part)
            throws IOException {
        HeaderMap headers = exchange.getResponseHeaders();
        headers.put(Headers.CONTENT_TYPE, ContentType.of(name)).put(Headers.ACCEPT_RANGES, "bytes");
        // RFC 9110 14.2: a range means something to GET only; a HEAD is asked for the whole file's length.
        Optional<String> range =
                exchange.getRequestMethod().equals(Methods.GET) ? header(exchange, Headers.RANGE) : Optional.empty();
        // A condition that names another version than today's asks for all of it (RFC 9110 13.1.5).
        boolean stale = header(exchange, Headers.IF_RANGE)
                .filter(condition -> !condition.equals(tag.orElse("")))
                .isPresent();
        return switch (stale ? new ByteRange.Whole() : ByteRange.of(range, size)) {
            case ByteRange.Whole() -> send(exchange, 0, size, part);
            case ByteRange.Part wanted -> {
                exchange.setStatusCode(StatusCodes.PARTIAL_CONTENT);
                headers.put(Headers.CONTENT_RANGE, "bytes " + wanted.first() + "-" + wanted.last() + "/" + size);
                yield send(exchange, wanted.first(), wanted.length(), part);
            }
            case ByteRange.Unsatisfiable() -> {
                headers.put(Headers.CONTENT_RANGE, "bytes */" + size);
                yield text(exchange, StatusCodes.REQUEST_RANGE_NOT_SATISFIABLE, "the file has " + size + " bytes");
            }
        };
    }

    private static Progress send(HttpServerExchange exchange, long from, long length, Part part) throws IOException {
        exchange.setResponseContentLength(length);
        if (exchange.getRequestMethod().equals(Methods.HEAD) || length == 0) {
            exchange.endExchange();
            return Progress.SENT;
        }
        return part.send(from, length);
    }

    private static Progress write(HttpServerExchange exchange, ByteBuffer octets) throws IOException {
        StreamSinkChannel sink = exchange.getResponseChannel();
        Channels.writeBlocking(sink, octets);
        sink.shutdownWrites();
        Channels.flushBlocking(sink);
        exchange.endExchange();
        return Progress.SENT;
    }

    private static Progress text(HttpServerExchange exchange, int status, String text) throws IOException {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
        byte[] octets = (text + "\n").getBytes(StandardCharsets.UTF_8);
        return send(exchange, 0, octets.length, (_, _) -> write(exchange, ByteBuffer.wrap(octets)));
    }

    private static Optional<String> header(HttpServerExchange exchange, HttpString name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
    }

    private static Optional<Ipv4Address> address(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet4Address four
                ? Optional.of(Ipv4Address.of(four))
                : Optional.empty();
    }
}
