package firstlight.image.store;

import firstlight.model.Bytes;
import java.time.Instant;

/**
 * One published, unchangeable version of an image.
 *
 * @param number 1, 2, 3...
 * @param digest the SHA-256 that ends the manifest's file; the version's true name
 * @param made when the capture began
 * @param usedBytes octets in use on the captured disks
 * @param diskBytes octets of the captured disks
 */
public record ImageVersion(ImageName image, int number, Bytes digest, Instant made, long usedBytes, long diskBytes) {}
