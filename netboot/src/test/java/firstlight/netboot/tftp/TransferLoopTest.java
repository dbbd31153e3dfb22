package firstlight.netboot.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.netboot.files.BootFiles;
import firstlight.netboot.files.Finding.Generated;
import firstlight.sockets.Datagram;
import firstlight.sockets.Poller;
import firstlight.sockets.UdpSocket;
import firstlight.sockets.UdpSocket.Binding;
import firstlight.wire.tftp.TftpCodec;
import firstlight.wire.tftp.TftpPacket;
import firstlight.wire.tftp.TftpPacket.Data;
import firstlight.wire.tftp.TftpPacket.ReadRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The loop on the loopback interface, with threads that do not begin, or end at once. */
class TransferLoopTest {
    private static final Ipv4Address LOOPBACK = Ipv4Address.parse("127.0.0.1");
    private static final TftpPacket REQUEST = new ReadRequest("boot.ipxe", "octet", List.of());

    private final CountDownLatch asked = new CountDownLatch(1);

    /** Firmware may use one port always: deaf for it, the server would be so for that PC until it is started again. */
    @Test
    void whoAsksAgainIsHeardThoughThereWasNoMemoryForTheFirstThread() throws Exception {
        Executor opener = task -> {
            if (asked.getCount() > 0) {
                asked.countDown();
                throw new OutOfMemoryError("unable to create native thread");
            }
            task.run();
        };
        assertThat(secondAnswer(opener, (_, _) -> Generated.text("#!ipxe\n"))).isInstanceOf(Data.class);
    }

    @Test
    void whoAsksAgainIsHeardThoughTheFirstThreadCameToNothing() throws Exception {
        Executor opener = task -> {
            try {
                task.run();
            } catch (StackOverflowError e) {
                assertThat(asked.getCount()).isZero();
            }
        };
        BootFiles files = (_, _) -> {
            if (asked.getCount() > 0) {
                asked.countDown();
                throw new StackOverflowError();
            }
            return Generated.text("#!ipxe\n");
        };
        assertThat(secondAnswer(opener, files)).isInstanceOf(Data.class);
    }

    private TftpPacket secondAnswer(Executor opener, BootFiles files) throws Exception {
        try (UdpSocket listening = UdpSocket.open(Binding.of(LOOPBACK, 0));
                UdpSocket transfers = UdpSocket.open(Binding.of(LOOPBACK, 0));
                UdpSocket client = UdpSocket.open(Binding.of(LOOPBACK, 0));
                Poller poller = new Poller(List.of(listening, transfers))) {
            Requests requests = new Requests(files, new Contents(), 1);
            TransferLoop loop = new TransferLoop(List.of(listening, transfers), poller, requests, opener, _ -> {}, 10);
            Thread thread = Thread.ofPlatform().start(loop);
            try {
                Bytes request = Bytes.of(TftpCodec.encode(REQUEST));
                client.send(request, LOOPBACK, listening.port(), LOOPBACK, 0);
                assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
                client.send(request, LOOPBACK, listening.port(), LOOPBACK, 0);
                Datagram answer = client.receive(Duration.ofSeconds(30)).orElseThrow();
                return TftpCodec.decode(answer.payload().toArray());
            } finally {
                loop.stop();
                thread.join();
            }
        }
    }
}
