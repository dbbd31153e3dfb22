package firstlight.image.store;

import firstlight.image.ImageFailure;
import firstlight.image.manifest.ManifestCodec;
import firstlight.model.Bytes;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** {@code manifests/NAME/1.manifest}, as it is read for those who want what is in it. */
final class ManifestFile {
    private ManifestFile() {}

    /**
     * The whole file, which is that of {@code version} and of no other.
     *
     * @throws DamagedManifest when it is not there any more
     */
    static byte[] read(Shelf shelf, ImageVersion version) throws IOException {
        String file = new VersionKey(version.image(), version.number()).manifest();
        byte[] encoded;
        try {
            encoded = shelf.read(file);
        } catch (NoSuchFileException gone) {
            throw new DamagedManifest(
                    version.name() + " is gone",
                    file + " is not in " + shelf,
                    "Restore another version, or capture again");
        }
        Bytes digest;
        try {
            digest = ManifestCodec.digest(encoded);
        } catch (ImageFailure damaged) {
            throw new DamagedManifest(
                    "The manifest of " + version.name() + " is damaged", damaged.cause(), damaged.cure());
        }
        if (!digest.equals(version.digest())) {
            throw new DamagedManifest(
                    version.name() + " is not what it was",
                    file + " in " + shelf + " has been replaced",
                    "Put the original file back, or restore another version");
        }
        return encoded;
    }
}
