package firstlight.server.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.chunk.ChunkId;
import firstlight.image.manifest.ImageKind;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.VersionNotes;
import firstlight.model.Bytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChunkSetsTest {
    private static final Mending UNMENDED = (_, failure) -> {
        throw failure;
    };

    private final List<Integer> read = Collections.synchronizedList(new ArrayList<>());

    @Test
    void aRoomsVersionsAreReadOnceEachHoweverManyTheyAre() throws Exception {
        ChunkSets sets = new ChunkSets(this::set, UNMENDED, ChunkSets.KEPT);
        for (int round = 0; round < 3; round++) {
            for (int number = 1; number <= 40; number++) {
                assertThat(sets.of(version(number)).size()).isEqualTo(10);
            }
        }

        assertThat(read).hasSize(40);
    }

    @Test
    void whatWasAskedForLastIsKept() throws Exception {
        ChunkSets sets = new ChunkSets(this::set, UNMENDED, 25);
        for (int number : new int[] {1, 2, 1, 3, 1, 2}) {
            sets.of(version(number));
        }

        assertThat(read).containsExactly(1, 2, 3, 2);
    }

    @Test
    void oneThatIsReadSlowlyKeepsNobodyElseWaiting() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ChunkSets sets = new ChunkSets(
                version -> {
                    if (version.number() == 1) {
                        reading.countDown();
                        await(go);
                    }
                    return set(version);
                },
                UNMENDED,
                ChunkSets.KEPT);
        FutureTask<ChunkSet> slow = new FutureTask<>(() -> sets.of(version(1)));
        FutureTask<ChunkSet> other = new FutureTask<>(() -> sets.of(version(2)));
        Thread.ofVirtual().start(slow);
        reading.await();
        Thread.ofVirtual().start(other);
        try {
            assertThat(other.get(30, TimeUnit.SECONDS).size()).isEqualTo(10);
        } finally {
            go.countDown();
        }
        assertThat(slow.get(30, TimeUnit.SECONDS).size()).isEqualTo(10);
    }

    private ChunkSet set(ImageVersion version) {
        read.add(version.number());
        return ChunkSet.of(ids -> {
            for (int i = 0; i < 10; i++) {
                ids.accept(new ChunkId(version.number() * 100L + i, 0, 0, 0));
            }
        });
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ImageVersion version(int number) {
        return new ImageVersion(
                new ImageName("room12"),
                number,
                ImageKind.BASE,
                Bytes.ofHex("%064x".formatted(number)),
                Instant.EPOCH,
                0,
                0,
                false,
                "",
                VersionNotes.NONE);
    }
}
