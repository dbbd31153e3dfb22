package firstlight.engine;

import firstlight.image.disk.HealthQuestion;
import firstlight.image.disk.HealthQuestion.Language;
import firstlight.image.health.DiskHealth;
import firstlight.model.FactName;
import firstlight.model.Facts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What the internal disks say of their health: asked all at once, each in a thread of its own, and not waited for long. */
final class DiskHealths {
    /** A sound disk answers within some milliseconds; one that does not is told by the work that fails on it. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Path root;
    private final Question question;
    private final Duration patience;

    /** Asks a disk; may take longer than anybody waits. */
    @FunctionalInterface
    interface Question {
        DiskHealth ask(Path node, Language language);
    }

    DiskHealths(Path root) {
        this(root, HealthQuestion::ask, PATIENCE);
    }

    DiskHealths(Path root, Question question, Duration patience) {
        this.root = root;
        this.question = question;
        this.patience = patience;
    }

    /** {@code facts}, and a value for each internal disk, as {@link FactName#DISK_HEALTH} has it. */
    Facts with(Facts facts) {
        List<BlockDevices.Device> disks = new BlockDevices(root)
                .all().stream().filter(BlockDevices.Device::internal).toList();
        List<DiskHealth> healths = of(disks);
        List<String> told = new ArrayList<>();
        for (int i = 0; i < disks.size(); i++) {
            told.add(disks.get(i).name() + " " + healths.get(i));
        }
        return told.isEmpty() ? facts : facts.with(FactName.DISK_HEALTH, told.toArray(String[]::new));
    }

    /** In the order of {@code disks}. */
    List<DiskHealth> of(List<BlockDevices.Device> disks) {
        long end = System.nanoTime() + patience.toNanos();
        List<CompletableFuture<DiskHealth>> asked =
                disks.stream().map(this::ask).toList();
        return asked.stream().map(answer -> within(answer, end)).toList();
    }

    private CompletableFuture<DiskHealth> ask(BlockDevices.Device disk) {
        Optional<Language> language = language(disk);
        if (language.isEmpty()) {
            return CompletableFuture.completedFuture(DiskHealth.UNKNOWN);
        }
        Path node = root.resolve("dev").resolve(disk.name());
        return CompletableFuture.supplyAsync(
                () -> question.ask(node, language.get()),
                task -> Thread.ofPlatform()
                        .daemon()
                        .name("health-" + disk.name())
                        .start(task));
    }

    private static DiskHealth within(CompletableFuture<DiskHealth> answer, long end) {
        try {
            return answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException silent) {
            return new DiskHealth(
                    DiskHealth.Verdict.UNKNOWN, List.of("it does not answer when it is asked for its health"));
        } catch (ExecutionException mistake) {
            // No work depends on what it would have said.
            return new DiskHealth(
                    DiskHealth.Verdict.UNKNOWN, List.of("what it says is not understood: " + mistake.getCause()));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return DiskHealth.UNKNOWN;
        }
    }

    /** Disks on USB are not asked: some bridges hang when they are. */
    private Optional<Language> language(BlockDevices.Device disk) {
        if (!disk.internal()) {
            return Optional.empty();
        }
        if (disk.name().startsWith("nvme")) {
            return Optional.of(Language.NVME);
        }
        // libata's name for the maker of every ATA disk, as SAT wants it; SCSI disks and RAID volumes have another
        return SysFile.text(root.resolve("sys/block").resolve(disk.name()).resolve("device/vendor"))
                .filter("ATA"::equals)
                .map(ata -> Language.ATA);
    }
}
