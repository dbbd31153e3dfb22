package firstlight.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;

/**
 * Requests over TLS to the one server. HttpsURLConnection, not java.net.http: its first request takes a tenth of the time
 * on a slow PC, and it keeps as many connections as threads ask.
 */
final class HttpsExchange implements Exchange {
    private static final int CONNECT_MILLIS = 10_000;
    /** The server may check a whole manifest before it answers. */
    private static final int READ_MILLIS = 120_000;

    /** Octets; a longer body is streamed, and not held in memory once more. */
    private static final int STREAMED = 1 << 16;

    static {
        // Idle connections that are kept; the default of 5 would make the sixth thread shake hands again and again.
        System.setProperty("http.maxConnections", "32");
        // A body that is streamed cannot be sent again behind our back; Retries does it, and counts.
        System.setProperty("sun.net.http.retryPost", "false");
        // One key share instead of two. For the other, on P-256, the JDK computes a table at its first use, which takes
        // three quarters of all bytecodes of the engine's start.
        System.setProperty("jdk.tls.namedGroups", "x25519");
    }

    private final URI server;
    private final String token;
    private final SSLContext context;
    private final SSLSocketFactory tls;

    /** @param pin 64 hexadecimal digits, lower case */
    HttpsExchange(URI server, String token, String pin) {
        this.server = server;
        this.token = token;
        this.context = PinnedTls.trustingOnly(pin);
        this.tls = context.getSocketFactory();
        // Each new connection asks for the default first, which would read every authority that the runtime trusts.
        HttpsURLConnection.setDefaultSSLSocketFactory(tls);
    }

    /**
     * Says hello to nobody, so that the classes, keys and random numbers of the first real one are there. While the PC has no network
     * yet, for which this waits next.
     */
    void warmUp() throws IOException {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        engine.wrap(
                ByteBuffer.allocate(0), ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
    }

    @Override
    public <T> T send(String method, String path, String type, Body body, Reader<T> reader) throws IOException {
        HttpsURLConnection connection = open(path);
        connection.setRequestMethod(method);
        connection.setRequestProperty("Authorization", "Bearer " + token);
        connection.setRequestProperty("Accept", "*/*");
        if (!method.equals("GET")) {
            connection.setRequestProperty("Content-Type", type);
            connection.setDoOutput(true);
            // The JDK throws the answer's body away when a streamed
            // request meets a 401, so what is small is not streamed.
            if (body.length() > STREAMED) {
                connection.setFixedLengthStreamingMode(body.length());
            }
            try (OutputStream out = connection.getOutputStream()) {
                body.write(out);
            } catch (IOException broken) {
                throw earlyRefusal(connection, broken);
            }
        }
        int status = connection.getResponseCode();
        if (status / 100 != 2) {
            throw Refused.of(status, errorBody(connection));
        }
        try (InputStream in = connection.getInputStream()) {
            T answer = reader.read(in);
            // Only a connection that was read to its end is used again: to the empty last chunk, of which available()
            // knows nothing. Each one that is thrown away costs both sides a handshake.
            in.transferTo(OutputStream.nullOutputStream());
            return answer;
        }
    }

    private HttpsURLConnection open(String path) throws IOException {
        URL url;
        try {
            url = new URI(server.getScheme(), null, server.getHost(), server.getPort(), path, null, null).toURL();
        } catch (URISyntaxException e) {
            throw new IOException(path + " is no path for " + server, e);
        }
        HttpsURLConnection connection = (HttpsURLConnection) url.openConnection();
        connection.setSSLSocketFactory(tls);
        connection.setHostnameVerifier((name, session) -> true); // the pin says more than a name
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(READ_MILLIS);
        connection.setUseCaches(false);
        connection.setInstanceFollowRedirects(false);
        return connection;
    }

    /** A server may answer "no" and close before it took the whole body: then the "no" is the news. */
    private static IOException earlyRefusal(HttpsURLConnection connection, IOException broken) {
        try {
            int status = connection.getResponseCode();
            if (status / 100 != 2 && status > 0) {
                return Refused.of(status, errorBody(connection));
            }
        } catch (IOException nothingCame) {
            broken.addSuppressed(nothingCame);
        }
        return broken;
    }

    private static byte[] errorBody(HttpURLConnection connection) throws IOException {
        try (InputStream in = connection.getErrorStream()) {
            if (in == null) {
                return new byte[0];
            }
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            in.transferTo(body);
            return body.toByteArray();
        }
    }
}
