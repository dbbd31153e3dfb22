package firstlight.server.sites;

import firstlight.image.ImageFailure;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.server.images.OtherSites.Mended;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A damaged manifest becomes again what another server has of that version; the store judges whether it is the same.
 *
 * @param images the store that is mended, and that judges
 */
record ManifestMend(ImageStore images, Lists lists) {
    /** What a server has, as it says. */
    interface Lists {
        /** @param good how old an answer may be */
        List<RemoteVersion> of(Peer peer, Duration good) throws IOException;
    }

    Mended from(List<Peer> peers, ImageVersion damaged) throws IOException {
        List<String> told = new ArrayList<>();
        for (Peer peer : peers) {
            try {
                for (RemoteVersion version : lists.of(peer, Duration.ZERO)) {
                    if (version.image().equals(damaged.image()) && version.number() == damaged.number()) {
                        return new Mended.From(images.mend(damaged, peer.manifest(version)), peer.name());
                    }
                }
                told.add(peer.name() + " does not have it");
            } catch (ImageFailure failure) {
                told.add(peer.name() + ": " + failure.what() + ", " + failure.cause());
            }
        }
        return new Mended.No(String.join("; ", told));
    }
}
