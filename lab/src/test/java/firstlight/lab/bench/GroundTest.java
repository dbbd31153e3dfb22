package firstlight.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GroundTest {
    @Test
    void whatAProgramStartedEndsWithItAlsoWhenItDoesNotHeedTheFirstWord() throws IOException, InterruptedException {
        // as udp-sender does, which blocks SIGTERM, in a shell that waits for it
        Process program = new ProcessBuilder("sh", "-c", "trap '' TERM; sleep 600 & echo started; wait").start();
        program.getInputStream().read();
        List<ProcessHandle> started = program.descendants().toList();
        assertThat(started).isNotEmpty();

        Ground.end(List.of(program));

        assertThat(program.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(started).allSatisfy(each -> assertThat(each.onExit()).succeedsWithin(10, TimeUnit.SECONDS));
    }
}
