package firstlight.engine;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.file.Path;

/** Opens a disk of this PC. */
public interface DiskOpener {
    /**
     * @param node such as {@code /dev/sda}
     * @throws IOException where it is gone, or in use; it may hang as long as the disk does
     */
    Disk open(Path node, boolean writing) throws IOException;
}
