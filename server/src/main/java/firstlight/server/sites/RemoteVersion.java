package firstlight.server.sites;

import firstlight.image.store.ImageName;
import firstlight.model.Bytes;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A version at another server, and what people say of it there.
 *
 * @param digest the SHA-256 of its manifest, its true name
 * @param usedBytes octets in use on the disks that it was captured from
 * @param note empty when there is none
 * @param kept it is protected there
 * @param expires there, and here too unless it is {@code kept}
 */
public record RemoteVersion(
        ImageName image,
        int number,
        Bytes digest,
        long usedBytes,
        String note,
        Set<String> tags,
        boolean kept,
        Optional<Instant> expires) {
    public RemoteVersion {
        tags = Set.copyOf(tags);
    }

    public String name() {
        return image + "@" + number;
    }
}
