package firstlight.wire.tftp;

import firstlight.model.Ipv4Address;
import java.util.Locale;
import java.util.Optional;

/** One option of a request or of an OACK. Typed when Firstlight acts on it, {@link Other} otherwise. */
public sealed interface TftpOption {
    /** In lower case for the typed ones: a client compares without case (RFC 2347). */
    String name();

    /** The value's text on the wire. */
    String value();

    /** RFC 2348: octets in a DATA packet. */
    record BlockSize(int octets) implements TftpOption {
        public static final int MIN = 8;
        public static final int MAX = 65_464;

        public BlockSize {
            check("blksize", octets, MIN, MAX);
        }

        @Override
        public String name() {
            return "blksize";
        }

        @Override
        public String value() {
            return Integer.toString(octets);
        }
    }

    /** RFC 2349: 0 in a read request, the file's size in its OACK. */
    record TransferSize(long octets) implements TftpOption {
        public TransferSize {
            check("tsize", octets, 0, Long.MAX_VALUE);
        }

        @Override
        public String name() {
            return "tsize";
        }

        @Override
        public String value() {
            return Long.toString(octets);
        }
    }

    /** RFC 2349: seconds to wait before a packet is sent again. */
    record Timeout(int seconds) implements TftpOption {
        public Timeout {
            check("timeout", seconds, 1, 255);
        }

        @Override
        public String name() {
            return "timeout";
        }

        @Override
        public String value() {
            return Integer.toString(seconds);
        }
    }

    /** RFC 7440: blocks in a window. */
    record WindowSize(int blocks) implements TftpOption {
        public WindowSize {
            check("windowsize", blocks, 1, 65_535);
        }

        @Override
        public String name() {
            return "windowsize";
        }

        @Override
        public String value() {
            return Integer.toString(blocks);
        }
    }

    /** RFC 2090 in a read request: the client can listen to a group. */
    record MulticastRequest() implements TftpOption {
        @Override
        public String name() {
            return "multicast";
        }

        @Override
        public String value() {
            return "";
        }
    }

    /** RFC 2090 in an OACK. {@code group} is empty when a later OACK leaves it unchanged; the master sends the ACKs. */
    record Multicast(Optional<Group> group, boolean master) implements TftpOption {
        @Override
        public String name() {
            return "multicast";
        }

        @Override
        public String value() {
            String where = group.map(g -> g.address() + "," + g.port()).orElse(",");
            return where + (master ? ",1" : ",0");
        }
    }

    /** Where a multicast transfer is sent to. */
    record Group(Ipv4Address address, int port) {
        public Group {
            check("multicast port", port, 1, 65_535);
        }
    }

    /** An option that Firstlight does not know, or a known one with a value that its RFC does not allow. */
    record Other(String name, String value) implements TftpOption {}

    /** Reads an option; never fails, since a server may leave out whatever it cannot read (RFC 2347). */
    static TftpOption of(String name, String value) {
        try {
            return switch (name.toLowerCase(Locale.ROOT)) {
                case "blksize" -> new BlockSize(small(value));
                case "tsize" -> new TransferSize(number(value));
                case "timeout" -> new Timeout(small(value));
                case "windowsize" -> new WindowSize(small(value));
                case "multicast" -> multicast(value);
                default -> new Other(name, value);
            };
        } catch (IllegalArgumentException malformed) {
            return new Other(name, value);
        }
    }

    private static TftpOption multicast(String value) {
        if (value.isEmpty()) {
            return new MulticastRequest();
        }
        String[] parts = value.split(",", -1);
        if (parts.length != 3 || !parts[2].matches("[01]") || parts[0].isEmpty() != parts[1].isEmpty()) {
            throw new IllegalArgumentException("multicast is address,port,mc");
        }
        Optional<Group> group = parts[0].isEmpty()
                ? Optional.empty()
                : Optional.of(new Group(Ipv4Address.parse(parts[0]), small(parts[1])));
        return new Multicast(group, parts[2].equals("1"));
    }

    private static long number(String value) {
        if (!value.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException("not a decimal number");
        }
        return Long.parseLong(value);
    }

    private static int small(String value) {
        return (int) Math.min(number(value), Integer.MAX_VALUE);
    }

    private static void check(String what, long value, long low, long high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(what + " must be " + low + " to " + high + ", not " + value);
        }
    }
}
