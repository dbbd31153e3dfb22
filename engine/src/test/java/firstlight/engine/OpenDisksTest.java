package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.DiskOver;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenDisksTest {
    @TempDir
    Path folder;

    private final Set<String> open = new TreeSet<>();

    private static List<BlockDevices.Device> devices(String... names) {
        return Stream.of(names)
                .map(name -> new BlockDevices.Device(name, 1 << 20, "", "", true))
                .toList();
    }

    /** {@code gone} cannot be opened, {@code stuck} not be closed. */
    private Disk opened(Path node) throws IOException {
        String name = node.getFileName().toString();
        if (name.equals("gone")) {
            throw new IOException("gone is not there");
        }
        Disk disk = DiskFile.open(Files.write(folder.resolve(name), new byte[1 << 20]), 512, Access.READ);
        open.add(name);
        return new DiskOver() {
            @Override
            public Disk disk() {
                return disk;
            }

            @Override
            public void close() throws IOException {
                disk.close();
                open.remove(name);
                if (name.equals("stuck")) {
                    throw new IOException("stuck does not close");
                }
            }
        };
    }

    @Test
    void theyAreOpenAndClosedTogetherInTheirOrder() throws IOException {
        try (OpenDisks disks = OpenDisks.of(devices("one", "two"), (node, _) -> opened(node), false)) {
            assertThat(disks.disks())
                    .extracting(disk -> Path.of(disk.name()).getFileName())
                    .containsExactly(Path.of("one"), Path.of("two"));
            assertThat(open).containsExactly("one", "two");
        }
        assertThat(open).isEmpty();
    }

    @Test
    void whereOneCannotBeOpenedNoneStaysOpen() {
        assertThatThrownBy(() -> OpenDisks.of(devices("one", "two", "gone"), (node, _) -> opened(node), true))
                .hasMessage("gone is not there");
        assertThat(open).isEmpty();
    }

    /** A data disk at its end of life, beside the one that is looked for. */
    @Test
    void oneThatMayOnlyBeReadIsLookedThrough() throws IOException {
        DiskOpener worn = (node, writing) -> {
            if (writing && node.endsWith("worn")) {
                throw new DiskFailure(
                        node.toString(), "The disk cannot be written to", "it is read-only", "Replace it");
            }
            return opened(node);
        };
        try (OpenDisks disks = OpenDisks.lookedThrough(devices("worn", "two"), worn)) {
            assertThat(disks.disks().getFirst())
                    .isInstanceOfSatisfying(
                            OpenDisks.Unwritable.class,
                            kept -> assertThat(kept.why().cause()).isEqualTo("it is read-only"));
            assertThat(disks.disks().getLast()).isNotInstanceOf(OpenDisks.Unwritable.class);
            assertThat(open).containsExactly("two", "worn");
        }
        assertThat(open).isEmpty();
    }

    @Test
    void oneThatDoesNotCloseKeepsNoOtherOpen() throws IOException {
        OpenDisks disks = OpenDisks.of(devices("stuck", "two", "three"), (node, _) -> opened(node), false);
        assertThatThrownBy(disks::close).hasMessage("stuck does not close");
        assertThat(open).isEmpty();
    }
}
