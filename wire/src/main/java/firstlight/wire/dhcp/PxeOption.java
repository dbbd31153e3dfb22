package firstlight.wire.dhcp;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import java.util.List;

/** A sub-option of option 43 between a PXE client and a PXE server (PXE 2.1 table 2-1). */
public sealed interface PxeOption {
    int code();

    /** 43.1: the multicast group that the client listens to. */
    record MtftpAddress(Ipv4Address group) implements PxeOption {
        @Override
        public int code() {
            return 1;
        }
    }

    /** 43.2: the port that the client listens on. Little-endian on the wire, against all other numbers of PXE. */
    record MtftpClientPort(int port) implements PxeOption {
        public MtftpClientPort {
            Octets.check(port >>> 16 == 0, "a port has 16 bits, not ", port);
        }

        @Override
        public int code() {
            return 2;
        }
    }

    /** 43.3: the port that the server listens on. Little-endian as well. */
    record MtftpServerPort(int port) implements PxeOption {
        public MtftpServerPort {
            Octets.check(port >>> 16 == 0, "a port has 16 bits, not ", port);
        }

        @Override
        public int code() {
            return 3;
        }
    }

    /** 43.4: how long a client listens for a running transfer before it opens one. */
    record MtftpTimeout(int seconds) implements PxeOption {
        public MtftpTimeout {
            Octets.check(seconds >>> 8 == 0, "seconds have one octet, not ", seconds);
        }

        @Override
        public int code() {
            return 4;
        }
    }

    /** 43.5: how long a client hears nothing before it takes over. */
    record MtftpDelay(int seconds) implements PxeOption {
        public MtftpDelay {
            Octets.check(seconds >>> 8 == 0, "seconds have one octet, not ", seconds);
        }

        @Override
        public int code() {
            return 5;
        }
    }

    /** 43.6: how the client may look for boot servers, or that it need not. */
    record DiscoveryControl(int bits) implements PxeOption {
        public static final int NO_BROADCAST = 1;
        public static final int NO_MULTICAST = 2;
        public static final int LISTED_SERVERS_ONLY = 4;
        /** Load the boot file at once: no prompt, no menu, no discovery. */
        public static final int BOOT_FILE_AT_ONCE = 8;

        public DiscoveryControl {
            Octets.check(bits >>> 8 == 0, "discovery control has one octet, not ", bits);
        }

        @Override
        public int code() {
            return 6;
        }
    }

    /** 43.7 */
    record DiscoveryMulticastAddress(Ipv4Address group) implements PxeOption {
        @Override
        public int code() {
            return 7;
        }
    }

    /** 43.8: where boot servers of which type are. No address means: any server of that type. */
    record BootServers(List<Servers> servers) implements PxeOption {
        /** The servers of one type. */
        public record Servers(int type, List<Ipv4Address> addresses) {
            public Servers {
                addresses = List.copyOf(addresses);
                Octets.check(type >>> 16 == 0, "a boot server type has 16 bits, not ", type);
            }
        }

        public BootServers {
            servers = List.copyOf(servers);
        }

        @Override
        public int code() {
            return 8;
        }
    }

    /** 43.9: the first item is the default; an item of type 0 boots locally. */
    record BootMenu(List<Item> items) implements PxeOption {
        public static final int LOCAL_BOOT = 0;

        /** One line of the firmware's menu. */
        public record Item(int type, String text) {
            public Item {
                Octets.check(type >>> 16 == 0, "a boot server type has 16 bits, not ", type);
                Octets.check(text.length() <= 255, "an item has at most 255 octets");
            }
        }

        public BootMenu {
            items = List.copyOf(items);
        }

        @Override
        public int code() {
            return 9;
        }
    }

    /** 43.10: seconds 0 takes the first item at once, 255 shows the menu, others count down while F8 shows the menu. */
    record MenuPrompt(int seconds, String text) implements PxeOption {
        public MenuPrompt {
            Octets.check(seconds >>> 8 == 0, "seconds have one octet, not ", seconds);
        }

        @Override
        public int code() {
            return 10;
        }
    }

    /** 43.11: multicast addresses to hand out; between servers only. */
    record MulticastAllocation(Ipv4Address base, int block, int range) implements PxeOption {
        @Override
        public int code() {
            return 11;
        }
    }

    /** 43.71: the menu item that the client has chosen. */
    record BootItem(int type, int layer) implements PxeOption {
        /** The client wants signed credentials (BIS). */
        public static final int CREDENTIALS = 0x8000;

        public BootItem {
            Octets.check(type >>> 16 == 0 && layer >>> 16 == 0, "type and layer have 16 bits");
        }

        @Override
        public int code() {
            return 71;
        }
    }

    /** Any other sub-option. */
    record Raw(int code, Bytes data) implements PxeOption {
        public Raw {
            Octets.check(code > 0 && code < 255, "a sub-option's code is 1 to 254, not ", code);
        }
    }
}
