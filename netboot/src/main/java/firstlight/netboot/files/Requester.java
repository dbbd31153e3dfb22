package firstlight.netboot.files;

import firstlight.model.Ipv4Address;

/**
 * Who asks for a boot file, as far as the door can tell.
 *
 * @param client the client's address
 * @param server this server's address as the client used it: what generated entries must point back to
 */
public record Requester(Ipv4Address client, Ipv4Address server, Door door) {
    /** The way by which the request came. */
    public enum Door {
        TFTP,
        HTTP
    }
}
