package firstlight.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Ipv4Address;
import firstlight.sockets.GroupInbox;
import firstlight.sockets.GroupSocket;
import firstlight.testkit.Seeded;
import firstlight.wire.multicast.StreamCodec;
import firstlight.wire.multicast.StreamPacket;
import firstlight.wire.multicast.StreamTicket;
import java.io.IOException;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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
        return serving(frames::get);
    }

    private StreamServing serving(BlockSource source) throws IOException {
        Ipv4Address group = Ipv4Address.parse("239.255.77." + random.between(1, 254));
        StreamServing.Terms terms = new StreamServing.Terms(group, freePort(), LOOPBACK, 0, Double.POSITIVE_INFINITY);
        return StreamServing.start(terms, BLOCKS, source, troubles::add, () -> {});
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

    /** A disk whose link is reset stands still for 30 seconds: members that hear nothing for 8 fetch the rest alone. */
    @Test
    void aBlockThatTheDiskDoesNotGiveKeepsTheMembersWithBeats() throws Exception {
        CountDownLatch reset = new CountDownLatch(1);
        try (StreamServing serving = serving(block -> {
                    if (block == 5) {
                        await(reset);
                    }
                    return frames.get(block);
                });
                GroupSocket group = GroupSocket.receiving(
                        serving.terms().group(), serving.terms().port(), LOOPBACK, 20);
                StreamListening listening = StreamListening.start(serving.admit(), all(), new Buffers(64))) {
            try {
                awaitBeatsAfterASymbol(group);
            } finally {
                reset.countDown();
            }
            assertThat(take(listening)).as("%s", random).isEqualTo(BLOCKS);
        }
        assertThat(troubles).isEmpty();
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** As they say that others are waited for, which no beat says once the stream has begun. */
    private static void awaitBeatsAfterASymbol(GroupSocket group) throws IOException {
        GroupInbox inbox = new GroupInbox();
        AtomicBoolean begun = new AtomicBoolean();
        AtomicInteger beats = new AtomicInteger();
        while (beats.get() < 3 && !Thread.currentThread().isInterrupted()) {
            inbox.receive(group, datagram -> {
                switch (StreamCodec.decode(datagram)) {
                    case StreamPacket.Symbol _ -> begun.set(true);
                    case StreamPacket.Beat beat -> {
                        if (begun.get() && beat.phase() == StreamPacket.Phase.GATHERING) {
                            beats.incrementAndGet();
                        }
                    }
                }
            });
        }
    }

    @Test
    void aStoreThatFailsForAMomentLosesNoBlockAndIsToldOnce() throws Exception {
        AtomicInteger failures = new AtomicInteger(5);
        try (StreamServing serving = serving(block -> {
                    if (block >= 7 && block < 20 && failures.getAndDecrement() > 0) {
                        throw new IOException("Too many open files");
                    }
                    return frames.get(block);
                });
                StreamListening listening = StreamListening.start(serving.admit(), all(), new Buffers(64))) {
            assertThat(take(listening)).as("%s", random).isEqualTo(BLOCKS);
        }
        assertThat(troubles)
                .singleElement()
                .asString()
                .contains("just now: Too many open files", "for up to 80 s in all the stream waits");
    }

    @Test
    void blocksThatAreLostAreNotWaitedForAndToldOnce() throws Exception {
        BitSet others = all();
        others.clear(9, 12);
        try (StreamServing serving = serving(block -> {
                    if (block >= 9 && block < 12) {
                        throw new LostBlock("Chunk " + block + " is damaged");
                    }
                    return frames.get(block);
                });
                StreamListening greedy = StreamListening.start(serving.admit(), all(), new Buffers(64));
                StreamListening listening = StreamListening.start(serving.admit(), others, new Buffers(64))) {
            assertThat(take(listening)).as("%s", random).isEqualTo(BLOCKS - 3);
            assertThat(greedy.brokeOff()).isFalse();
        }
        assertThat(troubles).singleElement().asString().contains("block 9 cannot be sent", "Chunk 9 is damaged");
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
