package firstlight.engine;

import firstlight.image.chunk.ChunkSink;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.manifest.Manifest;
import firstlight.model.Facts;
import firstlight.wire.work.Hello;
import firstlight.wire.work.Published;
import firstlight.wire.work.Result;
import firstlight.wire.work.WorkOrder;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * The engine's way to a server, over TLS and with a transaction's token, for benchmarks and rehearsals that do an engine's work
 * without a PC. Counts the octets of bodies, each as often as it travels.
 */
public final class ServerLink {
    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final Server server;
    private final RemoteChunks chunks;

    private ServerLink(Exchange exchange, Consumer<String> log) {
        Exchange counted = new Counted(exchange);
        Exchange patient =
                new Retries(counted, Retries.WORKING, time -> TimeUnit.MILLISECONDS.sleep(time.toMillis()), log);
        this.server = new Server(patient, counted);
        this.chunks = new RemoteChunks(patient);
    }

    /**
     * @param pin the SHA-256 of the server's certificate, in hexadecimal
     * @param log hears that the server does not answer
     */
    public static ServerLink to(URI server, String token, String pin, Consumer<String> log) {
        return new ServerLink(new HttpsExchange(server, token, pin), log);
    }

    /** One question, though the answer be to wait. */
    public WorkOrder hello(Facts facts) throws IOException {
        return server.hello(new Hello(Engine.NAME, facts));
    }

    public ChunkSink sink() {
        return chunks;
    }

    public ChunkSource source() {
        return chunks;
    }

    public Manifest manifest() throws IOException {
        return server.manifest();
    }

    public Published publish(String image, Manifest manifest) throws IOException {
        return server.publish(image, manifest);
    }

    public void result(Result result) throws IOException {
        server.result(result);
    }

    /** Octets of bodies that were sent, also in vain. */
    public long sentOctets() {
        return sent.sum();
    }

    /** Octets of answers that came, also in vain. */
    public long receivedOctets() {
        return received.sum();
    }

    private final class Counted implements Exchange {
        private final Exchange exchange;

        Counted(Exchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public <T> T send(String method, String path, String type, Body body, Reader<T> reader) throws IOException {
            Body outward = new Body() {
                @Override
                public long length() {
                    return body.length();
                }

                @Override
                public void write(OutputStream out) throws IOException {
                    sent.add(body.length());
                    body.write(out);
                }
            };
            return exchange.send(method, path, type, outward, in -> reader.read(new Counting(in)));
        }
    }

    private final class Counting extends FilterInputStream {
        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int octet = in.read();
            received.add(octet < 0 ? 0 : 1);
            return octet;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count = in.read(into, offset, length);
            received.add(Math.max(0, count));
            return count;
        }
    }
}
