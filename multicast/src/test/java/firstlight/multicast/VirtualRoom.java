package firstlight.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Bytes;
import firstlight.testkit.LossyNetwork;
import firstlight.testkit.LossyNetwork.Weather;
import firstlight.testkit.Seeded;
import firstlight.testkit.VirtualClock;
import firstlight.wire.multicast.Block;
import firstlight.wire.multicast.Report;
import firstlight.wire.multicast.ReportCodec;
import firstlight.wire.multicast.StreamCodec;
import firstlight.wire.multicast.StreamPacket;
import firstlight.wire.multicast.StreamSeal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** A sender and its receivers in virtual time, each receiver with a network of its own. Packets are real ones. */
final class VirtualRoom {
    static final int STREAM = 77;
    private static final Duration COLD = Duration.ofMillis(500);

    final VirtualClock clock = new VirtualClock();
    final Seeded random;
    final StreamSender sender;
    final List<byte[]> frames = new ArrayList<>();
    final List<Pc> pcs = new ArrayList<>();
    private final LossyNetwork network;
    private final StreamSeal seal;
    private final ByteBuffer room = ByteBuffer.allocate(BlockPackets.ROOM);
    long packets;

    VirtualRoom(Seeded random, int blocks, int shortest, int longest) {
        this.random = random;
        network = new LossyNetwork(clock, random);
        seal = new StreamSeal(Bytes.of(random.octets(StreamSeal.SECRET)));
        for (int i = 0; i < blocks; i++) {
            frames.add(random.octets(random.between(shortest, longest)));
        }
        sender = new StreamSender(blocks, Double.POSITIVE_INFINITY, clock.nanoTime());
    }

    /** A receiver. */
    final class Pc {
        final int number = pcs.size() + 1;
        final Weather weather;
        final double rate;
        StreamReceiver receiver;
        final Buffers buffers;
        final BitSet got = new BitSet();
        final BitSet wanted = new BitSet();
        boolean on;
        long reports;
        long finishedAt;
        int left = 3;
        private long linkFree;
        private long coldUntil = clock.nanoTime();
        private double coldRate;

        Pc(Weather weather, double rate, int memory) {
            this.weather = weather;
            this.rate = rate;
            buffers = new Buffers(memory);
            receiver = new StreamReceiver(STREAM, frames.size(), seal, buffers, clock.nanoTime());
            wanted.set(0, frames.size());
            pcs.add(this);
        }

        Pc wanting(BitSet blocks) {
            wanted.clear();
            wanted.or(blocks);
            return this;
        }

        Pc startingAfter(Duration wait) {
            network.after(wait, () -> {
                on = true;
                linkFree = clock.nanoTime();
                receiver = new StreamReceiver(STREAM, frames.size(), seal, buffers, clock.nanoTime());
                receiver.want(wanted);
                report();
            });
            return this;
        }

        /** So long, while its JVM compiles and others want its processors, fewer octets come to it, and its reports are half a second apart. */
        Pc coldFor(Duration time, double octets) {
            coldUntil = clock.nanoTime() + time.toNanos();
            coldRate = octets;
            return this;
        }

        private boolean isCold() {
            return clock.nanoTime() - coldUntil < 0;
        }

        /** Was told of the stream, and compares its disk before it listens; for longer than it runs when it dies meanwhile. */
        Pc preparingFor(Duration time) {
            long until = clock.nanoTime() + time.toNanos();
            network.after(Duration.ZERO, () -> prepare(until));
            return this;
        }

        private void prepare(long until) {
            if (left == 0) {
                return;
            }
            if (clock.nanoTime() - until >= 0) {
                startingAfter(Duration.ZERO);
                return;
            }
            send(Report.ofPreparing(frames.size()));
            network.after(StreamPreparing.EVERY, () -> prepare(until));
        }

        Pc dyingAfter(Duration wait) {
            network.after(wait, () -> {
                on = false;
                left = 0;
            });
            return this;
        }

        /** Through a link that holds 50 ms of packets, as a switch does. */
        private void hear(byte[] packet) {
            if (!on || random.chance(weather.loss())) {
                return;
            }
            long now = clock.nanoTime();
            linkFree = linkFree - now < 0 ? now : linkFree;
            if (linkFree - now > 50_000_000) {
                return;
            }
            linkFree += (long) (packet.length * 1e9 / (isCold() ? coldRate : rate));
            long wait = linkFree - now;
            if (random.chance(weather.reordering())) {
                wait += 3_000_000;
            }
            network.after(Duration.ofNanos(wait), () -> arrive(packet));
            if (random.chance(weather.duplication())) {
                network.after(Duration.ofNanos(wait + 1_000_000), () -> arrive(packet));
            }
        }

        private void arrive(byte[] packet) {
            ByteBuffer from = ByteBuffer.wrap(packet);
            StreamPacket header = StreamCodec.decode(from);
            receiver.on(header, from, clock.nanoTime()).ifPresent(complete -> {
                byte[] frame = seal.openBlock(complete.block(), complete.octets(), complete.length())
                        .orElseThrow();
                assertThat(frame).isEqualTo(frames.get(complete.block()));
                assertThat(got.get(complete.block()))
                        .as("twice %s", complete.block())
                        .isFalse();
                got.set(complete.block());
                buffers.release(complete.octets());
            });
        }

        private void report() {
            if (!on || left == 0) {
                return;
            }
            long now = clock.nanoTime();
            send(receiver.report(now));
            if (receiver.standing(now) != StreamReceiver.Standing.LISTENING) {
                finishedAt = finishedAt == 0 ? now : finishedAt;
                left--;
            }
            network.after(isCold() ? COLD : Duration.ofNanos(receiver.reportEvery(now)), this::report);
        }

        private void send(Report report) {
            byte[] packet = ReportCodec.encode(seal.seal(STREAM, number, reports++, report));
            network.with(weather).send(packet, this::told);
        }

        private void told(byte[] packet) {
            ReportCodec.Sealed sealed = ReportCodec.decodeSealed(packet);
            sender.on(sealed.member(), sealed.number(), seal.open(sealed).orElseThrow(), clock.nanoTime());
        }

        StreamReceiver.Standing standing() {
            return receiver.standing(clock.nanoTime());
        }
    }

    Pc pc(Weather weather) {
        return new Pc(weather, 125e6, 200).startingAfter(Duration.ZERO);
    }

    Pc slowPc(double rate, int memory) {
        return new Pc(VirtualRoom.sunny(), rate, memory).startingAfter(Duration.ZERO);
    }

    Pc preparingPc(Duration time) {
        return new Pc(VirtualRoom.sunny(), 125e6, 200).preparingFor(time);
    }

    static Weather sunny() {
        return new Weather(Duration.ofMillis(1), 0, 0, 0);
    }

    static Weather raining(double loss) {
        return new Weather(Duration.ofMillis(1), loss, 0, 0);
    }

    /** Until the stream has ended, or for so long; answers the time that has passed. */
    Duration run(Duration longest) {
        network.after(Duration.ZERO, this::step);
        return network.run(longest);
    }

    private void step() {
        if (sender.isEnded()) {
            return;
        }
        switch (sender.next(clock.nanoTime())) {
            case StreamSender.Next.Beat(StreamPacket.Phase phase, long sequence) -> {
                room.clear();
                StreamCodec.encode(seal.sealBeat(STREAM, sequence, phase), room);
                broadcast(Bytes.of(room.array(), 0, room.position()).toArray());
                network.after(Duration.ofMillis(1), this::step);
            }
            case StreamSender.Next.Rest(long until) ->
                network.after(
                        Duration.ofNanos(Math.clamp(until - clock.nanoTime(), 1_000_000, 20_000_000)), this::step);
            case StreamSender.Next.Send send -> send(send);
        }
    }

    private void send(StreamSender.Next.Send send) {
        room.clear();
        byte[] sealed = seal.sealBlock(send.block(), frames.get(send.block()));
        BlockPackets.Written written =
                BlockPackets.write(STREAM, sender.sequence(), send, sender.nextParity(send.block()), sealed, room);
        sender.sent(send.block(), written.packets(), written.parity(), room.position());
        packets += written.packets();
        double rate = sender.rate();
        int octets = room.position();
        int at = 0;
        while (at < octets) {
            int index = room.get(at + 24) & 0xFF;
            int size = StreamCodec.SYMBOL_HEADER + Block.symbolLength(sealed.length, index);
            byte[] packet = Bytes.of(room.array(), at, size).toArray();
            network.after(Duration.ofNanos((long) (at * 1e9 / rate)), () -> broadcast(packet));
            at += size;
        }
        network.after(Duration.ofNanos((long) (octets * 1e9 / rate)), this::step);
    }

    private void broadcast(byte[] packet) {
        pcs.forEach(pc -> pc.hear(packet));
    }

    /** How many packets one pass without any loss takes. */
    long needed() {
        return frames.stream()
                .mapToLong(frame -> Block.symbols(frame.length + StreamSeal.TAG))
                .sum();
    }
}
