package firstlight.lab.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One connection that asks {@code /preboot} and reads whole answers; as little of HTTP as that takes, to be cheap. */
final class PrebootQuestion implements AutoCloseable {
    /** The 4 s that firmware waits before it asks again: whoever needs longer has failed the device. */
    private static final int PATIENCE_MILLIS = 4_000;

    private final Socket socket = new Socket();
    private final String host;

    PrebootQuestion(String server) throws IOException {
        host = server;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress(server, TransactionServer.HTTP), PATIENCE_MILLIS);
    }

    /** Whether device {@code i} got a script: status 200, all of its octets, and an iPXE script by its first line. */
    boolean ask(int i) throws IOException {
        String request =
                "GET " + RuledDevices.question(i) + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: iPXE\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        String head = head(socket.getInputStream());
        int length = length(head);
        byte[] body = socket.getInputStream().readNBytes(length);
        return head.startsWith("HTTP/1.1 200 ")
                && body.length == length
                && new String(body, StandardCharsets.UTF_8).startsWith("#!ipxe\n");
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream(256);
        // Counts along CR LF CR LF; any other octet begins anew.
        int ends = 0; // how much of the empty line has been read
        while (ends < 4) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException("the connection was closed");
            }
            head.write(octet);
            ends = octet == (ends % 2 == 0 ? '\r' : '\n') ? ends + 1 : 0;
        }
        return head.toString(StandardCharsets.US_ASCII);
    }

    private static int length(String head) throws IOException {
        String name = "\r\ncontent-length: ";
        int at = head.toLowerCase(Locale.ROOT).indexOf(name);
        if (at < 0) {
            throw new IOException("an answer without a length");
        }
        int from = at + name.length();
        return Integer.parseInt(head.substring(from, head.indexOf('\r', from)).strip());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
