package firstlight.server.imaging;

import firstlight.wire.work.MalformedMessage;
import firstlight.wire.work.Problem;
import firstlight.wire.work.WorkCodec;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Sends requests as an engine does, and keeps whatever comes back. */
final class FakeEngine {
    private final int port;
    private final SSLContext tls;

    /** @param announced the body's length by its header; -1 where it has none */
    @SuppressWarnings("ArrayRecordComponent")
    record Reply(int status, String contentType, long announced, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        Problem problem() throws MalformedMessage {
            return WorkCodec.decodeProblem(body);
        }
    }

    FakeEngine(int port, ServerCertificate certificate) throws GeneralSecurityException {
        this.port = port;
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        try {
            trusted.load(null, null);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        trusted.setCertificateEntry("server", certificate.store().getCertificate("engine"));
        trust.init(trusted);
        tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
    }

    Reply get(String path, String token) throws IOException {
        return send("GET", path, token, new byte[0]);
    }

    Reply post(String path, String token, byte[] body) throws IOException {
        return send("POST", path, token, body);
    }

    private Reply send(String method, String path, String token, byte[] body) throws IOException {
        HttpsURLConnection connection = (HttpsURLConnection)
                URI.create("https://127.0.0.1:" + port + path).toURL().openConnection();
        connection.setSSLSocketFactory(tls.getSocketFactory());
        connection.setHostnameVerifier((name, session) -> true);
        connection.setRequestMethod(method);
        connection.setRequestProperty("Authorization", "Bearer " + token);
        if (method.equals("POST")) {
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(body.length);
            connection.getOutputStream().write(body);
        }
        int status = connection.getResponseCode();
        try (InputStream in = status / 100 == 2 ? connection.getInputStream() : connection.getErrorStream()) {
            String type = connection.getContentType();
            long announced = connection.getContentLengthLong();
            return new Reply(status, type == null ? "" : type, announced, in == null ? new byte[0] : in.readAllBytes());
        }
    }
}
