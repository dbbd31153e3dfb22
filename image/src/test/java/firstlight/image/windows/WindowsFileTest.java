package firstlight.image.windows;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.DiskOver;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.KernelDisk;
import firstlight.image.disk.Tool;
import firstlight.image.extents.FileSystem;
import firstlight.image.tree.MountedSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WindowsFileTest {
    @TempDir
    Path folder;

    private static byte[] octets(int length) {
        byte[] octets = new byte[length];
        new Random(length).nextBytes(octets);
        return octets;
    }

    @Test
    void aFileIsFoundInWhicheverCaseAndNotBehindALink() throws IOException {
        Path file = Files.createDirectories(folder.resolve("BOOT")).resolve("bcd");
        Files.write(file, octets(1));
        assertThat(WindowsFile.find(folder, "Boot/BCD")).hasValue(file);
        assertThat(WindowsFile.find(folder, "Boot/BCD/x")).isEmpty();
        assertThat(WindowsFile.find(folder, "Boot")).isEmpty();
        Files.createSymbolicLink(folder.resolve("EFI"), file.getParent());
        assertThat(WindowsFile.find(folder, "EFI/BCD")).isEmpty();
    }

    @Test
    void whatIsLongerShorterAndNewIsWritten() throws IOException {
        Path file = folder.resolve("file");
        for (int length : List.of(5, 3 << 20, (3 << 20) + 1, 7, 0)) {
            WindowsFile.write(file, octets(length));
            assertThat(file).hasBinaryContent(octets(length));
        }
    }

    private record Counted(Disk disk, AtomicInteger flushes) implements DiskOver {
        @Override
        public void flush() throws IOException {
            flushes.incrementAndGet();
            disk.flush();
        }
    }

    /** A SYSTEM hive of 20 MB was flushed 2,560 times: half a minute on a disk with a moving head. */
    @Test
    void aDiskIsNotFlushedForEachPieceOfAFile() throws IOException {
        Path image = folder.resolve("disk");
        Tool made = Tool.run(List.of("sh", "-ec", "truncate -s 40M \"$0\"; mkntfs -q -Q -F \"$0\"", image.toString()));
        assertThat(made.succeeded()).as(made.output()).isTrue();
        AtomicInteger flushes = new AtomicInteger();
        try (DiskFile disk = DiskFile.open(image, 512, Access.READ_WRITE);
                KernelDisk device = KernelDisk.attach(new Counted(disk, flushes), Access.READ_WRITE);
                MountedSystem mounted =
                        MountedSystem.open(device.node(), FileSystem.NTFS, "", MountedSystem.Use.WRITE)) {
            Path file = mounted.point().resolve("SYSTEM");
            Files.write(file, octets(8 << 20));
            int before = flushes.get();
            byte[] changed = octets((8 << 20) - 1);
            WindowsFile.write(file, changed);
            assertThat(flushes.get() - before).isBetween(1, 20);
            assertThat(file).hasBinaryContent(changed);
        }
    }
}
