package firstlight.server.access;

import firstlight.model.Sha256;
import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trust in one certificate by its SHA-256, whoever signed it and whatever its name: a server's own certificate is self-signed.
 * Extended, so that Java adds no check of names to ours.
 */
public final class Pin extends X509ExtendedTrustManager {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String pin;
    /** Of the last handshake; several threads have theirs at once. */
    private volatile Optional<String> seen = Optional.empty();

    /** Empty only looks. */
    private Pin(String pin) {
        this.pin = normal(pin);
    }

    /** @param pin 64 hexadecimal digits, with or without colons and {@code sha256:} before */
    public static SSLContext context(String pin) {
        return context(new Pin(pin));
    }

    private static SSLContext context(Pin pin) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {pin}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * What the server at {@code url} shows; nothing is sent to it.
     *
     * @return its SHA-256 in hexadecimal
     * @throws OperatorError when nobody answers there
     */
    public static String shown(URI url) {
        return shown(url, PATIENCE);
    }

    /** @param patience with one that says nothing */
    static String shown(URI url, Duration patience) {
        Pin looking = new Pin("");
        try {
            URL server = url.toURL(); // a URI has no host where its name has an underscore, and none is this host
            int port = server.getPort() < 0 ? server.getDefaultPort() : server.getPort();
            try (Socket socket = context(looking).getSocketFactory().createSocket(server.getHost(), port)) {
                socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
                ((SSLSocket) socket).startHandshake();
            }
        } catch (IOException e) {
            // It always breaks off, for no certificate has an empty pin: that it was seen is enough.
            if (looking.seen.isEmpty()) {
                throw new OperatorError("no server answers at " + url + ": " + e.getMessage(), "see its api.listen", e);
            }
        }
        return looking.seen.orElse("");
    }

    private static String normal(String text) {
        return text.replace(":", "").replace("sha256", "").strip().toLowerCase(Locale.ROOT);
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        String shown; // not what another thread's handshake has shown meanwhile
        try {
            shown = Sha256.hex(chain[0].getEncoded());
        } catch (GeneralSecurityException e) {
            throw new CertificateException(e);
        }
        seen = Optional.of(shown);
        if (!shown.equals(pin)) {
            throw new CertificateException("the certificate is " + shown + ", not " + pin);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw new CertificateException("this is no server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        throw new CertificateException("this is no server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("this is no server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
