package firstlight.engine;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A real TLS server that answers what it was told to, and breaks connections when it was told to. */
final class FlakyServer implements AutoCloseable {
    private static final char[] PASSWORD = "secret".toCharArray();

    /** An answer; a status of 0 closes the connection in place of one. */
    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    record Answer(int status, byte[] body) {
        static final Answer HANG_UP = new Answer(0, new byte[0]);

        static Answer of(int status, String body) {
            return new Answer(status, body.getBytes(StandardCharsets.UTF_8));
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    record Request(String head, byte[] body) {
        String line() {
            return head.lines().findFirst().orElse("");
        }
    }

    final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final SSLServerSocket socket;
    private final String pin;

    /** @param folder keeps the key for the next server */
    FlakyServer(Path folder, Answer... answers) throws IOException, GeneralSecurityException, InterruptedException {
        this.answers.addAll(new ArrayDeque<>(List.of(answers)));
        Path keys = folder.resolve("keys.p12");
        if (!Files.exists(keys)) {
            makeKeys(keys, "-1H");
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        pin = PinnedTls.fingerprint((X509Certificate) store.getCertificate("a"));
        socket = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 8, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(this::accept);
    }

    /** @param start of the one day in which the certificate is good, from now, as {@code +70y} */
    static void makeKeys(Path keys, String start) throws IOException, InterruptedException {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> command = new ArrayList<>(List.of(keytool, "-genkeypair", "-keystore", keys.toString()));
        command.addAll(List.of("-storepass", "secret", "-alias", "a", "-keyalg", "EC", "-dname", "CN=somebody"));
        command.addAll(List.of("-startdate", start, "-validity", "1"));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("keytool made no key");
        }
    }

    String pin() {
        return pin;
    }

    HttpsExchange exchange(String trusted) {
        return new HttpsExchange(URI.create("https://127.0.0.1:" + socket.getLocalPort()), "s3cret", trusted);
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                SSLSocket client = (SSLSocket) socket.accept();
                Thread.ofPlatform().daemon().start(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(SSLSocket client) {
        try (client) {
            InputStream in = client.getInputStream();
            OutputStream out = new BufferedOutputStream(client.getOutputStream());
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                requests.add(new Request(head, in.readNBytes(length(head))));
                Answer answer = answers.poll();
                if (answer == null || answer.status() == 0) {
                    return;
                }
                out.write(("HTTP/1.1 " + answer.status() + " x\r\nContent-Length: " + answer.body().length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.write(answer.body());
                out.flush();
            }
        } catch (IOException goneAway) {
            return;
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            if (octet < 0) {
                return "";
            }
            head.append((char) octet);
        }
        return head.toString();
    }

    private static int length(String head) {
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, "Content-Length:", 0, 15))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
