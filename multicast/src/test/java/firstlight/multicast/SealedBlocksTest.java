package firstlight.multicast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.Bytes;
import firstlight.testkit.Seeded;
import firstlight.wire.multicast.Report;
import firstlight.wire.multicast.StreamSeal;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SealedBlocksTest {
    private final Seeded random = Seeded.fresh();
    private final StreamSeal seal = new StreamSeal(Bytes.of(random.octets(StreamSeal.SECRET)));
    private final List<byte[]> frames = List.of(random.octets(1000), random.octets(2000), random.octets(3000));

    @Test
    void whatIsSentNextIsReadByAnotherThreadBeforeItIsAskedFor() throws Exception {
        Set<Thread> readers = ConcurrentHashMap.newKeySet();
        CountDownLatch read = new CountDownLatch(2);
        BlockSource source = block -> {
            readers.add(Thread.currentThread());
            read.countDown();
            return frames.get(block);
        };
        try (SealedBlocks blocks = new SealedBlocks(source, 3, seal)) {
            blocks.prepare(List.of(1, 2));
            assertThat(read.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(blocks.get(2)).contains(seal.sealBlock(2, frames.get(2)));
            assertThat(readers).doesNotContain(Thread.currentThread());
        }
    }

    @Test
    void aBlockThatCouldNotBeReadAheadIsComplainedOfWhenItIsAskedFor() {
        BlockSource source = block -> {
            throw new IOException("no such chunk: " + block);
        };
        try (SealedBlocks blocks = new SealedBlocks(source, 3, seal)) {
            blocks.prepare(List.of(0));
            assertThatThrownBy(() -> blocks.get(0))
                    .isInstanceOf(IOException.class)
                    .hasMessage("no such chunk: 0");
        }
    }

    @Test
    void twoFramesOfOneBlockAreNeverSealedBoth() throws Exception {
        int[] asked = new int[1];
        BlockSource source = block -> frames.get(block < 2 ? asked[0]++ / 2 : block % 3);
        try (SealedBlocks blocks = new SealedBlocks(source, 400, seal)) {
            for (int block = 0; block < 400; block++) {
                assertThat(blocks.get(block)).isPresent(); // until blocks 0 and 1 are not kept any more
            }
            blocks.prepare(List.of(0));
            assertThatThrownBy(() -> blocks.get(0))
                    .as("told once, for there may be thousands")
                    .hasMessageContaining("another frame of it since it was sent (packed anew, or healed)");
            assertThat(blocks.get(1)).isEmpty();
            assertThat(blocks.get(0)).isEmpty();
        }
    }

    @Test
    void aStreamThatHasEndedHoldsNoBlocks() throws Exception {
        SealedBlocks blocks = new SealedBlocks(frames::get, 3, seal);
        blocks.prepare(List.of(0, 1));
        assertThat(blocks.get(2)).isPresent();
        assertThat(blocks.held()).isEqualTo(3);
        blocks.close();
        assertThat(blocks.held()).isZero();
    }

    @Test
    void wholeBlocksAreUpcomingInTheCircleInWhichTheyAreSent() {
        Wants wants = new Wants(10);
        wants.add(new Report(0, 0, 4, 0, List.of(new Report.Want(2, 3, 0), new Report.Want(8, 1, 0))));
        assertThat(wants.upcoming(9)).containsExactly(2, 3, 4, 8);
        assertThat(wants.take()).isEqualTo(new Wants.Next(2, 0));
        assertThat(wants.take()).isEqualTo(new Wants.Next(3, 0));
        wants.add(new Report(100, 0, 4, 0, List.of(new Report.Want(0, 2, 0))));
        assertThat(wants.upcoming(3)).containsExactly(4, 8, 0);
        assertThat(wants.upcoming(9)).containsExactly(4, 8, 0, 1);
    }
}
