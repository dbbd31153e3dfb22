package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.DiskOver;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.manifest.Manifest;
import firstlight.image.restore.Restore;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image of several disks: the system is on the first, and must not start before the others are whole. */
class SeveralTablesTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    /** Tells of the first sector, where the notice comes and then the table, and of the kernel. */
    private record Watched(Disk disk, String called, List<String> seen) implements DiskOver {
        @Override
        public void write(long offset, ByteBuffer from) throws IOException {
            if (offset == 0) {
                seen.add(called);
            }
            disk.write(offset, from);
        }

        @Override
        public void tableChanged() throws IOException {
            seen.add("kernel: " + called);
            disk.tableChanged();
        }
    }

    private Path file(String name) throws IOException {
        Path file = new Lab(folder).disk(name, "40M");
        Shell.run("printf 'label: gpt\nsize=20MiB\n' | sfdisk -q '%s'".formatted(file));
        return file;
    }

    @Test
    void theFirstDisksTableComesLast() throws IOException {
        List<String> seen = new ArrayList<>();
        try (ImageStore store = DiskStore.open(folder.resolve("store"));
                LoopDevice one = LoopDevice.attach(file("one"), 512, Access.READ_WRITE);
                LoopDevice two = LoopDevice.attach(file("two"), 512, Access.READ_WRITE);
                Disk first = new Watched(BlockDevice.open(one.node(), Access.READ_WRITE), "first", seen);
                Disk second = new Watched(BlockDevice.open(two.node(), Access.READ_WRITE), "second", seen)) {
            Manifest manifest = new Capture(store.sink(), Lab.THREADS, "test")
                    .capture(List.of(first, second), Progress.SILENT)
                    .manifest();
            new Restore(store.source(), Lab.THREADS).restore(manifest, List.of(first, second), Progress.SILENT);
        }
        assertThat(seen).endsWith("second", "first", "kernel: first", "kernel: second");
    }
}
