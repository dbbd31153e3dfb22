package firstlight.environment;

import firstlight.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * Runs the engine once on the building machine, against a server that has no work, to learn which classes its start
 * needs. Everything it sees is made up here, so that the answer depends on the engine and the runtime alone.
 */
final class Rehearsal implements AutoCloseable {
    private static final String PASSWORD = "rehearsal";
    /** An order that says that there is nothing to do: the engine reads it, and ends. */
    private static final String NO_WORK =
            "{\"work\":\"none\",\"transaction\":1,\"device\":\"rehearsal\",\"after\":\"REBOOT\",\"reasons\":[\"rehearsal\"]}";

    private final Path folder;
    private final SSLServerSocket socket;
    private final String pin;

    /** Listens on a port of the loopback interface, with a certificate made for it in {@code folder}. */
    Rehearsal(Path javaHome, Path folder) throws IOException, BuildFailedException {
        this.folder = folder;
        Path keys = folder.resolve("rehearsal.p12");
        Files.deleteIfExists(keys);
        List<String> keytool =
                new ArrayList<>(List.of(javaHome.resolve("bin/keytool").toString(), "-genkeypair"));
        keytool.addAll(List.of("-keystore", keys.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        // As the server's own.
        keytool.addAll(List.of("-alias", "server", "-keyalg", "RSA", "-keysize", "2048", "-dname", "CN=rehearsal"));
        Command.run(keytool, "build with a complete JDK");
        try (InputStream in = Files.newInputStream(keys)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD.toCharArray());
            KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
            factory.init(store, PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(factory.getKeyManagers(), null, null);
            byte[] certificate = store.getCertificate("server").getEncoded();
            pin = Sha256.hex(certificate);
            socket = (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(0, 8, InetAddress.getLoopbackAddress());
        } catch (GeneralSecurityException e) {
            throw new IOException("no TLS server for the rehearsal", e);
        }
        Thread.ofPlatform().daemon().name("rehearsal").start(this::serve);
    }

    /** Runs {@code java}, which ends with the engine's class, through a whole conversation. */
    void run(List<String> java) throws IOException, BuildFailedException {
        Path root = folder.resolve("root");
        write(root, "sys/block/vda/size", "2048\n");
        write(root, "sys/block/vda/removable", "0\n");
        write(root, "sys/class/dmi/id/product_name", "rehearsal\n");
        write(root, "proc/cpuinfo", "processor : 0\nmodel name : rehearsal\n");
        String server = "https://127.0.0.1:" + socket.getLocalPort();
        Path commandLine = folder.resolve("cmdline");
        Files.writeString(
                commandLine,
                "firstlight.server=" + server + " firstlight.token=t firstlight.pin=sha256:" + pin
                        + " firstlight.mac=52:54:00:00:00:01\n");
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of(commandLine.toString(), root.toString()));
        Command.run(folder, command, "look at the engine's message");
    }

    private static void write(Path root, String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (SSLSocket client = (SSLSocket) socket.accept()) {
                InputStream in = client.getInputStream();
                for (String head = head(in); !head.isEmpty(); head = head(in)) {
                    in.readNBytes(contentLength(head));
                    String body = head.startsWith("POST /engine/hello") ? NO_WORK : "";
                    String status = body.isEmpty() ? "204 No Content" : "200 OK";
                    String answer = "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
                    client.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
                }
            } catch (IOException closed) {
                // Either the engine went away, or the rehearsal is over: its own end tells whether it went well.
            }
        }
    }

    /** One request's head; empty at the end of the connection. Octet by octet: what follows is the body. */
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

    private static int contentLength(String head) {
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, "Content-Length:", 0, 15))
                .map(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
