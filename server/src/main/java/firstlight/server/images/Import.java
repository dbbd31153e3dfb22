package firstlight.server.images;

import firstlight.image.Progress;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.VersionNotes;
import java.io.IOException;
import java.nio.file.Path;

/** A file of this host that becomes an image. It is only read. */
public sealed interface Import permits DiskImport, WimImport {
    Path file();

    /** What the image is called. */
    ImageName image();

    /** @param entry of the new version's history */
    ImageJob.Outcome run(ImageStore images, VersionNotes.Entry entry, Progress progress) throws IOException;

    /** Whether {@code file} is a Windows image file; false where there is none. */
    static boolean isWim(Path file) throws IOException {
        return WimIndex.isOne(file);
    }
}
