package firstlight.image.resize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.KernelDisk;
import firstlight.image.disk.LoopDevice;
import firstlight.image.pipeline.Shell;
import firstlight.image.view.Blank;
import firstlight.image.view.Joined;
import firstlight.image.view.Overlay;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a tool is asked on an overlay, of sound file systems: an erased disk is too late to hear of it. */
class RehearsalTest {
    private static final long MIB = 1L << 20;

    /** An XFS of small groups gets 2,700 of them then: their heads would take 64 MB of memory and more. */
    private static final long LENGTH = 200L << 30;

    @TempDir
    Path folder;

    @FunctionalInterface
    private interface Rehearsal {
        void on(Overlay overlay, Path node) throws IOException;
    }

    /**
     * @param make of a device of 340 MiB, {@code $1}
     * @param length with zeros behind it
     * @param most octets that the overlay may keep
     */
    private void rehearse(String make, long length, long most, Rehearsal work) throws IOException {
        Path file = folder.resolve("disk");
        Shell.run("truncate -s 340M '%1$s'; set -- '%1$s'; %2$s".formatted(file, make));
        try (LoopDevice loop = LoopDevice.attach(file, 512, Access.READ);
                Disk disk = BlockDevice.open(loop.node(), Access.READ);
                Overlay overlay =
                        Overlay.over(new Joined(List.of(disk, new Blank("behind", length - disk.size(), 512))), most)) {
            try (KernelDisk device = KernelDisk.attach(overlay, Access.READ_WRITE)) {
                work.on(overlay, device.node());
            } catch (IOException unwritten) {
                assertThat(overlay.isFull()).isTrue(); // the kernel had still to write something
            }
        }
    }

    @Test
    void anXfsOfManyGroupsGrowsByAsManyAsMemoryHasRoomFor() throws IOException {
        rehearse("mkfs.xfs -q -d agsize=75m $1", LENGTH, Long.MAX_VALUE, (overlay, node) -> {
            FileSystemTool.XFS.ask(node, LENGTH);
            assertThat(Shell.run("blockdev --flushbufs %1$s; xfs_db -r -c 'sb 0' -c 'p agcount' %1$s".formatted(node)))
                    .isEqualTo("agcount = 261");
            assertThat(overlay.changedBytes()).isBetween(MIB, 16 * MIB);
        });
    }

    /** The device cannot be written on any more at some new group's head. */
    @Test
    void thatItCannotGrowByManyGroupsIsToldBeforehand() throws IOException {
        rehearse("mkfs.xfs -q -d agsize=75m $1", LENGTH, 4 * MIB, (_, node) -> {
            assertThatThrownBy(() -> FileSystemTool.XFS.ask(node, LENGTH))
                    .isInstanceOf(ImageFailure.class)
                    .hasMessageContaining("xfs_growfs ended with status 1");
        });
    }

    @Test
    void thatAnF2fsHasNoRoomToShrinkIsToldBeforehandThoughItIsSound() throws IOException {
        String make = """
                mkfs.f2fs -q -f $1; mkdir $1.files; head -c 150M /dev/urandom > $1.files/a; sload.f2fs -f $1.files $1
                """;
        rehearse(make, 340 * MIB, Long.MAX_VALUE, (_, node) -> {
            FileSystemTool.F2FS.check(node);
            FileSystemTool.F2FS.ask(node, 300 * MIB);
            assertThatThrownBy(() -> FileSystemTool.F2FS.ask(node, 160 * MIB))
                    .isInstanceOf(ImageFailure.class)
                    .hasMessageContaining("resize.f2fs ended with status 0: it left the file system as long as it was");
        });
    }
}
