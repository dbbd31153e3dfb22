package firstlight.image.store;

import firstlight.image.ImageFailure;
import java.io.IOException;
import java.nio.file.Path;

/** Images in a directory: {@code packs/} holds the chunks, {@code manifests/NAME/} the versions of an image. */
public final class DiskStore {
    private DiskStore() {}

    /** Opens the store in {@code directory}, or makes one there. One process at a time. */
    public static ImageStore open(Path directory) throws IOException {
        return open(directory, false);
    }

    /** Leaves free what the server's database needs, which usually lies on the same file system. */
    public static ImageStore openBesideDatabase(Path directory) throws IOException {
        return open(directory, true);
    }

    private static ImageStore open(Path directory, boolean keepsRoom) throws IOException {
        try {
            return PackStore.open(DiskShelf.open(directory, keepsRoom));
        } catch (ImageFailure failure) {
            throw failure;
        } catch (IOException broken) {
            throw new ImageFailure(
                    "The image store " + directory + " cannot be opened",
                    broken.toString(),
                    "Check that the directory is there and writable, and that its file system has room");
        }
    }
}
