package firstlight.image.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A kernel that moves less than it was asked to. */
class TransfersTest {
    private final List<Long> offsets = new ArrayList<>();
    private int pauses;

    /** Each element is an answer: octets that were moved, or a negative errno. */
    private int transfer(ByteBuffer octets, long... answers) {
        int[] call = {0};
        return Transfers.all(
                (buffer, offset) -> {
                    offsets.add(offset);
                    long answer = answers[Math.min(call[0]++, answers.length - 1)];
                    if (answer > 0) {
                        buffer.position(buffer.position() + (int) answer);
                    }
                    return answer;
                },
                octets,
                1000,
                () -> pauses++);
    }

    @Test
    void goesOnWhereAShortCountLeftOff() {
        ByteBuffer octets = ByteBuffer.allocateDirect(10);
        assertThat(transfer(octets, 3, 1, 6)).isZero();
        assertThat(offsets).containsExactly(1000L, 1003L, 1004L);
        assertThat(octets.hasRemaining()).isFalse();
    }

    @Test
    void asksAgainWhenItWasInterruptedOrThereIsNoRoomJustNow() {
        assertThat(transfer(ByteBuffer.allocateDirect(10), -Errno.EINTR, 4, -Errno.EAGAIN, -Errno.EINTR, 6))
                .isZero();
        assertThat(offsets).containsExactly(1000L, 1000L, 1004L, 1004L, 1004L);
    }

    @Test
    void doesNotAskForEverWhereThereNeverIsRoom() {
        assertThat(transfer(ByteBuffer.allocateDirect(10), -Errno.EAGAIN)).isEqualTo(-Errno.EAGAIN);
        assertThat(pauses).isEqualTo(1000);
    }

    @Test
    void tellsWhatStoppedItAndHowFarItCame() {
        ByteBuffer octets = ByteBuffer.allocateDirect(10);
        assertThat(transfer(octets, 4, -Errno.EIO)).isEqualTo(-Errno.EIO);
        assertThat(octets.position()).isEqualTo(4);
    }

    @Test
    void anEndIsNoError() {
        assertThat(transfer(ByteBuffer.allocateDirect(10), 4, 0)).isEqualTo(Transfers.END);
    }

    @Test
    void saysWhatTheNumbersMean() {
        assertThat(Errno.words(61)).isEqualTo("the disk cannot read what it holds there (medium error) (errno 61)");
        assertThat(Errno.words(99)).isEqualTo("errno 99");
    }
}
