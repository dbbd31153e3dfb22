package firstlight.server.images;

import firstlight.image.Progress;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.VersionNotes;
import java.io.IOException;
import java.nio.file.Path;

/** A file of this host that becomes an image. It is only read. */
public sealed interface Import permits DiskImport, WimImport {
    /** On the server's host. */
    Path file();

    /** What the image is called. */
    ImageName image();

    /**
     * On a thread of {@link ImageJobs}.
     *
     * @param entry of the new version's history
     * @throws ImageFailure where the file is no such image, a tool is missing, or the version cannot be published
     */
    ImageJob.Outcome run(ImageStore images, VersionNotes.Entry entry, Progress progress) throws IOException;

    /** Whether {@code file} is a Windows image file; false where there is none. */
    static boolean isWim(Path file) throws IOException {
        return WimIndex.isOne(file);
    }
}
