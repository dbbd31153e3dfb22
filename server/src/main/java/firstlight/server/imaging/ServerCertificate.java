package firstlight.server.imaging;

import firstlight.model.IoReason;
import firstlight.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The server's own certificate, made at the first start. Engines know it by its fingerprint, which their boot script tells them; so it
 * needs no authority, no name, and need not expire while a PC is being imaged.
 *
 * @param store PKCS #12, with the key
 * @param fingerprint the SHA-256 of the certificate (DER), 64 hexadecimal
 *     digits; the pin of {@code firstlight.pin} and {@code images.peers}
 */
public record ServerCertificate(KeyStore store, String fingerprint) {
    private static final char[] NO_SECRET = "firstlight".toCharArray(); // the file's permission is the protection
    private static final String ALIAS = "engine";

    /** @throws IOException whose message names the file and the cure; a damaged one is not replaced */
    public static ServerCertificate ensure(Path directory, Instant now) throws IOException {
        Path file = directory.resolve("engine.p12");
        try {
            if (!Files.exists(file)) {
                FirstCertificate.make(file, ALIAS, NO_SECRET, now);
            }
            return read(file);
        } catch (GeneralSecurityException e) {
            throw unreadable(file, e);
        }
    }

    /** The fingerprint of the certificate that a server with that directory has; empty when none has started there. */
    public static Optional<String> kept(Path directory) throws IOException {
        Path file = directory.resolve("engine.p12");
        try {
            return Files.exists(file) ? Optional.of(read(file).fingerprint()) : Optional.empty();
        } catch (GeneralSecurityException e) {
            throw unreadable(file, e);
        }
    }

    private static ServerCertificate read(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, NO_SECRET);
        } catch (AccessDeniedException e) {
            throw new IOException(file + " cannot be read: no permission", e);
        } catch (IOException e) { // of a file that is no PKCS #12, also without a message
            throw new IOException(file + " is damaged; move it away and a new one is made", e);
        }
        Certificate certificate = store.getCertificate(ALIAS);
        if (certificate == null) {
            throw new IOException(file + " holds no certificate; move it away and a new one is made");
        }
        return new ServerCertificate(store, Sha256.hex(certificate.getEncoded()));
    }

    private static IOException unreadable(Path file, GeneralSecurityException e) {
        return new IOException(file + " cannot be read: " + IoReason.of(e) + "; move it away and a new one is made", e);
    }

    /** For a server that asks its clients for no certificate: they show a token. */
    public SSLContext sslContext() throws IOException {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, NO_SECRET);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the engine port's TLS cannot be set up: " + e.getMessage(), e);
        }
    }
}
