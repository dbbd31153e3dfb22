package firstlight.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * S3Proxy in a process of its own, with a directory as its storage: the bucket {@code images}, the key {@code key}, its secret
 * {@code secret}. Who starts it has it on the class path.
 */
public final class S3Server implements AutoCloseable {
    private final Process process;
    private final int port;

    private S3Server(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Returns when it answers, within a minute; else an IOException with its log.
     *
     * @param directory for its objects, its settings and its log
     */
    public static S3Server start(Path directory) throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Files.createDirectories(directory.resolve("objects/images"));
        Path properties = directory.resolve("s3proxy.properties");
        Files.writeString(properties, """
                s3proxy.authorization=aws-v2-or-v4
                s3proxy.identity=key
                s3proxy.credential=secret
                s3proxy.endpoint=http://127.0.0.1:%d
                jclouds.provider=filesystem-nio2
                jclouds.identity=none
                jclouds.credential=none
                jclouds.filesystem.basedir=%s
                """.formatted(port, directory.resolve("objects")));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.gaul.s3proxy.Main",
                        "--properties",
                        properties.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("s3proxy.log").toFile())
                .start();
        S3Server server = new S3Server(process, port);
        for (int attempt = 0; !server.answers(); attempt++) {
            if (attempt > 600 || process.waitFor(100, TimeUnit.MILLISECONDS)) {
                server.close();
                throw new IOException("S3Proxy did not start: " + Files.readString(directory.resolve("s3proxy.log")));
            }
        }
        return server;
    }

    private boolean answers() {
        try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** For S3Settings, with path style. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }
}
