package firstlight.multicast;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.sockets.GroupSocket;
import firstlight.sockets.SocketFailure;
import firstlight.wire.DecodeException;
import firstlight.wire.multicast.ReportCodec;
import firstlight.wire.multicast.StreamCodec;
import firstlight.wire.multicast.StreamPacket;
import firstlight.wire.multicast.StreamSeal;
import firstlight.wire.multicast.StreamTicket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * One stream on its way to a group: the thread that owns the sockets, does what {@link StreamSender} decides and keeps its
 * pace. It ends by itself when nobody lacks anything any more.
 */
public final class StreamServing implements AutoCloseable {
    private static final long SECOND = 1_000_000_000;

    /** So far the sender may lag behind its pace and catch up at once. */
    private static final long SLACK = 4_000_000;

    private static final long SHORTEST_PAUSE = 100_000;
    private static final long LONGEST_PAUSE = 2_000_000;
    private static final long TELL = 250_000_000;
    private static final int FAREWELLS = 5;
    /** Between two beats while a block cannot be read. */
    private static final long BEAT = 100_000_000;

    /** So long after a block could not be read it is tried again. */
    private static final long AGAIN = SECOND;

    /** So long blocks are waited for that do not come in the end: a link of a disk that is reset twice, a bucket's server that starts anew. */
    private static final long PATIENCE = 80 * SECOND;

    private final StreamTicket ticket;
    private final StreamSeal seal;
    private final SealedBlocks blocks;
    private final StreamSender sender;
    private final DatagramChannel reports;
    private final AtomicInteger members = new AtomicInteger();
    private final AtomicInteger expected = new AtomicInteger();
    private final Trouble trouble;
    private final Runnable over;
    private final Terms terms;
    private final ByteBuffer room = ByteBuffer.allocateDirect(BlockPackets.ROOM);
    private final MemorySegment memory = MemorySegment.ofBuffer(room);
    private final ByteBuffer report = ByteBuffer.allocate(1 << 16);
    private final Thread thread;
    private GroupSocket group;
    private boolean segmentation = true;
    private long due;
    private long strangers;
    private long told;
    private final Patience patience = new Patience(PATIENCE);
    /** Whether the last block could not be read. */
    private boolean failing;

    /** Whether the last one was lost. */
    private boolean losing;

    private volatile Picture picture;
    private volatile boolean stopped;

    /**
     * @param local the address of the interface on which the members are
     * @param ttl 1: not beyond a router
     * @param fastest octets a second at most; infinite for as fast as the members can
     */
    public record Terms(Ipv4Address group, int port, Ipv4Address local, int ttl, double fastest) {}

    /** How the stream and its members stood a moment ago. */
    public record Picture(StreamSender.Standing stream, Map<Integer, StreamSender.MemberStanding> members) {
        public Picture {
            members = Map.copyOf(members);
        }
    }

    /** Hears what a person should know: a block that cannot be read, a socket that fails. Called by the stream's thread. */
    @FunctionalInterface
    public interface Trouble {
        void told(String words);
    }

    private StreamServing(Terms terms, int count, BlockSource source, Trouble trouble, Runnable over)
            throws IOException {
        SecureRandom random = new SecureRandom();
        byte[] secret = new byte[StreamSeal.SECRET];
        random.nextBytes(secret);
        this.terms = terms;
        this.trouble = trouble;
        this.over = over;
        seal = new StreamSeal(Bytes.of(secret));
        blocks = new SealedBlocks(source, count, seal);
        sender = new StreamSender(count, terms.fastest(), System.nanoTime());
        picture = new Picture(sender.standing(), Map.of());
        group = GroupSocket.sending(terms.group(), terms.port(), terms.local(), terms.ttl(), StreamCodec.MAX_PACKET);
        reports = DatagramChannel.open();
        reports.configureBlocking(false);
        reports.bind(new InetSocketAddress(InetAddress.getByName(terms.local().toString()), 0));
        int reportPort = ((InetSocketAddress) reports.getLocalAddress()).getPort();
        ticket = new StreamTicket(
                random.nextInt(), terms.group(), terms.port(), terms.local(), reportPort, Bytes.of(secret), 0, count);
        thread = Thread.ofPlatform().name("stream-" + terms.group()).unstarted(this::run);
    }

    /**
     * Starts a stream of {@code count} blocks; it sends nothing but beats until members report.
     *
     * @param over called by the stream's thread when it has ended, however that came
     */
    public static StreamServing start(Terms terms, int count, BlockSource source, Trouble trouble, Runnable over)
            throws IOException {
        StreamServing serving = new StreamServing(terms, count, source, trouble, over);
        serving.thread.start();
        return serving;
    }

    /** One member more. */
    public StreamTicket admit() {
        int number = members.incrementAndGet();
        expect(number);
        return new StreamTicket(
                ticket.stream(),
                ticket.group(),
                ticket.port(),
                ticket.sender(),
                ticket.reportPort(),
                ticket.secret(),
                number,
                ticket.blocks());
    }

    /** The stream waits for so many members, for a while. */
    public void expect(int count) {
        expected.accumulateAndGet(count, Math::max);
    }

    public Picture picture() {
        return picture;
    }

    /** Whether it can still be joined. */
    public boolean isRunning() {
        return thread.isAlive() && !stopped && !picture.stream().phase().equals(StreamPacket.Phase.ENDED);
    }

    public Terms terms() {
        return terms;
    }

    private void run() {
        try {
            due = System.nanoTime();
            told = due;
            int farewells = 0;
            while (!stopped && farewells < FAREWELLS) {
                long now = attend();
                blocks.prepare(sender.upcoming(SealedBlocks.AHEAD));
                switch (sender.next(now)) {
                    case StreamSender.Next.Send send -> send(send);
                    case StreamSender.Next.Beat(StreamPacket.Phase phase, long sequence) -> {
                        beat(phase, sequence);
                        farewells += phase == StreamPacket.Phase.ENDED ? 1 : 0;
                    }
                    case StreamSender.Next.Rest(long until) ->
                        LockSupport.parkNanos(Math.clamp(until - now, SHORTEST_PAUSE, LONGEST_PAUSE));
                }
            }
        } catch (IOException | RuntimeException broken) {
            trouble.told("the stream to " + ticket.group() + " has ended: " + broken.getMessage()
                    + "; its members go on by themselves"
                    + (strangers == 0 ? "" : " (" + strangers + " packets to it were no reports)"));
        } finally {
            tell(System.nanoTime());
            stopped = true;
            closeSockets();
            blocks.close();
            over.run();
        }
    }

    /** Hears and tells what there is; answers the time. */
    private long attend() throws IOException {
        hear();
        sender.expect(expected.get());
        long now = System.nanoTime();
        if (now - told > TELL || sender.isEnded()) {
            told = now;
            tell(now);
        }
        return now;
    }

    private void hear() throws IOException {
        while (reports.receive(report.clear()) != null) {
            try {
                byte[] octets =
                        Bytes.of(report.array(), 0, report.flip().remaining()).toArray();
                ReportCodec.Sealed sealed = ReportCodec.decodeSealed(octets);
                if (sealed.stream() == ticket.stream()) {
                    seal.open(sealed)
                            .ifPresent(
                                    opened -> sender.on(sealed.member(), sealed.number(), opened, System.nanoTime()));
                }
            } catch (DecodeException stranger) {
                strangers++; // anybody can send to this port; what is not sealed by a member says nothing
            }
        }
    }

    private void send(StreamSender.Next.Send send) throws IOException {
        if (!isReady(send.block())) {
            return;
        }
        Optional<byte[]> sealed = sealed(send);
        if (sealed.isEmpty()) {
            return;
        }
        room.clear();
        BlockPackets.Written written = BlockPackets.write(
                ticket.stream(), sender.sequence(), send, sender.nextParity(send.block()), sealed.get(), room);
        int octets = room.flip().remaining();
        for (int at = 0; at < octets; ) {
            int length = BlockPackets.message(room, sealed.get().length, at);
            emit(at, length);
            pace(length);
            at += length;
        }
        sender.sent(send.block(), written.packets(), written.parity(), octets);
    }

    /** Waits for it: a disk may stand still for a minute. False where it does so for too long, and when the stream is stopped. */
    private boolean isReady(int block) throws IOException {
        long begun = System.nanoTime();
        while (!blocks.isReady(block, BEAT)) {
            if (stopped) {
                return false;
            }
            long waited = System.nanoTime() - begun;
            if (patience.isOver(waited)) {
                patience.spend(waited);
                fails(block, "the image store does not answer");
                leaveOut(block);
                return false;
            }
            keepMembers();
        }
        return true;
    }

    /** Empty where the block is not sent now, and perhaps never. */
    private Optional<byte[]> sealed(StreamSender.Next.Send send) throws IOException {
        int block = send.block();
        try {
            boolean fromMemory = blocks.keeps(block);
            Optional<byte[]> sealed = blocks.get(block);
            if (!fromMemory) {
                failing = false;
                losing = false;
                patience.rewarded();
            }
            if (sealed.isEmpty()) {
                sender.unreadable(block);
            }
            return sealed;
        } catch (LostBlock lost) {
            if (!losing) { // a lost pack has four thousand
                trouble.told("block " + block + " cannot be sent to " + ticket.group()
                        + ", nor perhaps those behind it: " + lost.getMessage());
            }
            losing = true;
            sender.unreadable(block);
        } catch (IOException broken) {
            waitForTheStore(send, broken);
        }
        return Optional.empty();
    }

    /** Told once until a block can be read again: there may be thousands. */
    private void fails(int block, String why) {
        if (!failing) {
            failing = true;
            trouble.told("block " + block + " cannot be sent to " + ticket.group() + " just now: " + why
                    + "; for up to " + PATIENCE / SECOND
                    + " s in all the stream waits for what cannot be read, then it leaves that out");
        }
    }

    private void waitForTheStore(StreamSender.Next.Send send, IOException broken) throws IOException {
        fails(send.block(), String.valueOf(broken.getMessage()));
        if (patience.isOver(AGAIN)) {
            leaveOut(send.block());
            return;
        }
        sender.again(send);
        long begun = System.nanoTime();
        while (!stopped && System.nanoTime() - begun < AGAIN) {
            keepMembers();
            LockSupport.parkNanos(BEAT);
        }
        patience.spend(System.nanoTime() - begun);
        blocks.forgetFailures();
    }

    private void leaveOut(int block) {
        patience.lost();
        blocks.forget(block);
        sender.unreadable(block);
    }

    private void keepMembers() throws IOException {
        StreamSender.Next.Beat beat = sender.waiting(attend());
        beat(beat.phase(), beat.sequence());
    }

    private void emit(int at, int length) throws SocketFailure {
        if (!segmentation || length <= StreamCodec.MAX_PACKET) {
            singly(at, length);
            return;
        }
        try {
            group.send(memory.asSlice(at, length));
        } catch (SocketFailure refused) {
            // An interface without checksum offload refuses to segment (EIO): then packet by packet, for good.
            segmentation = false;
            group.close();
            group = GroupSocket.sending(terms.group(), terms.port(), terms.local(), terms.ttl(), 0);
            singly(at, length);
        }
    }

    private void singly(int from, int length) throws SocketFailure {
        for (int at = 0; at < length; at += StreamCodec.MAX_PACKET) {
            group.send(memory.asSlice(from + at, Math.min(StreamCodec.MAX_PACKET, length - at)));
        }
    }

    private void beat(StreamPacket.Phase phase, long sequence) throws IOException {
        room.clear();
        StreamCodec.encode(seal.sealBeat(ticket.stream(), sequence, phase), room);
        emit(0, StreamCodec.BEAT_LENGTH);
    }

    /** Waits until the octets that were sent just now are over at the stream's rate. */
    private void pace(int octets) {
        long now = System.nanoTime();
        due = now - due > SLACK ? now - SLACK : due;
        due += (long) (octets * 1e9 / sender.rate());
        while (due - now > SHORTEST_PAUSE) {
            LockSupport.parkNanos(due - now);
            now = System.nanoTime();
        }
    }

    private void tell(long now) {
        Map<Integer, StreamSender.MemberStanding> standings = new HashMap<>();
        for (int number = 1; number <= members.get(); number++) {
            int member = number;
            sender.standing(number, now).ifPresent(standing -> standings.put(member, standing));
        }
        picture = new Picture(sender.standing(), standings);
    }

    private void closeSockets() {
        group.close();
        try {
            reports.close();
        } catch (IOException stillOpen) {
            trouble.told("the socket for reports did not close: " + stillOpen.getMessage());
        }
    }

    /** Ends the stream; its members fetch the rest by themselves. */
    @Override
    public void close() {
        stopped = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
