package firstlight.server.access;

import firstlight.model.IoReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** TLS that believes the certificates of one PEM file and no others: many directories have a CA of the house's own. */
final class Trust {
    private Trust() {}

    /**
     * Read each time: a CA that was renewed counts at once.
     *
     * @throws AccessFailure UNAVAILABLE when the file cannot be read, or holds no certificate
     */
    static SSLContext in(Path pem) throws AccessFailure {
        try (InputStream in = Files.newInputStream(pem)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("trust-" + number++, certificate);
            }
            if (number == 0) {
                throw new GeneralSecurityException("it holds no certificate");
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new AccessFailure(
                    AccessFailure.Kind.UNAVAILABLE,
                    "the certificates in " + pem + " cannot be read: " + IoReason.of(e),
                    "'trust' names a PEM file with the CA's certificate",
                    e);
        }
    }
}
