package firstlight.engine;

import firstlight.model.Sha256;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS that trusts one certificate: the one with the fingerprint that this PC was booted with. Names and dates do not
 * count: the server is an address, and a PC's clock may stand at 2001.
 */
public final class PinnedTls {
    private PinnedTls() {}

    /** Another certificate than the pinned one: nothing to be tried again. */
    static final class WrongCertificate extends CertificateException {
        private static final long serialVersionUID = 1;

        WrongCertificate(String found, String pin) {
            super("its SHA-256 is " + found + ", this PC was told " + pin);
        }
    }

    /**
     * @param pin the certificate's SHA-256 in hexadecimal digits, lower case
     * @return whose handshake fails with {@link WrongCertificate} for any other
     */
    public static SSLContext trustingOnly(String pin) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Pin(pin)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no TLS", e);
        }
    }

    static String fingerprint(X509Certificate certificate) throws CertificateException {
        return Sha256.hex(certificate.getEncoded());
    }

    private static final class Pin extends X509ExtendedTrustManager {
        private final String pin;

        Pin(String pin) {
            this.pin = pin;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            String found = chain.length == 0 ? "missing" : fingerprint(chain[0]);
            if (!found.equals(pin)) {
                throw new WrongCertificate(found, pin);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("the engine is no server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("the engine is no server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("the engine is no server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
