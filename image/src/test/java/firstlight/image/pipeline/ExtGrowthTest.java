package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks so much larger that an ext file system cannot take all of it: an erased disk is too late to hear of it. */
class ExtGrowthTest {
    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    /** A partition of {@code mebibytes} on a disk of 80 MiB, restored onto one of {@code size}. */
    private RestoreSummary restored(int mebibytes, String make, Path target) throws IOException {
        Path source = new Lab(folder).disk("source", "80M");
        Shell.run("printf 'label: gpt\\nsize=%dMiB, type=linux\\n' | sfdisk -q '%s'".formatted(mebibytes, source));
        Lab.attached(source, 512, node -> Shell.run("%s %sp1".formatted(make, node)));
        try (ImageStore store = DiskStore.open(folder.resolve("store"));
                LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            Manifest manifest = Lab.image(source, 512, store);
            return new Restore(store.source(), 2)
                    .restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, said::add);
        }
    }

    private static String length(Path target) throws IOException {
        String[] told = {""};
        Lab.attached(
                target,
                512,
                node -> told[0] = Shell.run(
                        "e2fsck -f -n %1$sp1 >&2; dumpe2fs -h %1$sp1 2>&1 | grep '^Block count'".formatted(node)));
        return told[0].replaceAll(".*Block count: +", "");
    }

    @Test
    void itGrowsAsFarAsItsDescriptorsGoAndTheResultSaysSo() throws IOException {
        Path target = new Lab(folder).disk("target", "1200M");
        RestoreSummary done = restored(32, "mkfs.ext4 -q -b 1024 -g 256 -O 64bit,^has_journal", target);
        assertThat(length(target)).endsWith("1044481");
        assertThat(done.notes())
                .anyMatch(note -> note.startsWith("partition 1 (ext4) grew to 1020 MiB of 1152 MiB, the most"));
    }

    @Test
    void aShortOneThatTheToolDoesNotMakeAThousandTimesAsLongStaysAsItIs() throws IOException {
        Path target = new Lab(folder).disk("target", "200G");
        restored(64, "mkfs.ext4 -q -b 4096", target);
        assertThat(length(target)).endsWith("16384");
        assertThat(said)
                .anyMatch(words -> words.startsWith("partition 1 (ext4) stays as long as it is: the tool"))
                .anyMatch(words -> words.contains("Illegal doubly indirect block"));
    }
}
