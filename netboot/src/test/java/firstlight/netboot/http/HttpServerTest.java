package firstlight.netboot.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import firstlight.model.Ipv4Address;
import firstlight.netboot.files.BootFiles;
import firstlight.netboot.files.BootRoot;
import firstlight.netboot.files.Finding;
import firstlight.netboot.files.Finding.Generated;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpServerTest {
    private static final Ipv4Address LOOPBACK = Ipv4Address.parse("127.0.0.1");

    @TempDir
    private Path root;

    private final BlockingQueue<HttpReport> reports = new LinkedBlockingQueue<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final byte[] content = new byte[3_000_001];
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        new Random(7).nextBytes(content);
        Files.write(root.resolve("snponly.efi"), content);
        Files.createDirectory(root.resolve("ipxe"));
        Files.writeString(root.resolve("ipxe/empty.bin"), "");
        BootRoot files = BootRoot.open(
                root,
                false,
                List.of((path, requester) -> path.toString().equals("boot.ipxe")
                        ? Optional.of(
                                Generated.text("#!ipxe\n# for " + requester.client() + " from " + requester.server()))
                        : Optional.empty()));
        server = HttpServer.start(
                LOOPBACK,
                0,
                files,
                Map.of("/preboot", exchange -> exchange.getResponseSender().send("asked " + exchange.getQueryString())),
                reports::add);
    }

    @AfterEach
    void stop() {
        server.close();
        client.close();
    }

    private HttpResponse<byte[]> ask(String method, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void aFileComesWholeWithItsLengthAndTheTypeThatFirmwareWants() throws Exception {
        HttpResponse<byte[]> answer = ask("GET", "/snponly.efi");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(content);
        assertThat(answer.headers().firstValue("content-type")).contains("application/efi");
        HttpReport report = reports.poll(30, TimeUnit.SECONDS);
        assertThat(report).isNotNull();
        assertThat(report.octets()).isEqualTo(content.length);
        assertThat(report.whole()).isTrue();
    }

    /** Told the length of the one before it, a client would start the half of an initramfs. */
    @Test
    void aFileThatIsReplacedWhileItIsAskedForComesWhole() throws Exception {
        byte[] longer = new byte[4_000_000];
        new Random(9).nextBytes(longer);
        BootRoot files = BootRoot.open(root, false, List.of());
        BootFiles replaced = (name, requester) -> {
            Finding found = files.find(name, requester);
            try {
                Files.move(
                        Files.write(root.resolve("new"), longer),
                        root.resolve("snponly.efi"),
                        StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return found;
        };
        server.close();
        server = HttpServer.start(LOOPBACK, 0, replaced, Map.of(), reports::add);
        assertThat(ask("GET", "/snponly.efi").body()).isEqualTo(longer);
    }

    @Test
    void whatIsNotMadeForSoManyAtOnceIsToBeAskedForAgain() throws Exception {
        server.close();
        server = HttpServer.start(LOOPBACK, 0, (_, _) -> new Finding.Busy(), Map.of(), reports::add);
        HttpResponse<byte[]> answer = ask("GET", "/grub/grub.cfg-01-52-54-00-12-34-56");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("retry-after")).contains("2");
    }

    @Test
    void oneConnectionCarriesOneFileAfterTheOther() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(ask("GET", "/snponly.efi").body()).isEqualTo(content);
            assertThat(reports.poll(30, TimeUnit.SECONDS))
                    .extracting(HttpReport::whole)
                    .isEqualTo(true);
        }
    }

    @Test
    void aClientThatTakesItsTimeGetsEverythingAndOneThatLeavesIsReported() throws Exception {
        byte[] large = new byte[30_000_000]; // more than socket buffers hold
        new Random(8).nextBytes(large);
        Files.write(root.resolve("large"), large);
        byte[] request = "GET /large HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
        try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            slow.getOutputStream().write(request);
            try (Socket gone = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                gone.getOutputStream().write(request);
                assertThat(gone.getInputStream().readNBytes(1000)).hasSize(1000);
            }
            HttpReport left = reports.poll(30, TimeUnit.SECONDS);
            assertThat(left).isNotNull();
            assertThat(left.whole()).isFalse();
            byte[] answer = slow.getInputStream().readAllBytes();
            assertThat(Arrays.copyOfRange(answer, answer.length - large.length, answer.length))
                    .isEqualTo(large);
        }
        assertThat(reports.poll(30, TimeUnit.SECONDS))
                .extracting(HttpReport::whole)
                .isEqualTo(true);
    }

    @Test
    void headTellsTheLengthAndSendsNothing() throws Exception {
        HttpResponse<byte[]> answer = ask("HEAD", "/snponly.efi");
        assertThat(answer.headers().firstValueAsLong("content-length")).hasValue(content.length);
        assertThat(answer.body()).isEmpty();
        HttpResponse<byte[]> withRange = ask("HEAD", "/snponly.efi", "Range", "bytes=0-99");
        assertThat(withRange.statusCode()).isEqualTo(200);
        assertThat(withRange.headers().firstValueAsLong("content-length")).hasValue(content.length);
    }

    @Test
    void aRangeIsAnsweredWithThatRangeAndOneBehindTheEndWith416() throws Exception {
        HttpResponse<byte[]> part = ask("GET", "/snponly.efi", "Range", "bytes=1000000-1999999");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.headers().firstValue("content-range")).contains("bytes 1000000-1999999/3000001");
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(content, 1_000_000, 2_000_000));
        assertThat(ask("GET", "/snponly.efi", "Range", "bytes=3000001-").statusCode())
                .isEqualTo(416);
    }

    @Test
    void ofASmallRangeNotAnOctetMoreIsSent() throws Exception {
        for (int length : new int[] {1, 10, 16_383, 16_384, 16_385, 40_000}) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                String asked = "GET /snponly.efi HTTP/1.1\r\nHost: x\r\nRange: bytes=1000-" + (999 + length)
                        + "\r\n\r\n" + "HEAD /snponly.efi HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
                socket.getOutputStream().write(asked.getBytes(StandardCharsets.US_ASCII));
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                int body = answer.indexOf("\r\n\r\n") + 4;
                assertThat(answer.substring(body, body + length).getBytes(StandardCharsets.ISO_8859_1))
                        .isEqualTo(Arrays.copyOfRange(content, 1000, 1000 + length));
                // The next answer on this connection begins where it must.
                assertThat(answer.substring(body + length)).startsWith("HTTP/1.1 200 OK");
            }
        }
    }

    @Test
    void aRangeOfAnotherVersionIsAnsweredWithAllOfTodays() throws Exception {
        HttpResponse<byte[]> answer = ask("GET", "/snponly.efi", "Range", "bytes=0-9", "If-Range", "\"an older one\"");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).hasSize(content.length);
    }

    @Test
    void entriesMadeForTheRequesterAndEmptyFilesAreServedToo() throws Exception {
        assertThat(new String(ask("GET", "/boot.ipxe").body(), StandardCharsets.UTF_8))
                .isEqualTo("#!ipxe\n# for 127.0.0.1 from 127.0.0.1");
        assertThat(ask("GET", "/ipxe/empty.bin").statusCode()).isEqualTo(200);
    }

    @Test
    void aRouteBesideTheFilesIsAsked() throws Exception {
        assertThat(new String(ask("GET", "/preboot?mac=1").body(), StandardCharsets.UTF_8))
                .isEqualTo("asked mac=1");
    }

    @Test
    void aLoadersBackslashesAndNamesBeyondAsciiAreUnderstood() throws Exception {
        assumeThat(System.getProperty("sun.jnu.encoding")).as("the locale").isEqualTo("UTF-8");
        byte[] raw = "GET /ipxe\\gr\u00c3\u00bcn.txt HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
        Files.writeString(root.resolve("ipxe/gr\u00fcn.txt"), "content");
        assertThat(ask("GET", "/ipxe%5Cgr%C3%BCn.txt").body()).asString().isEqualTo("content");
        assertThat(ask("GET", "/ipxe%2fgr%C3%BCn.txt").body()).asString().isEqualTo("content");
        assertThat(ask("GET", "/..%5C..%5Cetc%5Cpasswd").statusCode()).isEqualTo(403);
        try (Socket firmware = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            firmware.getOutputStream().write(raw);
            assertThat(new String(firmware.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("200 OK")
                    .endsWith("content");
        }
    }

    @Test
    void aRequestThatNoFirmwareSendsIsCutShortAndTheNextIsAnswered() throws Exception {
        assertThat(raw("GET /" + "A".repeat(40_000) + " HTTP/1.0\r\n\r\n")).doesNotContain("200 OK", "404");
        assertThat(ask("HEAD", "/snponly.efi").statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsNotThereIs404AndNobodyGetsOutOfTheRoot() throws Exception {
        assertThat(ask("GET", "/none.efi").statusCode()).isEqualTo(404);
        assertThat(raw("GET /../../etc/passwd HTTP/1.0\r\n\r\n"))
                .doesNotContain("root:")
                .contains("403");
        assertThat(raw("GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.0\r\n\r\n"))
                .doesNotContain("root:")
                .contains("403");
        assertThat(ask("PUT", "/snponly.efi").statusCode()).isEqualTo(405);
    }

    @Test
    void aBusyPortIsNamedWithTheCure() {
        assertThatThrownBy(() -> HttpServer.start(
                        LOOPBACK, server.port(), (name, requester) -> Generated.text(""), Map.of(), report -> {}))
                .isInstanceOf(HttpFailure.class)
                .hasMessageContaining("TCP port " + server.port())
                .hasMessageContaining("ss -ltnp");
    }

    /** A client that does not clean its paths. */
    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(answer);
            return answer.toString(StandardCharsets.ISO_8859_1);
        }
    }
}
