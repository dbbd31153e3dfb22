package firstlight.image.store;

import firstlight.image.extents.FileSystem;
import firstlight.image.manifest.ImageKind;
import firstlight.image.manifest.Manifest;
import firstlight.model.Bytes;
import java.time.Instant;

/**
 * One published, unchangeable version of an image, with its notes, which people do change.
 *
 * @param number 1, 2, 3...
 * @param kind disks, or files to lay over them
 * @param digest the SHA-256 that ends the manifest's file; the version's true name; empty when that is damaged and nothing tells
 * @param made when the capture began
 * @param usedBytes octets in use on the captured disks, or of an add-on's files
 * @param diskBytes octets of the captured disks
 * @param encrypted a partition of it is LUKS'
 * @param damage why the manifest cannot be read; "" when it can
 */
public record ImageVersion(
        ImageName image,
        int number,
        ImageKind kind,
        Bytes digest,
        Instant made,
        long usedBytes,
        long diskBytes,
        boolean encrypted,
        String damage,
        VersionNotes notes) {

    static ImageVersion of(ImageName image, int number, Bytes digest, Manifest manifest) {
        return new ImageVersion(
                image,
                number,
                manifest.kind(),
                digest,
                manifest.made(),
                manifest.usedBytes(),
                manifest.diskBytes(),
                isEncrypted(manifest),
                "",
                VersionNotes.NONE);
    }

    private static boolean isEncrypted(Manifest manifest) {
        return manifest.disks().stream()
                .flatMap(disk -> disk.regions().stream())
                .anyMatch(region -> region.kind() == FileSystem.LUKS);
    }

    static ImageVersion damaged(ImageName image, int number, Bytes digest, String damage) {
        return new ImageVersion(
                image, number, ImageKind.UNKNOWN, digest, Instant.EPOCH, 0, 0, false, damage, VersionNotes.NONE);
    }

    static ImageVersion removed(ImageName image, int number, VersionNotes notes) {
        return new ImageVersion(image, number, ImageKind.UNKNOWN, Bytes.EMPTY, Instant.EPOCH, 0, 0, false, "", notes);
    }

    ImageVersion with(VersionNotes changed) {
        return new ImageVersion(image, number, kind, digest, made, usedBytes, diskBytes, encrypted, damage, changed);
    }

    /** As people and commands say it: {@code office@3}. */
    public String name() {
        return image + "@" + number;
    }
}
