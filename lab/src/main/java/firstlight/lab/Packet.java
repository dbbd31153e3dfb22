package firstlight.lab;

import firstlight.model.Bytes;
import firstlight.model.MacAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A frame of the LAN, as far as the checks look into it. Read by code of the lab's own, not by the codecs of {@code wire}:
 * a check from the outside must not share a mistake with what it checks.
 */
sealed interface Packet extends Seen {
    MacAddress from();

    MacAddress to();

    /** One end of a conversation. */
    record End(String address, int port) {
        @Override
        public String toString() {
            return address + ":" + port;
        }
    }

    /**
     * DHCP of any kind, on 67, 68 or 4011.
     *
     * @param client chaddr
     * @param reply whether op is BOOTREPLY
     * @param yiaddr in dotted form, as siaddr; 0.0.0.0 for none
     * @param file the header's field, up to its first zero; empty where the boot file stands in option 67 only
     * @param options the first of each code, without the end; of a packet that was cut short, none: it is {@link Other}
     */
    record Dhcp(
            Instant at,
            MacAddress from,
            MacAddress to,
            End source,
            End target,
            MacAddress client,
            boolean reply,
            String yiaddr,
            String siaddr,
            String file,
            Map<Integer, Bytes> options)
            implements Packet {
        static final int DISCOVER = 1;
        static final int OFFER = 2;
        static final int REQUEST = 3;
        static final int ACK = 5;

        public Dhcp {
            options = Map.copyOf(options);
        }

        /** Option 53; 0 without it. */
        int type() {
            return option(53).map(bytes -> bytes.unsigned(0)).orElse(0);
        }

        Optional<Bytes> option(int code) {
            return Optional.ofNullable(options.get(code)).filter(bytes -> !bytes.isEmpty());
        }

        /** The option without zeros, as Latin-1; empty when it is not there. */
        String text(int code) {
            return option(code)
                    .map(bytes -> new String(bytes.toArray(), StandardCharsets.ISO_8859_1).replace("\0", ""))
                    .orElse("");
        }

        /** The boot file that the packet names, wherever it names it. */
        String bootFile() {
            return file.isEmpty() ? text(67) : file;
        }

        boolean isPxe() {
            return text(60).startsWith("PXEClient");
        }

        @Override
        public String toString() {
            String kind = switch (type()) {
                case DISCOVER -> "DISCOVER";
                case OFFER -> "OFFER";
                case REQUEST -> "REQUEST";
                case ACK -> "ACK";
                default -> "DHCP type " + type();
            };
            String vendor = text(60).isEmpty() ? "" : " 60=" + text(60);
            String menu = option(43).map(bytes -> " 43=" + bytes).orElse("");
            String boot = bootFile().isEmpty() ? "" : " file=" + bootFile();
            return kind + " " + source + " -> " + target + " yiaddr=" + yiaddr + vendor + menu + boot;
        }
    }

    /** A read request. {@code options} are names and values by turns, with blanks between, and the mode before them. */
    record TftpRequest(Instant at, MacAddress from, MacAddress to, End source, End target, String file, String options)
            implements Packet {
        @Override
        public String toString() {
            return "TFTP RRQ " + file + " (" + options + ")";
        }
    }

    /** DATA, ACK, OACK or ERROR: {@code number} is the block or the error code, {@code length} the octets of data. */
    record Tftp(Instant at, MacAddress from, MacAddress to, End source, End target, int opcode, int number, int length)
            implements Packet {
        static final int DATA = 3;
        static final int ACK = 4;
        static final int ERROR = 5;
    }

    /** The first line of an HTTP request or response in a TCP segment, with what else the segment holds. */
    record Http(Instant at, MacAddress from, MacAddress to, End source, End target, String firstLine, String rest)
            implements Packet {
        boolean isRequest() {
            return !firstLine.startsWith("HTTP/");
        }

        /** Path and query of a request. */
        String path() {
            String[] words = firstLine.split(" ", -1);
            return isRequest() && words.length > 1 ? words[1] : "";
        }

        @Override
        public String toString() {
            return firstLine;
        }
    }

    /** A segment that begins no HTTP message. {@code length} is its payload in octets, also of what the capture cut off. */
    record Tcp(Instant at, MacAddress from, MacAddress to, End source, End target, boolean syn, boolean fin, int length)
            implements Packet {
        @Override
        public String toString() {
            String flags = (syn ? " SYN" : "") + (fin ? " FIN" : "");
            return "TCP" + flags + " " + source + " -> " + target + (length == 0 ? "" : " " + length + " octets");
        }
    }

    record RouterSolicitation(Instant at, MacAddress from, MacAddress to) implements Packet {}

    record RouterAdvertisement(Instant at, MacAddress from, MacAddress to) implements Packet {}

    /** Anything that no check looks at. */
    record Other(Instant at, MacAddress from, MacAddress to) implements Packet {}
}
