package firstlight.server.sites;

import java.net.URI;
import java.util.List;

/**
 * Another server that this one may pull images from.
 *
 * @param name what it is called here
 * @param url of its API on the network: {@code https://HOST:PORT}
 * @param pin the SHA-256 of its certificate, in hexadecimal; empty when a known CA must have signed it
 * @param token of a user with the role {@code peer} there
 * @param wanted what is pulled without being asked for; empty for nothing
 * @param hours when that is done
 * @param megabits a second that are taken from it at most, whatever for; 0 is no limit
 * @param onDemand whether it is asked when work names an image that is not here
 */
public record PeerSettings(
        String name,
        URI url,
        String pin,
        String token,
        List<Wanted> wanted,
        Hours hours,
        int megabits,
        boolean onDemand) {
    public PeerSettings {
        wanted = List.copyOf(wanted);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return name + " (" + url + ")";
    }
}
