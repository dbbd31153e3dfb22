package firstlight.server;

import firstlight.model.Ipv4Address;
import firstlight.netboot.files.BootFiles;
import firstlight.netboot.files.Finding;
import firstlight.netboot.files.Requester;
import io.undertow.io.IoCallback;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The boot-file namespace by HTTP: whole files, and HEAD. */
final class PlainBootFiles implements HttpHandler {
    private final BootFiles files;

    PlainBootFiles(BootFiles files) {
        this.files = files;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws IOException {
        if (exchange.isInIoThread()) {
            exchange.dispatch(this);
            return;
        }
        Requester requester = new Requester(
                address(exchange.getSourceAddress().getAddress()),
                address(exchange.getDestinationAddress().getAddress()),
                Requester.Door.HTTP);
        switch (files.find(exchange.getRelativePath(), requester)) {
            case Finding.OnDisk onDisk -> send(exchange, onDisk.file(), onDisk.size());
            case Finding.Generated generated -> {
                exchange.setResponseContentLength(generated.size());
                exchange.getResponseSender()
                        .send(ByteBuffer.wrap(generated.content().toArray()));
            }
            case Finding.Absent _ -> exchange.setStatusCode(404);
            case Finding.Refused _ -> exchange.setStatusCode(403);
        }
    }

    private static void send(HttpServerExchange exchange, Path file, long size) throws IOException {
        exchange.setResponseContentLength(size);
        exchange.getResponseHeaders()
                .put(
                        Headers.CONTENT_TYPE,
                        file.toString().endsWith(".efi") ? "application/efi" : "application/octet-stream");
        if (exchange.getRequestMethod().equals(Methods.HEAD)) {
            exchange.endExchange();
            return;
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        exchange.addExchangeCompleteListener((done, next) -> {
            try {
                channel.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            } finally {
                next.proceed();
            }
        });
        exchange.getResponseSender().transferFrom(channel, IoCallback.END_EXCHANGE);
    }

    private static Ipv4Address address(InetAddress address) {
        return address instanceof Inet4Address four ? Ipv4Address.of(four) : Ipv4Address.ANY;
    }
}
