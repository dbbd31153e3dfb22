package firstlight.netboot.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.netboot.tftp.ReadTransfer.Ended;
import firstlight.netboot.tftp.ReadTransfer.Sending;
import firstlight.netboot.tftp.ReadTransfer.Step;
import firstlight.netboot.tftp.SimulatedTransfer.Manner;
import firstlight.testkit.LossyNetwork.Weather;
import firstlight.testkit.Seeded;
import firstlight.testkit.VirtualClock;
import firstlight.wire.tftp.TftpOption;
import firstlight.wire.tftp.TftpOption.BlockSize;
import firstlight.wire.tftp.TftpOption.WindowSize;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadTransferTest {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(4);
    private static final Weather FINE = new Weather(Duration.ofMillis(1), 0, 0, 0);

    private final VirtualClock clock = new VirtualClock();

    private static Terms terms(int blockSize, int windowSize) {
        return new Terms(
                blockSize,
                windowSize,
                LONGEST_WAIT,
                List.<TftpOption>of(new BlockSize(blockSize), new WindowSize(windowSize)));
    }

    private static Terms plain() {
        return new Terms(512, 1, LONGEST_WAIT, List.of());
    }

    private Step on(ReadTransfer state, Input input) {
        return ReadTransfer.on(state, input, clock.nanoTime());
    }

    private Step ack(ReadTransfer state, int block) {
        clock.advance(Duration.ofMillis(1));
        return on(state, new Input.Ack(block));
    }

    /** A transfer whose OACK was acknowledged after 1 ms. */
    private Step accepted(Terms terms, long size) {
        return ack(ReadTransfer.begin(terms, size, clock.nanoTime()).state(), 0);
    }

    @Test
    void withoutOptionsTheFirstBlockIsTheAnswer() {
        assertThat(ReadTransfer.begin(plain(), 600, 0).effects()).containsExactly(new Effect.SendData(1, 1));
    }

    @Test
    void withOptionsTheOackWaitsForAckZero() {
        Step offered = ReadTransfer.begin(terms(1468, 4), 284_160, 0);
        assertThat(offered.effects()).containsExactly(new Effect.SendOptionAck());
        assertThat(on(offered.state(), new Input.Ack(1)).effects()).isEmpty();
        assertThat(on(offered.state(), new Input.Ack(0)).effects()).containsExactly(new Effect.SendData(1, 4));
    }

    @Test
    void aProbeThatEndsWithErrorEightIsASuccess() {
        Step offered = ReadTransfer.begin(terms(1468, 4), 284_160, 0);
        Step probed = on(offered.state(), new Input.ErrorPacket(8, "User aborted the transfer"));
        assertThat(probed.state()).isEqualTo(new Ended(new Outcome.Probed()));
        assertThat(probed.effects()).isEmpty();
    }

    @Test
    void anErrorInTheMiddleIsTheClientsWord() {
        Step sending = accepted(terms(1468, 4), 284_160);
        assertThat(on(sending.state(), new Input.ErrorPacket(3, "disk full")).state())
                .isEqualTo(new Ended(new Outcome.Aborted(3, "disk full")));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "511, 1", "512, 2", "513, 2", "1024, 3"})
    void theLastBlockIsShortAndMayBeEmpty(long size, long blocks) {
        Step step = ReadTransfer.begin(plain(), size, clock.nanoTime());
        for (int block = 1; block < blocks; block++) {
            step = ack(step.state(), block);
            assertThat(step.effects()).containsExactly(new Effect.SendData(block + 1, 1));
        }
        assertThat(ack(step.state(), (int) blocks).state()).isEqualTo(new Ended(new Outcome.Delivered(true)));
    }

    @Test
    void aDuplicateAckIsNeverAnsweredWithData() {
        Step step = ReadTransfer.begin(plain(), 5_000, clock.nanoTime());
        step = ack(step.state(), 1);
        assertThat(ack(step.state(), 1).effects()).isEmpty();
        assertThat(ack(step.state(), 0).effects()).isEmpty();
        assertThat(ack(step.state(), 1).effects()).isEmpty();
    }

    @Test
    void anAckOfSomethingNeverSentIsIgnored() {
        Step step = accepted(terms(512, 4), 50_000);
        assertThat(ack(step.state(), 5).effects()).isEmpty();
        assertThat(ack(step.state(), 0xFFFF).effects()).isEmpty();
    }

    @Test
    void anAckInsideTheWindowMovesItOnFromThere() {
        Step step = accepted(terms(512, 4), 50_000);
        assertThat(ack(step.state(), 2).effects()).containsExactly(new Effect.SendData(3, 4));
    }

    @Test
    void straysOfEdk2RestartAWindowOnce() {
        Step restarted = ack(accepted(terms(512, 4), 50_000).state(), 2);
        Step stray = on(restarted.state(), new Input.Ack(2));
        assertThat(stray.effects()).isEmpty();
        assertThat(on(stray.state(), new Input.Ack(2)).effects()).isEmpty();
    }

    @Test
    void aRepairThatIsLostTooIsRepairedAfterARoundTrip() {
        Step restarted = ack(accepted(terms(512, 4), 50_000).state(), 2);
        clock.advance(Duration.ofMillis(2));
        assertThat(on(restarted.state(), new Input.Ack(2)).effects()).containsExactly(new Effect.SendData(3, 4));
    }

    @Test
    void theFirstBlockOfAWindowCanBeMissedToo() {
        Step second = ack(accepted(terms(512, 4), 50_000).state(), 4);
        assertThat(ack(second.state(), 4).effects()).containsExactly(new Effect.SendData(5, 4));
    }

    @Test
    void doubledWindowsDoNotDoubleTheNextOne() {
        Step sending = accepted(terms(512, 4), 50_000);
        clock.advance(Duration.ofSeconds(1));
        Step repeated = on(sending.state(), new Input.Tick());
        assertThat(repeated.effects()).containsExactly(new Effect.SendData(1, 4));
        Step next = ack(repeated.state(), 4);
        assertThat(next.effects()).containsExactly(new Effect.SendData(5, 4));
        assertThat(ack(next.state(), 4).effects()).isEmpty();
    }

    @Test
    void aLostBlockOnALanCostsMillisecondsNotASecond() {
        Step step = accepted(terms(1468, 1), 1_000_000);
        for (int block = 1; block < 20; block++) {
            step = ack(step.state(), block);
        }
        long wait = ReadTransfer.deadline(step.state()) - clock.nanoTime();
        assertThat(Duration.ofNanos(wait)).isLessThanOrEqualTo(Duration.ofMillis(20));
    }

    @Test
    void aSlowClientIsWaitedForLonger() {
        Step step = accepted(terms(1468, 1), 1_000_000);
        for (int block = 1; block < 40; block++) {
            clock.advance(Duration.ofMillis(299));
            step = ack(step.state(), block);
        }
        long wait = ReadTransfer.deadline(step.state()) - clock.nanoTime();
        assertThat(Duration.ofNanos(wait)).isGreaterThan(Duration.ofMillis(300));
    }

    @Test
    void waitsDoubleUpToTheLongestAndEndWithAnError() {
        Step step = accepted(terms(1468, 4), 1_000_000);
        long start = clock.nanoTime();
        int repeats = 0;
        while (!(step.state() instanceof Ended)) {
            long wait = ReadTransfer.deadline(step.state()) - clock.nanoTime();
            assertThat(Duration.ofNanos(wait)).isLessThanOrEqualTo(LONGEST_WAIT);
            clock.advance(Duration.ofNanos(wait));
            step = on(step.state(), new Input.Tick());
            repeats++;
        }
        assertThat(step.state()).isEqualTo(new Ended(new Outcome.TimedOut()));
        assertThat(step.effects()).hasSize(1).first().isInstanceOf(Effect.SendError.class);
        assertThat(repeats).isBetween(8, 20);
        assertThat(Duration.ofNanos(clock.nanoTime() - start))
                .isBetween(ReadTransfer.GIVE_UP, ReadTransfer.GIVE_UP.plus(LONGEST_WAIT));
    }

    @Test
    void aClientThatRepeatsItsLastWordForEverIsGivenUpAllTheSame() {
        assertThat(repeating(ack(accepted(terms(1468, 4), 1_000_000).state(), 4), new Input.Ack(4)))
                .isBetween(ReadTransfer.GIVE_UP, ReadTransfer.GIVE_UP.plusSeconds(1));
        assertThat(repeating(accepted(terms(1468, 4), 1_000_000), new Input.RequestAgain()))
                .isBetween(ReadTransfer.GIVE_UP, ReadTransfer.GIVE_UP.plusSeconds(1));
        assertThat(repeating(ReadTransfer.begin(terms(1468, 4), 1_000_000, clock.nanoTime()), new Input.RequestAgain()))
                .isBetween(ReadTransfer.GIVE_UP, ReadTransfer.GIVE_UP.plusSeconds(1));
    }

    /** How long a client is served that says {@code word} every 100 ms; two minutes at most. */
    private Duration repeating(Step first, Input word) {
        Step step = first;
        long start = clock.nanoTime();
        while (!(step.state() instanceof Ended)
                && clock.nanoTime() - start < Duration.ofMinutes(2).toNanos()) {
            clock.advance(Duration.ofMillis(100));
            boolean due = ReadTransfer.deadline(step.state()) - clock.nanoTime() <= 0;
            step = on(step.state(), due ? new Input.Tick() : word);
        }
        return Duration.ofNanos(clock.nanoTime() - start);
    }

    @Test
    void aTickBeforeTheDeadlineDoesNothing() {
        Step step = accepted(terms(1468, 4), 1_000_000);
        assertThat(on(step.state(), new Input.Tick()).effects()).isEmpty();
    }

    @Test
    void aClientThatLeavesWithoutItsLastAckHasItsFile() {
        Step step = ReadTransfer.begin(plain(), 100, clock.nanoTime());
        while (!(step.state() instanceof Ended)) {
            clock.advance(Duration.ofNanos(ReadTransfer.deadline(step.state()) - clock.nanoTime()));
            step = on(step.state(), new Input.Tick());
        }
        assertThat(step.state()).isEqualTo(new Ended(new Outcome.Delivered(false)));
        assertThat(step.effects()).isEmpty();
    }

    @Test
    void aRepeatedRequestGetsTheSameAnswerOnce() {
        Step offered = ReadTransfer.begin(terms(1468, 4), 284_160, clock.nanoTime());
        assertThat(on(offered.state(), new Input.RequestAgain()).effects()).containsExactly(new Effect.SendOptionAck());
        Step plain = ReadTransfer.begin(plain(), 5_000, clock.nanoTime());
        assertThat(on(plain.state(), new Input.RequestAgain()).effects()).containsExactly(new Effect.SendData(1, 1));
        assertThat(on(ack(plain.state(), 1).state(), new Input.RequestAgain()).effects())
                .isEmpty();
    }

    @Test
    void theSameRequestAfterASilenceIsANewBeginning() {
        Step step = ack(accepted(terms(1468, 4), 284_160).state(), 4);
        assertThat(ReadTransfer.isRepeatedRequest(step.state(), clock.nanoTime()))
                .isTrue();
        clock.advance(Duration.ofSeconds(2));
        assertThat(ReadTransfer.isRepeatedRequest(step.state(), clock.nanoTime()))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 64})
    void blockNumbersRollOverToZero(int window) {
        long size = 512L * 140_000 + 7;
        var transfer = new SimulatedTransfer(terms(512, window), size, Manner.RFC, Seeded.fresh(), FINE);
        transfer.run();
        assertThat(transfer.clientHasAll()).isTrue();
        assertThat(transfer.sentBlocks).isEqualTo(140_001);
        assertThat(transfer.state).isEqualTo(new Ended(new Outcome.Delivered(true)));
    }

    @ParameterizedTest
    @EnumSource(Manner.class)
    void everyMannerOfClientGetsEverythingInBadWeather(Manner manner) {
        for (int window : new int[] {1, 2, 4, 16, 64}) {
            for (int round = 0; round < 20; round++) {
                Seeded random = Seeded.fresh();
                Weather bad = new Weather(Duration.ofMillis(1), 0.03, 0.02, 0.02);
                var transfer = new SimulatedTransfer(terms(1468, window), 1_000_000, manner, random, bad);
                transfer.run();
                assertThat(transfer.clientHasAll())
                        .as("%s, window %d, %s, %s", manner, window, random, transfer.state)
                        .isTrue();
                assertThat(transfer.ended()).as("%s", random).isTrue();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"RFC, 16", "EDK2, 16", "EDK2, 4", "RFC, 64"})
    void lossOfOneInAThousandCostsLittleTimeAndLittleTraffic(Manner manner, int window) {
        Weather calm = new Weather(Duration.ofMillis(1), 0, 0, 0);
        Weather lossy = new Weather(Duration.ofMillis(1), 0.001, 0, 0);
        long size = 16L << 20;
        var without = new SimulatedTransfer(terms(1428, window), size, manner, Seeded.of(1), calm);
        Duration calmTime = without.run();
        for (int round = 0; round < 10; round++) {
            Seeded random = Seeded.fresh();
            var transfer = new SimulatedTransfer(terms(1428, window), size, manner, random, lossy);
            Duration time = transfer.run();
            assertThat(transfer.clientHasAll()).as("%s", random).isTrue();
            // A loss costs a round trip and the shortest wait, twice
            // that when what is sent again is lost too; never a second.
            Duration allowed = calmTime.plus(Duration.ofMillis(45).multipliedBy(transfer.network.lost() + 1));
            assertThat(time)
                    .as("%s lost %d calm %s", random, transfer.network.lost(), calmTime)
                    .isLessThan(allowed);
            assertThat(transfer.sentBlocks - without.sentBlocks)
                    .as("blocks sent again, %s, lost %d", random, transfer.network.lost())
                    .isLessThan((transfer.network.lost() + 1) * 3L * window);
        }
    }

    @Test
    void aDoublingNetworkDoesNotMultiplyTheTraffic() {
        Weather doubling = new Weather(Duration.ofMillis(1), 0, 0.3, 0.3);
        for (Manner manner : Manner.values()) {
            Seeded random = Seeded.fresh();
            var transfer = new SimulatedTransfer(terms(1428, 1), 1_000_000, manner, random, doubling);
            transfer.run();
            assertThat(transfer.clientHasAll()).as("%s", random).isTrue();
            assertThat(transfer.sentBlocks).as("%s %s", manner, random).isEqualTo(701);
        }
    }

    @Test
    void aJumpOfIpxesAcksIsFollowed() {
        Step sending = accepted(terms(1432, 16), 1_000_000);
        assertThat(((Sending) ack(sending.state(), 13).state()).blocks().acked())
                .isEqualTo(13);
    }
}
