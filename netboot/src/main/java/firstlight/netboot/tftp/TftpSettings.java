package firstlight.netboot.tftp;

import firstlight.model.Ipv4Address;

/**
 * How the TFTP server listens and what it grants.
 *
 * @param address 0.0.0.0 for every address of the machine; answers leave from the address that was asked
 * @param port 69 but for tests
 * @param firstTransferPort the first of {@code transferPorts} ports that transfers use, for firewalls; 0 for any free ports
 * @param transferPorts how many sockets carry the transfers; many transfers share one
 * @param largestWindow at most {@link Terms#LARGEST_WINDOW}
 * @param mostTransfers requests beyond are not answered, so that they come again
 */
public record TftpSettings(
        Ipv4Address address, int port, int firstTransferPort, int transferPorts, int largestWindow, int mostTransfers) {
    public static final TftpSettings DEFAULT =
            new TftpSettings(Ipv4Address.ANY, 69, 0, 16, Terms.LARGEST_WINDOW, 5_000);

    public TftpSettings {
        check("port", port, 0, 65_535);
        check("first transfer port", firstTransferPort, 0, 65_535);
        check("number of transfer ports", transferPorts, 1, 256);
        check("largest window", largestWindow, 1, Terms.LARGEST_WINDOW);
        check("most transfers", mostTransfers, 1, 1_000_000);
    }

    private static void check(String what, int value, int low, int high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException("TFTP " + what + " must be " + low + " to " + high + ", not " + value);
        }
    }

    public TftpSettings withAddress(Ipv4Address other) {
        return new TftpSettings(other, port, firstTransferPort, transferPorts, largestWindow, mostTransfers);
    }

    public TftpSettings withPort(int other) {
        return new TftpSettings(address, other, firstTransferPort, transferPorts, largestWindow, mostTransfers);
    }
}
