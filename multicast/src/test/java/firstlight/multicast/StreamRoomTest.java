package firstlight.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Bytes;
import firstlight.multicast.VirtualRoom.Pc;
import firstlight.testkit.LossyNetwork.Weather;
import firstlight.testkit.Seeded;
import firstlight.wire.multicast.Report;
import firstlight.wire.multicast.StreamPacket;
import firstlight.wire.multicast.StreamSeal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole of a stream under all kinds of weather, in virtual time. Every block is opened and compared. */
class StreamRoomTest {
    private static final StreamSeal SEAL =
            new StreamSeal(Bytes.of(Seeded.fresh().octets(StreamSeal.SECRET)));

    private final Seeded random = Seeded.fresh();
    private final VirtualRoom room = new VirtualRoom(random, 300, 2_000, 60_000);

    private void everyoneHasAll() {
        for (Pc pc : room.pcs) {
            assertThat(pc.standing()).as("PC %s, %s", pc.number, random).isEqualTo(StreamReceiver.Standing.COMPLETE);
            assertThat(pc.got).as("PC %s, %s", pc.number, random).isEqualTo(pc.wanted);
        }
        assertThat(room.sender.isEnded()).isTrue();
    }

    @Test
    void withoutLossEveryBlockIsSentOnceForAll() {
        for (int i = 0; i < 4; i++) {
            room.pc(VirtualRoom.sunny());
        }
        room.sender.expect(4);
        room.run(Duration.ofMinutes(1));
        everyoneHasAll();
        assertThat(room.packets).as("%s", random).isEqualTo(room.needed());
    }

    @Test
    void aParitySymbolMendsDifferentLossesAtDifferentReceivers() {
        for (int i = 0; i < 8; i++) {
            room.pc(VirtualRoom.raining(0.01));
        }
        room.sender.expect(8);
        room.run(Duration.ofMinutes(1));
        everyoneHasAll();
        // Each packet is lost somewhere in 8 % of the cases: resending alone would take that much.
        assertThat(room.packets).as("%s", random).isLessThan(room.needed() * 107 / 100);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.1, 0.3})
    void lossLeavesNoGap(double loss) {
        room.pc(VirtualRoom.raining(loss));
        room.pc(VirtualRoom.raining(loss));
        room.pc(VirtualRoom.sunny());
        room.sender.expect(3);
        room.run(Duration.ofMinutes(5));
        everyoneHasAll();
    }

    @ParameterizedTest
    @ValueSource(doubles = {2e6, 4e6, 8e6})
    void aRoomThatCannotFollowInItsFirstSecondIsSentLittleMoreThanItNeeds(double rate) {
        VirtualRoom small = new VirtualRoom(random, 50, 250_000, 262_000); // 12.8 MB
        for (int i = 0; i < 2; i++) {
            small.pc(VirtualRoom.sunny()).coldFor(Duration.ofSeconds(1), rate);
        }
        small.sender.expect(2);
        small.run(Duration.ofMinutes(1));
        for (Pc pc : small.pcs) {
            assertThat(pc.standing()).as("PC %s, %s", pc.number, random).isEqualTo(StreamReceiver.Standing.COMPLETE);
        }
        assertThat(small.packets).as("%s", random).isLessThan(small.needed() * 13 / 10);
    }

    @Test
    void aRoomThatCanFollowHasSixtyFourMegabytesInASecond() {
        VirtualRoom large = new VirtualRoom(random, 250, 250_000, 262_000);
        for (int i = 0; i < 4; i++) {
            large.new Pc(VirtualRoom.raining(0.01), 1e9, 400).startingAfter(Duration.ZERO);
        }
        large.sender.expect(4);
        long start = large.clock.nanoTime();
        large.run(Duration.ofMinutes(1));
        for (Pc pc : large.pcs) {
            assertThat(Duration.ofNanos(pc.finishedAt - start))
                    .as("PC %s, %s", pc.number, random)
                    .isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void aPcToWhichNoMulticastComesHoldsNobodyAtTheFirstPace() {
        VirtualRoom large = new VirtualRoom(random, 250, 250_000, 262_000);
        Pc hears = large.new Pc(VirtualRoom.sunny(), 1e9, 400).startingAfter(Duration.ZERO);
        large.new Pc(VirtualRoom.raining(1), 1e9, 400).startingAfter(Duration.ZERO);
        large.sender.expect(1);
        long start = large.clock.nanoTime();
        large.run(Duration.ofMinutes(1));
        assertThat(hears.standing()).as("%s", random).isEqualTo(StreamReceiver.Standing.COMPLETE);
        assertThat(Duration.ofNanos(hears.finishedAt - start)).as("%s", random).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void reorderedAndDoubledPacketsDoNoHarm() {
        room.pc(new Weather(Duration.ofMillis(1), 0.01, 0.05, 0.1));
        room.pc(new Weather(Duration.ofMillis(1), 0, 0.2, 0.3));
        room.sender.expect(2);
        room.run(Duration.ofMinutes(1));
        everyoneHasAll();
        assertThat(room.packets).as("%s", random).isLessThan(room.needed() * 6 / 5);
    }

    @Test
    void whoComesInTheMiddleGetsTheBeginningAfterTheEnd() {
        room.pc(VirtualRoom.sunny());
        Pc late = room.new Pc(VirtualRoom.sunny(), 125e6, 200).startingAfter(Duration.ofMillis(150));
        room.sender.expect(1);
        room.run(Duration.ofMinutes(1));
        everyoneHasAll();
        assertThat(room.packets).as("%s", random).isBetween(room.needed() + 100, room.needed() * 2 - 1000);
        assertThat(late.got.cardinality()).isEqualTo(300);
    }

    @Test
    void aPcThatDiesHoldsNobodyUp() {
        room.pc(VirtualRoom.sunny());
        room.pc(VirtualRoom.sunny());
        Pc dying = room.pc(VirtualRoom.sunny()).dyingAfter(Duration.ofMillis(100));
        room.sender.expect(3);
        room.run(Duration.ofMinutes(1));
        room.pcs.remove(dying);
        everyoneHasAll();
    }

    @Test
    void whoNeverComesIsNotWaitedForLongerThanTwentySeconds() {
        Pc pc = room.pc(VirtualRoom.sunny());
        room.sender.expect(2);
        long start = room.clock.nanoTime();
        room.run(Duration.ofMinutes(2));
        everyoneHasAll();
        assertThat(Duration.ofNanos(pc.finishedAt - start)).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(25));
    }

    @Test
    void onlyWhatSomebodyLacksIsSent() {
        BitSet few = new BitSet();
        few.set(10, 20);
        few.set(100);
        room.pc(VirtualRoom.sunny()).wanting(few);
        BitSet others = new BitSet();
        others.set(15, 25);
        room.pc(VirtualRoom.sunny()).wanting(others);
        room.sender.expect(2);
        room.run(Duration.ofMinutes(1));
        everyoneHasAll();
        assertThat(room.packets).as("%s", random).isLessThan(room.needed() / 8);
    }

    @Test
    void aPcWithLittleMemoryGetsAllTheSame() {
        room.slowPc(125e6, 4);
        room.pc(VirtualRoom.raining(0.02));
        room.sender.expect(2);
        room.run(Duration.ofMinutes(5));
        everyoneHasAll();
    }

    @Test
    void oneThatIsTenTimesSlowerDoesNotHoldTheRoomUpAndIsNotLost() {
        VirtualRoom large = new VirtualRoom(random, 600, 40_000, 60_000); // 30 MB
        for (int i = 0; i < 3; i++) {
            large.slowPc(5e6, 400);
        }
        Pc slow = large.slowPc(0.6e6, 400);
        large.sender.expect(4);
        long start = large.clock.nanoTime();
        large.run(Duration.ofMinutes(10));
        for (Pc pc : large.pcs) {
            assertThat(pc.got.cardinality()).as("PC %s, %s", pc.number, random).isEqualTo(600);
        }
        Duration quick = Duration.ofNanos(large.pcs.getFirst().finishedAt - start);
        Duration atTheSlowOnesPace = Duration.ofSeconds(30_000 / 600);
        assertThat(quick).as("%s", random).isLessThan(atTheSlowOnesPace.dividedBy(3));
        assertThat(Duration.ofNanos(slow.finishedAt - start)).isLessThan(atTheSlowOnesPace.multipliedBy(2));
    }

    @Test
    void aRoomThatComparesForMinutesGetsOneStreamAfterwards() {
        for (int seconds : new int[] {400, 403, 407, 412}) {
            room.preparingPc(Duration.ofSeconds(seconds));
        }
        room.sender.expect(4);
        Duration time = room.run(Duration.ofMinutes(30));
        everyoneHasAll();
        assertThat(room.packets).as("%s", random).isEqualTo(room.needed());
        assertThat(time).isLessThan(Duration.ofMinutes(8)); // virtual
    }

    @Test
    void whoIsDoneLongBeforeTheOthersHaveComparedDoesNotEndTheStream() {
        room.pc(VirtualRoom.sunny());
        room.preparingPc(Duration.ofMinutes(15));
        room.sender.expect(2);
        room.run(Duration.ofMinutes(30));
        everyoneHasAll();
    }

    @Test
    void aPcThatIsSwitchedOffWhileItComparesDoesNotHoldTheStream() {
        room.pc(VirtualRoom.sunny());
        Pc dying = room.preparingPc(Duration.ofHours(1)).dyingAfter(Duration.ofMinutes(5));
        room.sender.expect(2);
        Duration time = room.run(Duration.ofHours(2));
        room.pcs.remove(dying);
        everyoneHasAll();
        assertThat(time).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(5).plusSeconds(15));
    }

    @Test
    void aPcThatHangsBeforeItListensDoesNotHoldTheStreamForEver() {
        StreamSender sender = new StreamSender(100, Double.POSITIVE_INFINITY, 0);
        sender.expect(1);
        Duration time = Duration.ZERO;
        for (int i = 0; !sender.isEnded() && time.toDays() < 3; i++) {
            time = time.plusSeconds(1);
            sender.on(1, i, Report.ofPreparing(100), time.toNanos());
            sender.next(time.toNanos());
        }
        assertThat(time).isBetween(Duration.ofHours(12), Duration.ofHours(13));
    }

    @Test
    void oneThatComparesDoesNotKeepAStragglerFromItsBlocks() {
        VirtualRoom large = new VirtualRoom(random, 600, 40_000, 60_000); // 30 MB
        for (int i = 0; i < 3; i++) {
            large.slowPc(5e6, 400);
        }
        large.slowPc(0.6e6, 400);
        large.preparingPc(Duration.ofMinutes(10));
        large.sender.expect(4);
        large.run(Duration.ofMinutes(30));
        for (Pc pc : large.pcs) {
            assertThat(pc.got.cardinality()).as("PC %s, %s", pc.number, random).isEqualTo(600);
        }
    }

    @Test
    void oneThatComparesChangesNothingForThoseThatLoseWhatTheyAlwaysLose() {
        room.pc(VirtualRoom.raining(0.08));
        room.pc(VirtualRoom.raining(0.08));
        room.preparingPc(Duration.ofMinutes(2)).dyingAfter(Duration.ofMinutes(1));
        room.sender.expect(2);
        room.run(Duration.ofMinutes(10));
        room.pcs.removeLast();
        everyoneHasAll();
    }

    @Test
    void theLossOfOneThatWasSwitchedOffIsNotMendedForTheOthers() {
        StreamSender sender = new StreamSender(100, Double.POSITIVE_INFINITY, 0);
        sender.expect(2);
        long time = 0;
        for (int i = 0; i < 4; i++) { // loses half of all packets
            sender.on(1, i, new Report(100L * i, 50L * i, 100, 0, List.of()), time += 100_000_000);
        }
        time += 4_000_000_000L;
        sender.on(2, 0, new Report(300, 300, 20, 0, List.of(new Report.Want(5, 1, 10))), time);
        assertThat(sender.next(time)).isInstanceOfSatisfying(StreamSender.Next.Send.class, send -> {
            assertThat(send.block()).isEqualTo(5);
            assertThat(send.symbols()).isEqualTo(10);
        });
    }

    @Test
    void aForgedSequenceIsNotTakenForTheStreams() {
        StreamReceiver receiver = new StreamReceiver(VirtualRoom.STREAM, 100, SEAL, new Buffers(4), 0);
        for (long sequence : new long[] {10, 1L << 62, 11, 12}) {
            receiver.on(
                    SEAL.sealBeat(VirtualRoom.STREAM, sequence, StreamPacket.Phase.IDLE),
                    ByteBuffer.allocate(0),
                    sequence);
        }
        assertThat(receiver.report(100).heard()).isEqualTo(12);
        assertThat(receiver.report(100).received()).isEqualTo(3);
    }

    /** A disk that tries a sector again, or whose link is reset, answers after many seconds; all buffers wait for it meanwhile. */
    @Test
    void aPcWhoseDiskStandsStillListensOn() {
        Buffers buffers = new Buffers(1);
        StreamReceiver receiver = new StreamReceiver(VirtualRoom.STREAM, 100, SEAL, buffers, 0);
        BitSet all = new BitSet();
        all.set(0, 100);
        receiver.want(all);
        byte[] waiting = buffers.take().orElseThrow();
        long second = 1_000_000_000L;
        for (int i = 0; i < 30; i++) {
            StreamPacket symbol = new StreamPacket.Symbol(VirtualRoom.STREAM, i, i, 1000, 0);
            assertThat(receiver.on(symbol, ByteBuffer.allocate(1000), i * second))
                    .isEmpty();
            assertThat(receiver.standing(i * second)).isEqualTo(StreamReceiver.Standing.LISTENING);
        }
        buffers.release(waiting);
        StreamPacket symbol = new StreamPacket.Symbol(VirtualRoom.STREAM, 30, 30, 1000, 0);
        assertThat(receiver.on(symbol, ByteBuffer.allocate(1000), 30 * second))
                .hasValueSatisfying(block -> assertThat(block.block()).isEqualTo(30));
    }

    @Test
    void aPcWhoseDiskIsDeadLeaves() {
        StreamReceiver receiver = new StreamReceiver(VirtualRoom.STREAM, 100, SEAL, new Buffers(0), 0);
        BitSet all = new BitSet();
        all.set(0, 100);
        receiver.want(all);
        long second = 1_000_000_000L;
        for (int i = 0; i < 100; i++) {
            StreamPacket symbol = new StreamPacket.Symbol(VirtualRoom.STREAM, i, i, 1000, 0);
            assertThat(receiver.on(symbol, ByteBuffer.allocate(1000), i * second))
                    .isEmpty();
        }
        assertThat(receiver.standing(90 * second)).isEqualTo(StreamReceiver.Standing.LISTENING);
        assertThat(receiver.standing(100 * second)).isEqualTo(StreamReceiver.Standing.USELESS);
    }

    @Test
    void aForgedBeatEndsNothing() {
        StreamReceiver receiver = new StreamReceiver(VirtualRoom.STREAM, 100, SEAL, new Buffers(4), 0);
        BitSet all = new BitSet();
        all.set(0, 100);
        receiver.want(all);
        StreamPacket.Beat ours = SEAL.sealBeat(VirtualRoom.STREAM, 10, StreamPacket.Phase.IDLE);
        for (StreamPacket.Beat forged : List.of(
                new StreamPacket.Beat(VirtualRoom.STREAM, 10, StreamPacket.Phase.ENDED, ours.tag()),
                new StreamSeal(Bytes.of(random.octets(StreamSeal.SECRET)))
                        .sealBeat(VirtualRoom.STREAM, 10, StreamPacket.Phase.ENDED))) {
            receiver.on(forged, ByteBuffer.allocate(0), 1);
        }
        assertThat(receiver.report(2).heard()).isEqualTo(-1);
        assertThat(receiver.standing(2)).isEqualTo(StreamReceiver.Standing.LISTENING);
        receiver.on(SEAL.sealBeat(VirtualRoom.STREAM, 11, StreamPacket.Phase.ENDED), ByteBuffer.allocate(0), 3);
        assertThat(receiver.standing(4)).isEqualTo(StreamReceiver.Standing.USELESS);
    }

    @Test
    void aLateMembersFirstPacketsTellNothingOfItsLoss() {
        StreamSender sender = new StreamSender(100, Double.POSITIVE_INFINITY, 0);
        List<Report.Want> all = List.of(new Report.Want(0, 100, 0));
        sender.on(1, 0, new Report(-1, 0, 100, 0, all), 100_000_000);
        sender.on(1, 1, new Report(1_000_000, 3, 100, 0, all), 200_000_000);
        assertThat(sender.standing(1, 200_000_000).orElseThrow().loss()).isZero();
    }
}
