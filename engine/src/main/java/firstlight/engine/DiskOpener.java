package firstlight.engine;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.file.Path;

/** Opens a disk of this PC. */
public interface DiskOpener {
    /** @param node such as {@code /dev/sda} */
    Disk open(Path node, boolean writing) throws IOException;
}
