package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.DiskOver;
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
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same image once more: what its users wrote since is trimmed, in a partition that is longer here, too. */
class TrimmedAgainTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    private record Heard(Disk disk, List<long[]> trimmed) implements DiskOver {
        @Override
        public void discard(long offset, long length) throws IOException {
            trimmed.add(new long[] {offset, offset + length});
            disk.discard(offset, length);
        }
    }

    @Test
    void aPartitionThatGrewIsTrimmedAgain() throws IOException {
        Lab lab = new Lab(folder);
        Path source = lab.disk("source", "120M");
        Lab.attached(source, 512, node -> {
            Shell.run("""
                    printf 'label: gpt\nsize=100MiB\n' | sfdisk -q %1$s
                    partx -d %1$s 2>/dev/null || true; partx -a %1$s
                    mkfs.ext4 -q %1$sp1
                    """.formatted(node));
            Lab.mounted("", node + "p1", root -> Shell.run("head -c 30M /dev/urandom > '%s/data'".formatted(root)));
        });
        Path target = lab.disk("target", "300M");
        List<long[]> trimmed = new ArrayList<>();
        long inPartition;
        try (ImageStore store = DiskStore.open(folder.resolve("store"));
                LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                Disk disk = new Heard(BlockDevice.open(loop.node(), Access.READ_WRITE), trimmed)) {
            Manifest manifest = Lab.image(source, 512, store);
            Restore restore = new Restore(store.source(), Lab.THREADS);
            restore.restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, _ -> {});
            trimmed.clear();
            RestoreSummary again = restore.restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, _ -> {});
            assertThat(again.keptBytes()).as("a delta").isGreaterThan(20 << 20);
            Partition grown = PartitionTable.read(disk).partitions().getFirst();
            assertThat(grown.length()).isGreaterThan(250L << 20);
            inPartition = trimmed.stream()
                    .mapToLong(each -> Math.max(0, Math.min(each[1], grown.end()) - Math.max(each[0], grown.start())))
                    .sum();
        }
        assertThat(inPartition).as("all but the data and the file system's own").isGreaterThan(200L << 20);
        Lab.attached(target, 512, node -> Shell.run("e2fsck -f -n %sp1".formatted(node)));
    }
}
