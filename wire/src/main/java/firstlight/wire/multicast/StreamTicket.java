package firstlight.wire.multicast;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;

/**
 * What a member has to know of a stream; it gets it over TLS.
 *
 * @param group where the stream goes, and {@code port} with it
 * @param sender where reports go, and {@code reportPort} with it; packets of the stream come from this address
 * @param secret what seals are made of
 * @param member its number; another one each time that it asks
 * @param blocks how many the stream has: one for each chunk of the image, in the order in which the manifest names them first
 */
public record StreamTicket(
        int stream,
        Ipv4Address group,
        int port,
        Ipv4Address sender,
        int reportPort,
        Bytes secret,
        int member,
        int blocks) {
    public StreamTicket {
        if (!isGroup(group)) {
            throw new IllegalArgumentException(group + " is no multicast group");
        }
        if (port < 1 || port > 65_535 || reportPort < 1 || reportPort > 65_535) {
            throw new IllegalArgumentException("ports " + port + " and " + reportPort);
        }
        if (secret.length() != StreamSeal.SECRET) {
            throw new IllegalArgumentException("a secret of " + secret.length() + " octets");
        }
        if (member < 0 || blocks < 0) {
            throw new IllegalArgumentException("member " + member + " of a stream of " + blocks + " blocks");
        }
    }

    /** 224.0.0.0 to 239.255.255.255. */
    public static boolean isGroup(Ipv4Address address) {
        return address.value() >>> 28 == 0xE;
    }

    /** Without the secret: it may end up in a log. */
    @Override
    public String toString() {
        return "StreamTicket[" + Integer.toHexString(stream) + ", " + group + ":" + port + ", " + sender + ":"
                + reportPort + ", member " + member + ", " + blocks + " blocks]";
    }
}
