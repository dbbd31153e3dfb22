package firstlight.server.imaging;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes the certificate, once in a server's life. Apart from its reader, for Bouncy Castle's jars are signed: the first class
 * out of them costs each start a third of a second of checking.
 */
final class FirstCertificate {
    /** Engines ask for its fingerprint alone, and no date; 20 years are for whoever does. */
    private static final Duration LIFE = Duration.ofDays(20 * 365);

    private FirstCertificate() {}

    /**
     * @param file readable by the server's account alone from the beginning; whole or not there
     * @param password protects nothing: PKCS #12 wants one
     */
    static void make(Path file, String alias, char[] password, Instant now)
            throws IOException, GeneralSecurityException {
        // An engine must check a signature of this key before its
        // Java is warm: RSA's takes the fewest steps (docs/adr/0021).
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        X500Name name = new X500Name("CN=firstlight");
        X509Certificate certificate;
        try {
            certificate = new JcaX509CertificateConverter()
                    .getCertificate(new JcaX509v3CertificateBuilder(
                                    name,
                                    new BigInteger(120, new SecureRandom()),
                                    Date.from(now.minus(Duration.ofDays(1))), // PCs' clocks are wrong
                                    Date.from(now.plus(LIFE)),
                                    name,
                                    pair.getPublic())
                            .build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate())));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
        // The password is no secret, so ten thousand rounds of hashing it would protect nothing and slow each start.
        Security.setProperty("keystore.pkcs12.keyPbeIterationCount", "1");
        Security.setProperty("keystore.pkcs12.certProtectionAlgorithm", "NONE");
        Security.setProperty("keystore.pkcs12.macAlgorithm", "NONE");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, password);
        store.setKeyEntry(alias, pair.getPrivate(), password, new Certificate[] {certificate});
        Files.createDirectories(file.getParent());
        Path fresh = file.resolveSibling("engine.p12.new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (OutputStream out = Files.newOutputStream(fresh)) {
            store.store(out, password);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
