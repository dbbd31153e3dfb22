package firstlight.server.imaging;

import java.io.IOException;
import java.io.InputStream;
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
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The server's own certificate, made at the first start. Engines know it by its fingerprint, which their boot script tells them;
 * so it needs no authority, no name, and need not expire while a PC is being imaged.
 */
public record ServerCertificate(KeyStore store, String fingerprint) {
    private static final char[] NO_SECRET = "firstlight".toCharArray(); // the file's permission is the protection
    private static final String ALIAS = "engine";
    private static final Duration LIFE = Duration.ofDays(20 * 365);

    public static ServerCertificate ensure(Path directory, Instant now) throws IOException {
        Path file = directory.resolve("engine.p12");
        try {
            if (!Files.exists(file)) {
                make(file, now);
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, NO_SECRET);
            }
            Certificate certificate = store.getCertificate(ALIAS);
            if (certificate == null) {
                throw new IOException(file + " holds no certificate; move it away and a new one is made");
            }
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return new ServerCertificate(store, HexFormat.of().formatHex(digest));
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    file + " cannot be read: " + e.getMessage() + "; move it away and a new one is made", e);
        }
    }

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

    private static void make(Path file, Instant now) throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
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
                            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_SECRET);
        store.setKeyEntry(ALIAS, pair.getPrivate(), NO_SECRET, new Certificate[] {certificate});
        Files.createDirectories(file.getParent());
        Path fresh = file.resolveSibling("engine.p12.new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (OutputStream out = Files.newOutputStream(fresh)) {
            store.store(out, NO_SECRET);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
