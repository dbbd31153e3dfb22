package firstlight.engine.img;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.engine.BlockDevices.Device;
import firstlight.image.ImageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlaceOfImagesTest {
    private static final Device SYSTEM = new Device("sda", 1L << 30, "SYS1", "", true);
    private static final Device STICK = new Device("sdb", 1L << 30, "STICK", "", false);

    @TempDir
    private Path root;

    @BeforeEach
    void mounts() throws IOException {
        Files.createDirectories(root.resolve("sys/block/sda/sda2"));
        Files.createDirectories(root.resolve("sys/block/sdb/sdb1"));
        Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(root.resolve("proc/self/mounts"), """
                rootfs / rootfs rw 0 0
                /dev/sda2 /firstlight-lies/my\\040images ext4 rw 0 0
                /dev/sdb1 /firstlight-lies/stick ext4 rw 0 0
                """);
    }

    @Test
    void aPlaceWithABlankInItsNameIsFoundOnItsDisk() throws IOException {
        Place place = new Place.Folder(Path.of("/firstlight-lies/my images/room12"));

        assertThat(PlaceOfImages.disk(place, List.of(SYSTEM, STICK), root)).contains(SYSTEM);
        assertThatThrownBy(() -> PlaceOfImages.mustBeApart(place, List.of(SYSTEM), root))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("/dev/sda2 is on the disk /dev/sda");
    }

    @Test
    void aPlaceOnAnotherDiskIsApart() throws IOException {
        Place place = new Place.Folder(Path.of("/firstlight-lies/stick"));

        PlaceOfImages.mustBeApart(place, List.of(SYSTEM), root);
        assertThat(PlaceOfImages.disk(place, List.of(SYSTEM, STICK), root)).contains(STICK);
    }
}
