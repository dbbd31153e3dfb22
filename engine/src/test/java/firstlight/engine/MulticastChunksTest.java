package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.chunk.ChunkStream.Arrival;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which streams a PC listens to, one after the other. */
class MulticastChunksTest {
    private final List<String> told = new ArrayList<>();
    private final Deque<Ear> coming = new ArrayDeque<>();
    private int asked;

    /** One that brings some chunks and then ends. */
    private static final class Ear implements StreamEar {
        private final boolean brokeOff;
        private final Deque<Integer> brings = new ArrayDeque<>();
        private final BitSet wanted = new BitSet();
        private int stream = 1;
        private boolean hasHeard = true;
        private boolean listened;
        private boolean closed;

        Ear(boolean brokeOff, Integer... brings) {
            this.brokeOff = brokeOff;
            this.brings.addAll(List.of(brings));
        }

        Ear ofStream(int number) {
            stream = number;
            return this;
        }

        Ear deaf() {
            hasHeard = false;
            return this;
        }

        @Override
        public int stream() {
            return stream;
        }

        @Override
        public boolean hasHeard() {
            return hasHeard;
        }

        @Override
        public int blocks() {
            return 10;
        }

        @Override
        public void want(BitSet chunks) {
            wanted.or(chunks);
            listened = true;
        }

        @Override
        public Optional<Arrival> next() {
            return Optional.ofNullable(brings.poll()).map(chunk -> new Arrival(chunk, new byte[1 << 20]));
        }

        @Override
        public boolean brokeOff() {
            return brokeOff;
        }

        @Override
        public long foreign() {
            return 1;
        }

        @Override
        public String words() {
            return "that was it";
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private MulticastChunks chunks(Ear first) {
        return new MulticastChunks(
                Optional.of(first),
                () -> {
                    asked++;
                    if (coming.isEmpty()) {
                        throw new IOException("no server");
                    }
                    return Optional.of(coming.remove());
                },
                told::add);
    }

    private static List<Integer> all(MulticastChunks from) throws IOException {
        List<Integer> came = new ArrayList<>();
        for (Optional<Arrival> next = from.next(); next.isPresent(); next = from.next()) {
            came.add(next.get().chunk());
        }
        return came;
    }

    private static BitSet wish() {
        return BitSet.valueOf(new long[] {0b1111});
    }

    @Test
    void aStreamThatBreaksOffIsJoinedAgainForWhatIsMissing() throws Exception {
        Ear first = new Ear(true, 3, 1);
        Ear second = new Ear(false, 0);
        coming.add(second);
        try (MulticastChunks chunks = chunks(first)) {
            chunks.want(wish());
            assertThat(all(chunks)).containsExactly(3, 1, 0);
            assertThat(chunks.next()).isEmpty();
            assertThat(chunks.words())
                    .isEqualTo(", 3 MiB of them by multicast (2 blocks held something that the server had not sent)");
        }
        assertThat(second.wanted).isEqualTo(BitSet.valueOf(new long[] {0b101}));
        assertThat(asked).isOne();
        assertThat(first.closed && second.closed).isTrue();
    }

    @Test
    void oneThatHadNothingMoreOrBroughtAllIsNotAskedForAgain() throws Exception {
        for (Ear ear : List.of(new Ear(false, 1), new Ear(true, 0, 1, 2, 3))) {
            try (MulticastChunks chunks = chunks(ear)) {
                chunks.want(wish());
                all(chunks);
            }
            assertThat(ear.closed).isTrue();
        }
        assertThat(asked).isZero();
    }

    /** Its server was started anew while the disk was compared. */
    @Test
    void oneThatBroughtNothingIsAskedForOnceMore() throws Exception {
        coming.add(new Ear(true, 2).ofStream(2));
        try (MulticastChunks chunks = chunks(new Ear(true).deaf())) {
            chunks.want(wish());
            assertThat(all(chunks)).containsExactly(2);
        }
    }

    @Test
    void aStreamThatGoesOnWhereNothingCameIsNotListenedToAgain() throws Exception {
        Ear same = new Ear(true).deaf();
        coming.add(same);
        try (MulticastChunks chunks = chunks(new Ear(true).deaf())) {
            chunks.want(wish());
            assertThat(all(chunks)).isEmpty();
        }
        assertThat(same.listened).isFalse();
        assertThat(same.closed).isTrue();
        assertThat(told).filteredOn("that was it"::equals).hasSize(1);
    }

    @Test
    void oneThatBreaksOffAgainWithoutABlockIsTheLast() throws Exception {
        coming.add(new Ear(true));
        coming.add(new Ear(true, 0));
        try (MulticastChunks chunks = chunks(new Ear(true, 1))) {
            chunks.want(wish());
            assertThat(all(chunks)).containsExactly(1);
        }
        assertThat(asked).isOne();
    }

    @Test
    void whereItCannotBeJoinedAgainTheRestIsLeftToUnicast() throws Exception {
        try (MulticastChunks chunks = chunks(new Ear(true, 2))) {
            chunks.want(wish());
            assertThat(all(chunks)).containsExactly(2);
        }
        assertThat(told).contains("the multicast stream cannot be joined again: no server");
    }

    @Test
    void aPcThatNeverListensLetsItsStreamGo() {
        Ear ear = new Ear(false);
        chunks(ear).close();
        assertThat(ear.closed).isTrue();
    }
}
