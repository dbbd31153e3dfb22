package firstlight.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.ImageFailure;
import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImageAddOnCommandTest {
    @Test
    void itIsPutTogetherOnADiskAndNotInMemory() {
        assertThat(ImageAddOnCommand.scratch(Optional.empty())).isEqualTo(Path.of("/var/tmp"));
        assertThat(ImageAddOnCommand.scratch(Optional.of("/srv/large"))).isEqualTo(Path.of("/srv/large"));
    }

    @Test
    void whereThereIsNoRoomThatPlaceIsNamedAndNotTheServersStore() {
        Path scratch = Path.of("/srv/large");
        for (IOException full : new IOException[] {
            new IOException("No space left on device"),
            new ImageFailure(
                    "The image store /srv/large/firstlight-add-on1/store cannot take more chunks",
                    "No space left on device",
                    "firstlight image gc")
        }) {
            OperatorError told = ImageAddOnCommand.failure(full, scratch);
            assertThat(told).hasMessageContaining("no room for the add-on in /srv/large");
            assertThat(told.cure()).contains("TMPDIR").doesNotContain("gc");
        }
        assertThat(ImageAddOnCommand.failure(new IOException("x: Permission denied"), scratch)
                        .cure())
                .contains("be root");
    }
}
