import java.io.*;
import java.net.*;
import java.nio.file.*;
import java.security.*;
import java.util.*;
import javax.net.ssl.*;

public class Srv {
    static long t0 = System.nanoTime();

    static void log(String s) {
        System.out.printf(Locale.ROOT, "%d %s%n", System.currentTimeMillis(), s);
        System.out.flush();
    }

    static String head(InputStream in) throws IOException {
        StringBuilder h = new StringBuilder();
        while (h.indexOf("\r\n\r\n") < 0) {
            int o = in.read();
            if (o < 0) return "";
            h.append((char) o);
        }
        return h.toString();
    }

    public static void main(String[] a) throws Exception {
        KeyStore s = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(Path.of(a[0]))) {
            s.load(in, "rehearsal".toCharArray());
        }
        KeyManagerFactory f = KeyManagerFactory.getInstance("PKIX");
        f.init(s, "rehearsal".toCharArray());
        SSLContext c = SSLContext.getInstance("TLS");
        c.init(f.getKeyManagers(), null, null);
        System.out.println("PIN "
                + HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256")
                                .digest(s.getCertificate("server").getEncoded())));
        System.out.flush();
        SSLServerSocket ss = (SSLServerSocket) c.getServerSocketFactory().createServerSocket(8443, 8);
        while (true) {
            SSLSocket k = (SSLSocket) ss.accept();
            log("accept");
            Thread.ofPlatform().start(() -> {
                try (k) {
                    k.setTcpNoDelay(true);
                    k.startHandshake();
                    log("handshake " + k.getSession().getProtocol() + " "
                            + k.getSession().getCipherSuite());
                    var in = k.getInputStream();
                    for (String h = head(in); !h.isEmpty(); h = head(in)) {
                        int n = h.lines()
                                .filter(l -> l.regionMatches(true, 0, "Content-Length:", 0, 15))
                                .map(l -> Integer.parseInt(l.substring(15).strip()))
                                .findFirst()
                                .orElse(0);
                        in.readNBytes(n);
                        log(h.lines().findFirst().get());
                        String b = h.startsWith("POST /engine/hello")
                                ? "{\"work\":\"none\",\"transaction\":1,\"device\":\"rehearsal\",\"after\":\"POWER_OFF\",\"reasons\":[\"rehearsal\"]}"
                                : "";
                        String st = b.isEmpty() ? "204 No Content" : "200 OK";
                        k.getOutputStream()
                                .write(("HTTP/1.1 " + st + "\r\nContent-Length: " + b.length() + "\r\n\r\n" + b)
                                        .getBytes());
                    }
                } catch (IOException e) {
                    log("io " + e);
                }
            });
        }
    }
}
