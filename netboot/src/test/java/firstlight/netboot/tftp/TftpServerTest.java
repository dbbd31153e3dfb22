package firstlight.netboot.tftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.Ipv4Address;
import firstlight.netboot.files.BootRoot;
import firstlight.netboot.files.Finding;
import firstlight.netboot.files.Finding.Generated;
import firstlight.sockets.SocketFailure;
import firstlight.testkit.OwnNetwork;
import firstlight.testkit.Seeded;
import firstlight.wire.tftp.TftpCodec;
import firstlight.wire.tftp.TftpOption;
import firstlight.wire.tftp.TftpOption.BlockSize;
import firstlight.wire.tftp.TftpOption.TransferSize;
import firstlight.wire.tftp.TftpOption.WindowSize;
import firstlight.wire.tftp.TftpPacket;
import firstlight.wire.tftp.TftpPacket.Ack;
import firstlight.wire.tftp.TftpPacket.Data;
import firstlight.wire.tftp.TftpPacket.ErrorPacket;
import firstlight.wire.tftp.TftpPacket.OptionAck;
import firstlight.wire.tftp.TftpPacket.ReadRequest;
import firstlight.wire.tftp.TftpPacket.WriteRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server on the loopback interface, asked by plain sockets. */
class TftpServerTest {
    private static final Ipv4Address LOOPBACK = Ipv4Address.parse("127.0.0.1");

    @TempDir
    private Path root;

    private final LinkedBlockingQueue<TransferReport> reports = new LinkedBlockingQueue<>();
    private TftpServer server;

    @BeforeEach
    void aServerWithAGeneratedScript() throws IOException {
        BootRoot files = BootRoot.open(
                root,
                false,
                List.of((path, who) -> path.toString().equals("boot.ipxe")
                        ? Optional.of(Generated.text("#!ipxe\nchain http://" + who.server() + "/\n"))
                        : Optional.empty()));
        server = TftpServer.start(TftpSettings.DEFAULT.withPort(0), files, reports::add);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private byte[] file(String name, int size) throws IOException {
        byte[] octets = Seeded.of(7).octets(size);
        Files.write(root.resolve(name), octets);
        return octets;
    }

    private final class Client implements AutoCloseable {
        final DatagramSocket socket = new DatagramSocket(0, LOOPBACK.toInet());
        final String host;
        int tid;

        Client(String host) throws IOException {
            this.host = host;
            socket.setSoTimeout(30_000);
        }

        void send(TftpPacket packet, int port) throws IOException {
            send(TftpCodec.encode(packet), port);
        }

        void send(byte[] octets, int port) throws IOException {
            socket.send(new DatagramPacket(
                    octets,
                    octets.length,
                    new InetSocketAddress(Ipv4Address.parse(host).toInet(), port)));
        }

        TftpPacket ask(String name, String mode, TftpOption... options) throws IOException {
            send(new ReadRequest(name, mode, List.of(options)), server.port());
            return receive();
        }

        TftpPacket receive() throws IOException {
            DatagramPacket packet = new DatagramPacket(new byte[70_000], 70_000);
            socket.receive(packet);
            tid = packet.getPort();
            assertThat(packet.getAddress().getHostAddress()).isEqualTo(host);
            return TftpCodec.decode(Arrays.copyOf(packet.getData(), packet.getLength()));
        }

        /** The next that is not {@code before}: on a busy machine the server may have sent that again. */
        TftpPacket receiveAfter(TftpPacket before) throws IOException {
            TftpPacket packet = receive();
            while (packet.equals(before)) {
                packet = receive();
            }
            return packet;
        }

        byte[] read(String name, String mode, TftpOption... options) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            int blockSize = 512;
            int window = 1;
            TftpPacket packet = ask(name, mode, options);
            if (packet instanceof OptionAck(List<TftpOption> granted)) {
                for (TftpOption option : granted) {
                    blockSize = option instanceof BlockSize(int octets) ? octets : blockSize;
                    window = option instanceof WindowSize(int blocks) ? blocks : window;
                }
                send(new Ack(0), tid);
                packet = receive();
            }
            int windowEnd = window;
            for (int block = 1; ; block++) {
                if (!(packet instanceof Data data)) {
                    packet = receive(); // the OACK again, since this machine is busy
                    block--;
                    continue;
                }
                if (data.block() != (block & 0xFFFF)) {
                    // Lost in this machine, or sent again since it is busy: RFC 7440's client asks from the gap on.
                    send(new Ack((block - 1) & 0xFFFF), tid);
                    windowEnd = block - 1 + window;
                    block--;
                    packet = receive();
                    continue;
                }
                out.writeBytes(data.octets().toArray());
                boolean last = data.octets().length() < blockSize;
                if (last || block == windowEnd) {
                    windowEnd = block + window;
                    send(new Ack(block & 0xFFFF), tid);
                }
                if (last) {
                    return out.toByteArray();
                }
                packet = receive();
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    private TransferReport report() throws InterruptedException {
        TransferReport report = reports.poll(30, TimeUnit.SECONDS);
        assertThat(report).isNotNull();
        return report;
    }

    @ParameterizedTest
    @CsvSource({"0, 512, 1", "1024, 512, 1", "100000, 1468, 1", "300000, 1468, 16", "300000, 1468, 64", "70000, 8, 64"})
    void aFileArrivesWhole(int size, int blockSize, int window) throws Exception {
        byte[] octets = file("f", size);
        try (Client client = new Client("127.0.0.1")) {
            assertThat(client.read("f", "octet", new BlockSize(blockSize), new WindowSize(window)))
                    .isEqualTo(octets);
        }
        assertThat(report().outcome()).isEqualTo(new Outcome.Delivered(true));
    }

    /** Behind a tunnel, or where ICMP told the kernel so: it cuts no window into datagrams there (Linux 6.14: EMSGSIZE, before: EINVAL). */
    @Test
    void whereTheRouteTakesShorterPacketsThanTheInterfaceAFileArrivesWhole() throws Exception {
        byte[] octets = file("f", 300_000);
        server.close();
        OwnNetwork.with(() -> {
            OwnNetwork.shell("ip route replace local 127.0.0.1 dev lo table local mtu 1400");
            server = TftpServer.start(
                    TftpSettings.DEFAULT.withPort(0), BootRoot.open(root, false, List.of()), reports::add);
            try (Client client = new Client("127.0.0.1")) {
                assertThat(client.read("f", "octet", new BlockSize(1468), new WindowSize(4)))
                        .isEqualTo(octets);
            }
        });
        assertThat(report().outcome()).isEqualTo(new Outcome.Delivered(true));
    }

    @Test
    void withoutOptionsBlocksHave512Octets() throws Exception {
        byte[] octets = file("f", 1_300);
        try (Client client = new Client("127.0.0.1")) {
            assertThat(client.read("f", "OCTET")).isEqualTo(octets);
        }
    }

    @Test
    void theAnswerComesFromTheAddressThatWasAsked() throws Exception {
        file("f", 10);
        try (Client client = new Client("127.0.0.9")) {
            assertThat(client.read("f", "octet")).hasSize(10);
        }
    }

    @Test
    void aGeneratedEntryKnowsTheAddressThatWasAsked() throws Exception {
        try (Client client = new Client("127.0.0.9")) {
            assertThat(client.read("/boot.ipxe", "octet")).asString().isEqualTo("#!ipxe\nchain http://127.0.0.9/\n");
        }
    }

    @Test
    void netasciiEndsLinesItsOwnWay() throws Exception {
        Files.writeString(root.resolve("t"), "a\nb\rc\n");
        try (Client client = new Client("127.0.0.1")) {
            assertThat(client.read("t", "netascii", new TransferSize(0)))
                    .isEqualTo("a\r\nb\r\0c\r\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** Each of thousands of transfers would hold a copy of its own; people's programs ask so for want of a word. */
    @Test
    void aProgramIsNotTranslated() throws Exception {
        file("f", 65_537);
        try (Client client = new Client("127.0.0.1")) {
            assertThat(client.ask("f", "netascii"))
                    .isEqualTo(new ErrorPacket(0, "netascii is for short texts: ask for octet"));
            assertThat(client.read("f", "octet")).hasSize(65_537);
        }
    }

    @Test
    void aProbeForTheSizeIsASuccess() throws Exception {
        file("f", 284_160);
        try (Client client = new Client("127.0.0.1")) {
            assertThat(client.ask("f", "octet", new TransferSize(0), new BlockSize(1468), new WindowSize(4)))
                    .isEqualTo(
                            new OptionAck(List.of(new TransferSize(284_160), new BlockSize(1468), new WindowSize(4))));
            client.send(new ErrorPacket(8, "User aborted the transfer"), client.tid);
        }
        assertThat(report().outcome()).isEqualTo(new Outcome.Probed());
    }

    @Test
    void refusalsComeAtOnceWithTheirCodes() throws Exception {
        Files.createSymbolicLink(root.resolve("out"), Path.of("/etc/passwd"));
        try (Client client = new Client("127.0.0.1")) {
            assertThat(client.ask("missing", "octet")).isEqualTo(new ErrorPacket(1, "no such file"));
            assertThat(report().text()).isEqualTo("TFTP 127.0.0.1 missing: no such file");
            assertThat(client.ask("../f", "octet")).isEqualTo(new ErrorPacket(2, "access denied"));
            assertThat(client.ask("out", "octet")).isEqualTo(new ErrorPacket(2, "access denied"));
            assertThat(client.ask("f", "mail"))
                    .isInstanceOfSatisfying(
                            ErrorPacket.class, error -> assertThat(error.code()).isEqualTo(4));
            client.send(new WriteRequest("f", "octet", List.of()), server.port());
            assertThat(client.receive()).isEqualTo(new ErrorPacket(2, "this server is read only"));
        }
    }

    /** pxelinux takes any error for "no such file"; whoever hears nothing repeats its request, from the same port. */
    @Test
    void whatIsNotMadeForSoManyAtOnceIsNotAnsweredUntilItIsAskedForAgain() throws Exception {
        server.close();
        AtomicInteger asked = new AtomicInteger();
        server = TftpServer.start(
                TftpSettings.DEFAULT.withPort(0),
                (_, _) -> asked.incrementAndGet() < 3 ? new Finding.Busy() : Generated.text("default firstlight\n"),
                reports::add);
        String name = "pxelinux/pxelinux.cfg/01-52-54-00-12-34-56";
        try (Client client = new Client("127.0.0.1")) {
            for (int i = 0; i < 2; i++) {
                client.send(new ReadRequest(name, "octet", List.of()), server.port());
                assertThat(report().outcome())
                        .isEqualTo(new Outcome.Denied("too many ask at once; not answered, so that it asks again"));
            }
            assertThat(client.ask(name, "octet")).as("the first that is said").isInstanceOf(Data.class);
        }
        assertThat(asked).hasValue(3);
    }

    @Test
    void oneTransferTooManyIsNotAnsweredUntilAnotherHasEnded() throws Exception {
        server.close();
        server = TftpServer.start(
                new TftpSettings(Ipv4Address.ANY, 0, 0, 1, Terms.LARGEST_WINDOW, 1),
                BootRoot.open(root, false, List.of()),
                reports::add);
        file("f", 600);
        try (Client first = new Client("127.0.0.1");
                Client second = new Client("127.0.0.1")) {
            assertThat(first.ask("f", "octet")).isInstanceOf(Data.class);
            second.send(new ReadRequest("f", "octet", List.of()), server.port());
            assertThat(report().outcome())
                    .isEqualTo(new Outcome.Denied("too many transfers at once; not answered, so that it asks again"));
            first.send(new ErrorPacket(8, "User aborted the transfer"), first.tid);
            assertThat(report().outcome()).isInstanceOf(Outcome.Aborted.class);
            assertThat(second.ask("f", "octet")).as("the first that is said").isInstanceOf(Data.class);
        }
    }

    @Test
    void aRequestThatIsMalformedIsToldSoAndAnAnswerIsNot() throws Exception {
        try (Client client = new Client("127.0.0.1")) {
            byte[] ack = {0, 4, 1}; // without its second octet: whoever answers such could be answered for ever
            client.send(ack, server.port());
            byte[] whole = TftpCodec.encode(new ReadRequest("f", "octet", List.of(new BlockSize(1468))));
            client.send(Arrays.copyOf(whole, whole.length - 1), server.port()); // without its last NUL
            assertThat(client.receive()).isEqualTo(new ErrorPacket(4, "malformed request: a text ends with NUL"));
            client.send(Arrays.copyOf(whole, 4), server.port()); // without a mode
            assertThat(client.receive()).isEqualTo(new ErrorPacket(4, "malformed request: a text ends with NUL"));
        }
    }

    @Test
    void aPacketOfNobodysTransferIsToldSoAndTheTransferGoesOn() throws Exception {
        byte[] octets = file("f", 600);
        try (Client client = new Client("127.0.0.1");
                Client stranger = new Client("127.0.0.1")) {
            TftpPacket first = client.ask("f", "octet");
            assertThat(first).isInstanceOf(Data.class);
            stranger.send(new Ack(1), client.tid);
            assertThat(stranger.receive()).isEqualTo(new ErrorPacket(5, "unknown transfer"));
            client.send(new Ack(1), client.tid);
            assertThat(client.receiveAfter(first))
                    .isInstanceOfSatisfying(
                            Data.class,
                            data -> assertThat(data.octets().toArray())
                                    .isEqualTo(Arrays.copyOfRange(octets, 512, 600)));
        }
    }

    @Test
    void aFileThatIsCutWhileItIsSentEndsWithAnError() throws Exception {
        file("f", 100_000);
        try (Client client = new Client("127.0.0.1")) {
            TftpPacket granted = client.ask("f", "octet", new BlockSize(1468));
            assertThat(granted).isInstanceOf(OptionAck.class);
            try (var channel = Files.newByteChannel(root.resolve("f"), StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }
            client.send(new Ack(0), client.tid);
            assertThat(client.receiveAfter(granted)).isEqualTo(new ErrorPacket(0, "the file changed"));
        }
        assertThat(report().outcome()).isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void manyClientsReadAtOnce() throws Exception {
        byte[] octets = file("f", 400_000);
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<byte[]>> reads = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                TftpOption[] options = {new BlockSize(1024), new WindowSize(1 + i % 8)};
                reads.add(pool.submit(() -> {
                    try (Client client = new Client("127.0.0.1")) {
                        return client.read("f", "octet", options);
                    }
                }));
            }
            for (Future<byte[]> read : reads) {
                assertThat(read.get(120, TimeUnit.SECONDS)).isEqualTo(octets);
            }
        }
    }

    @Test
    void aBusyPortIsNamed() {
        TftpSettings same = TftpSettings.DEFAULT.withAddress(LOOPBACK).withPort(server.port());
        assertThatThrownBy(() -> TftpServer.start(same, (_, _) -> Generated.text(""), _ -> {}))
                .isInstanceOf(SocketFailure.class)
                .hasMessageContaining("UDP port " + server.port());
    }
}
