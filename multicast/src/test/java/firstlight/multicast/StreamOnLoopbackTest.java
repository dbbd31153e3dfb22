package firstlight.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Ipv4Address;
import firstlight.testkit.Seeded;
import firstlight.wire.multicast.StreamTicket;
import java.io.IOException;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real sockets, on the loopback interface. */
@Timeout(60)
class StreamOnLoopbackTest {
    private static final Ipv4Address LOOPBACK = Ipv4Address.parse("127.0.0.1");
    private static final int BLOCKS = 60;

    private final Seeded random = Seeded.fresh();
    private final List<byte[]> frames = new ArrayList<>();
    private final List<String> troubles = new ArrayList<>();

    StreamOnLoopbackTest() {
        for (int i = 0; i < BLOCKS; i++) {
            frames.add(random.octets(random.between(1_000, 100_000)));
        }
    }

    private StreamServing serving() throws IOException {
        Ipv4Address group = Ipv4Address.parse("239.255.77." + random.between(1, 254));
        StreamServing.Terms terms = new StreamServing.Terms(group, freePort(), LOOPBACK, 0, Double.POSITIVE_INFINITY);
        return StreamServing.start(terms, BLOCKS, frames::get, troubles::add, () -> {});
    }

    /** That no other program has. */
    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private BitSet all() {
        BitSet all = new BitSet();
        all.set(0, BLOCKS);
        return all;
    }

    private int take(StreamListening listening) throws InterruptedException {
        int count = 0;
        for (var next = listening.next(); next.isPresent(); next = listening.next()) {
            Optional<byte[]> frame = listening.open(next.get());
            assertThat(frame).isPresent();
            assertThat(frame.get()).isEqualTo(frames.get(next.get().block()));
            listening.release(next.get());
            count++;
        }
        return count;
    }

    @Test
    void threeMembersGetEveryBlock() throws Exception {
        try (StreamServing serving = serving()) {
            List<Thread> threads = new ArrayList<>();
            ConcurrentHashMap<Integer, Integer> counts = new ConcurrentHashMap<>();
            for (int i = 0; i < 3; i++) {
                StreamTicket ticket = serving.admit();
                threads.add(Thread.ofPlatform().start(() -> {
                    try (StreamListening listening = StreamListening.start(ticket, all(), new Buffers(64))) {
                        counts.put(ticket.member(), take(listening));
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(counts.values()).as("%s", random).containsOnly(BLOCKS).hasSize(3);
            assertThat(troubles).isEmpty();
            assertThat(serving.isRunning()).isTrue();
        }
    }

    @Test
    void whoPreparesIsAMemberAndListensAfterwards() throws Exception {
        try (StreamServing serving = serving()) {
            StreamTicket ticket = serving.admit();
            try (StreamPreparing preparing = StreamPreparing.start(ticket)) {
                StreamSender.MemberStanding before = standing(serving, ticket);
                assertThat(before.preparing()).isTrue();
                assertThat(before.lacking()).isEqualTo(BLOCKS);
                try (StreamListening listening = preparing.listen(all(), new Buffers(64))) {
                    assertThat(take(listening)).as("%s", random).isEqualTo(BLOCKS);
                    assertThat(listening.brokeOff()).isFalse();
                }
            }
            assertThat(troubles).isEmpty();
        }
    }

    /** As soon as it was heard. */
    private static StreamSender.MemberStanding standing(StreamServing serving, StreamTicket ticket) {
        while (!Thread.currentThread().isInterrupted()) {
            StreamSender.MemberStanding standing = serving.picture().members().get(ticket.member());
            if (standing != null) {
                return standing;
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("no report came");
    }

    @Test
    void aStreamThatFallsSilentInTheMiddlePointsAtTheQuerierToo() {
        assertThat(StreamListening.words("239.255.0.1:8446", StreamReceiver.Standing.SILENT, 7, 0))
                .contains("fell silent after 7 packets")
                .contains("querier");
    }
}
