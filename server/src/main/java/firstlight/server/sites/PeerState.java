package firstlight.server.sites;

import firstlight.image.ImageFailure;
import firstlight.image.store.ImageVersion;
import firstlight.model.Bytes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What another server has, beside what is here.
 *
 * @param trouble why it cannot be asked; empty when it answers
 * @param versions empty too when it has none
 */
public record PeerState(PeerSettings peer, String trouble, List<Version> versions) {
    /** Whether a version of another server is here. */
    public enum Here {
        YES,
        /** It comes, or began to and was cut off. */
        UNFINISHED,
        NO,
        /** It is, and its manifest cannot be read. */
        DAMAGED,
        /** Another one has its name and number. */
        DIFFERS,
        /** It was here: it comes again only under another name. */
        REMOVED
    }

    public record Version(RemoteVersion remote, Here here) {}

    public PeerState {
        versions = List.copyOf(versions);
    }

    /**
     * Asks them all, one after the other. One that does not answer takes the time of a connection, and is in the list with its trouble.
     *
     * @throws IOException when this server's store cannot be read
     */
    public static List<PeerState> all(Sites sites) throws IOException {
        List<PeerState> states = new ArrayList<>();
        for (Peer peer : sites.peers()) {
            try {
                List<Version> versions = new ArrayList<>();
                for (RemoteVersion remote : sites.versions(peer, Duration.ZERO)) {
                    versions.add(new Version(remote, here(sites, peer, remote)));
                }
                states.add(new PeerState(peer.settings(), "", versions));
            } catch (ImageFailure failure) {
                states.add(new PeerState(peer.settings(), failure.cause() + "; " + failure.cure(), List.of()));
            }
        }
        return states;
    }

    private static Here here(Sites sites, Peer peer, RemoteVersion remote) throws IOException {
        Optional<ImageVersion> here = sites.images().find(remote.image(), remote.number());
        if (here.isPresent()) {
            boolean same = here.get().digest().equals(remote.digest());
            boolean unknown = here.get().digest().equals(Bytes.EMPTY); // so much is damaged: it may be the same
            return !same && !unknown ? Here.DIFFERS : here.get().damage().isEmpty() ? Here.YES : Here.DAMAGED;
        }
        boolean removed = sites.images().removed().stream()
                .anyMatch(old -> old.image().equals(remote.image()) && old.number() == remote.number());
        boolean unfinished = sites.unfinished().list().stream()
                .anyMatch(pull -> pull.peer().equals(peer.name())
                        && pull.image().equals(remote.image())
                        && pull.number() == remote.number());
        return removed ? Here.REMOVED : unfinished ? Here.UNFINISHED : Here.NO;
    }
}
