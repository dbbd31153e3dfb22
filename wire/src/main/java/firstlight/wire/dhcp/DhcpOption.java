package firstlight.wire.dhcp;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.wire.DecodeException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** One DHCPv4 option: typed when Firstlight acts on it, {@link Raw} otherwise, {@link Malformed} when it cannot be read. */
public sealed interface DhcpOption {
    int code();

    /** 1. Not every mask on a network is one of a prefix. */
    record SubnetMask(Ipv4Address mask) implements DhcpOption {
        @Override
        public int code() {
            return 1;
        }
    }

    /** 3: the best first. */
    record Routers(List<Ipv4Address> addresses) implements DhcpOption {
        public Routers {
            addresses = List.copyOf(addresses);
        }

        @Override
        public int code() {
            return 3;
        }
    }

    /** 43 between a PXE client and a PXE server. For other vendors' clients it is {@link Raw}: option 60 names the space. */
    record PxeVendorOptions(List<PxeOption> options) implements DhcpOption {
        public PxeVendorOptions {
            options = List.copyOf(options);
        }

        public static PxeVendorOptions of(PxeOption... options) {
            return new PxeVendorOptions(List.of(options));
        }

        public <T extends PxeOption> Optional<T> find(Class<T> type) {
            return options.stream().filter(type::isInstance).map(type::cast).findFirst();
        }

        @Override
        public int code() {
            return 43;
        }
    }

    /** 50 */
    record RequestedAddress(Ipv4Address address) implements DhcpOption {
        @Override
        public int code() {
            return 50;
        }
    }

    /** 51 */
    record LeaseTime(long seconds) implements DhcpOption {
        @Override
        public int code() {
            return 51;
        }
    }

    /** 53. The registry grows: any octet is a type. */
    record MessageType(int type) implements DhcpOption {
        public static final int DISCOVER = 1;
        public static final int OFFER = 2;
        public static final int REQUEST = 3;
        public static final int ACK = 5;
        public static final int NAK = 6;
        public static final int INFORM = 8;

        @Override
        public int code() {
            return 53;
        }
    }

    /** 54 */
    record ServerIdentifier(Ipv4Address address) implements DhcpOption {
        @Override
        public int code() {
            return 54;
        }
    }

    /** 55 */
    record ParameterRequestList(List<Integer> codes) implements DhcpOption {
        public ParameterRequestList {
            codes = List.copyOf(codes);
        }

        @Override
        public int code() {
            return 55;
        }
    }

    /** 56 */
    record Message(String text) implements DhcpOption {
        @Override
        public int code() {
            return 56;
        }
    }

    /** 57 */
    record MaximumMessageSize(int octets) implements DhcpOption {
        @Override
        public int code() {
            return 57;
        }
    }

    /** 60: {@code PXEClient:Arch:00007:UNDI:003016} and the like. */
    record ClassIdentifier(String text) implements DhcpOption {
        public static final String PXE_CLIENT = "PXEClient";
        public static final String HTTP_CLIENT = "HTTPClient";

        /** What U-Boot's own DHCP says: {@code U-Boot.armv8}. */
        public static final String U_BOOT = "U-Boot";

        public boolean isPxe() {
            return text.startsWith(PXE_CLIENT);
        }

        public boolean isHttp() {
            return text.startsWith(HTTP_CLIENT);
        }

        /** A firmware that boots from the network, in either of its ways. */
        public boolean isFirmware() {
            return isPxe() || isHttp();
        }

        @Override
        public int code() {
            return 60;
        }
    }

    /** 61 */
    record ClientIdentifier(Bytes identifier) implements DhcpOption {
        @Override
        public int code() {
            return 61;
        }
    }

    /** 66. A NUL is put behind it, as behind 67. */
    record TftpServerName(String name) implements DhcpOption {
        @Override
        public int code() {
            return 66;
        }
    }

    /** 67. Written with a NUL behind it: old ROMs want one, and EDK2 writes one over the octet that follows when there is none. */
    record BootFileName(String name) implements DhcpOption {
        @Override
        public int code() {
            return 67;
        }
    }

    /** 77, either in RFC 3004's form or, as iPXE sends it, as mere text. */
    record UserClass(Bytes content) implements DhcpOption {
        public static UserClass raw(String text) {
            return new UserClass(Bytes.of(text.getBytes(StandardCharsets.ISO_8859_1)));
        }

        /** RFC 3004's classes if the lengths come out even, else the whole as one class. */
        public List<String> classes() {
            String text = content.text(0, content.length());
            List<String> classes = new ArrayList<>();
            for (int at = 0; at < text.length(); at += 1 + text.charAt(at)) {
                int length = text.charAt(at);
                if (length == 0 || at + 1 + length > text.length()) {
                    return List.of(text);
                }
                classes.add(text.substring(at + 1, at + 1 + length));
            }
            return classes;
        }

        public boolean isIpxe() {
            return classes().contains("iPXE");
        }

        @Override
        public int code() {
            return 77;
        }
    }

    /** 82 (RFC 3046): copied back unchanged, and always the last option of a packet. */
    record RelayAgentInformation(List<SubOption> subOptions) implements DhcpOption {
        public static final int CODE = 82;

        /** RFC 3527: an address in the client's network, where the relay's own (giaddr) is elsewhere. */
        public static final int LINK_SELECTION = 5;

        /** RFC 8357: the relay wants the reply at the port that it sent from. */
        public static final int RELAY_SOURCE_PORT = 19;

        public RelayAgentInformation {
            subOptions = List.copyOf(subOptions);
        }

        public Optional<SubOption> find(int code) {
            return SubOption.find(subOptions, code);
        }

        /** {@link #LINK_SELECTION}, where it is there and an address. */
        public Optional<Ipv4Address> link() {
            return find(LINK_SELECTION)
                    .map(SubOption::data)
                    .filter(data -> data.length() == 4)
                    .map(data -> Ipv4Address.of(data, 0));
        }

        @Override
        public int code() {
            return CODE;
        }
    }

    /** 93: what the firmware is, best first (RFC 4578 2.1). */
    record ClientArchitectures(List<Integer> codes) implements DhcpOption {
        public ClientArchitectures {
            codes = List.copyOf(codes);
        }

        @Override
        public int code() {
            return 93;
        }
    }

    /** 94: type 1 is UNDI. */
    record NetworkInterfaceIdentifier(int type, int major, int minor) implements DhcpOption {
        @Override
        public int code() {
            return 94;
        }
    }

    /** 97: type 0 is a GUID. */
    record ClientMachineIdentifier(int type, Bytes identifier) implements DhcpOption {
        /** In the text form of SMBIOS and dmidecode: the first three fields are little-endian on the wire, as EFI has them. */
        public Optional<UUID> uuid() {
            if (type != 0 || identifier.length() != 16) {
                return Optional.empty();
            }
            long high = 0;
            for (int index : new int[] {3, 2, 1, 0, 5, 4, 7, 6}) {
                high = high << 8 | identifier.unsigned(index);
            }
            long low = 0;
            for (int index = 8; index < 16; index++) {
                low = low << 8 | identifier.unsigned(index);
            }
            return Optional.of(new UUID(high, low));
        }

        @Override
        public int code() {
            return 97;
        }
    }

    /** 175: iPXE's own space, feature flags and descriptors (iPXE's features.h and dhcp.h). */
    record IpxeOptions(List<SubOption> subOptions) implements DhcpOption {
        public static final int FEATURE_HTTP = 19;
        public static final int FEATURE_BZIMAGE = 24;
        public static final int FEATURE_EFI = 36;
        public static final int FEATURE_MENU = 39;
        private static final int PRIORITY = 1;
        private static final int BUS_ID = 177;
        private static final int PCI = 1;

        public IpxeOptions {
            subOptions = List.copyOf(subOptions);
        }

        /**
         * For an answer: of several servers' words iPXE takes those with the highest priority, which is 0 where none is told.
         *
         * @param priority -128 to 127
         */
        public static IpxeOptions priority(int priority) {
            return new IpxeOptions(List.of(new SubOption(PRIORITY, Bytes.of(new byte[] {(byte) priority}))));
        }

        public boolean has(int feature) {
            return SubOption.find(subOptions, feature).isPresent();
        }

        /** The NIC's PCI vendor and device, {@code 8086:1521}; empty for other buses. */
        public Optional<String> pciId() {
            return SubOption.find(subOptions, BUS_ID)
                    .map(SubOption::data)
                    .filter(data -> data.length() == 5 && data.unsigned(0) == PCI)
                    .map(data ->
                            data.slice(1, 2).toHex() + ":" + data.slice(3, 2).toHex());
        }

        @Override
        public int code() {
            return 175;
        }
    }

    /** 209 (RFC 5071) */
    record PxelinuxConfigFile(String name) implements DhcpOption {
        @Override
        public int code() {
            return 209;
        }
    }

    /** 210 (RFC 5071) */
    record PxelinuxPathPrefix(String prefix) implements DhcpOption {
        @Override
        public int code() {
            return 210;
        }
    }

    /** 211 (RFC 5071) */
    record PxelinuxRebootTime(long seconds) implements DhcpOption {
        @Override
        public int code() {
            return 211;
        }
    }

    /**
     * An option whose value breaks a rule, octet for octet. Firmware in the field writes such: a packet is not lost for an option that its
     * answer may not need, and whoever needs it finds it absent.
     *
     * @param what as in {@link DecodeException#kind}
     */
    record Malformed(int code, Bytes data, String what, String rule) implements DhcpOption {}

    /** Any other option, octet for octet, so that decoding and encoding loses nothing. */
    record Raw(int code, Bytes data) implements DhcpOption {
        public Raw {
            Octets.check(code > 0 && code < 255, "an option's code is 1 to 254, not ", code);
        }
    }
}
