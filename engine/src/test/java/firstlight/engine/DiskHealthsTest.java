package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.disk.HealthQuestion.Language;
import firstlight.image.health.DiskHealth;
import firstlight.image.health.DiskHealth.Verdict;
import firstlight.model.FactName;
import firstlight.model.Facts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskHealthsTest {
    private static final DiskHealth GOOD = new DiskHealth(Verdict.GOOD, List.of());

    @TempDir
    Path root;

    @BeforeEach
    void aPcWithFourDisks() throws IOException {
        disk("nvme0n1", "");
        disk("sda", "ATA     ");
        disk("sdb", "DELL    "); // a RAID controller's volume
        disk("vda", "");
    }

    private void disk(String name, String vendor) throws IOException {
        Path folder = Files.createDirectories(root.resolve("sys/block").resolve(name));
        Files.writeString(folder.resolve("size"), "16384\n");
        Files.writeString(Files.createDirectories(folder.resolve("device")).resolve("vendor"), vendor);
    }

    private List<String> told(DiskHealths.Question question, Duration patience) {
        return new DiskHealths(root, question, patience).with(Facts.NONE).all(FactName.DISK_HEALTH);
    }

    @Test
    void eachDiskIsAskedInItsOwnLanguageAndOthersAreNotAsked() {
        DiskHealths.Question question = (node, language) -> language == Language.ATA
                ? new DiskHealth(Verdict.FAILING, List.of("its own check says so", "12 sectors reallocated"))
                : GOOD;
        assertThat(told(question, Duration.ofMinutes(1)))
                .containsExactly(
                        "nvme0n1 good",
                        "sda failing: its own check says so, 12 sectors reallocated",
                        "sdb unknown",
                        "vda unknown");
    }

    @Test
    void aDiskThatDoesNotAnswerHoldsUpNobody() {
        CountDownLatch never = new CountDownLatch(1);
        DiskHealths.Question question = (node, language) -> {
            try {
                never.await();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
            return GOOD;
        };
        assertThat(told(question, Duration.ofMillis(20)))
                .contains("sda unknown: it does not answer when it is asked for its health");
        never.countDown();
    }

    @Test
    void anAnswerThatNobodyForesawEndsNoWork() {
        DiskHealths.Question question = (node, language) -> {
            throw new IndexOutOfBoundsException("512");
        };
        assertThat(told(question, Duration.ofMinutes(1)))
                .contains("sda unknown: what it says is not understood: " + "java.lang.IndexOutOfBoundsException: 512");
    }

    @Test
    void aNodeThatIsNotThereSaysNothing() {
        assertThat(new DiskHealths(root).with(Facts.NONE).all(FactName.DISK_HEALTH))
                .contains("nvme0n1 unknown", "sda unknown");
    }
}
