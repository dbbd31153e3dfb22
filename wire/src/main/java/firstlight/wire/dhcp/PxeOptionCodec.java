package firstlight.wire.dhcp;

import firstlight.model.Ipv4Address;
import java.util.ArrayList;
import java.util.List;

/** The inside of option 43 in PXE's space. */
final class PxeOptionCodec {
    private static final int END = 255;

    private PxeOptionCodec() {}

    static List<PxeOption> read(Octets option43) {
        return option43.encapsulatedOptions().stream()
                .map(PxeOptionCodec::readOne)
                .toList();
    }

    private static PxeOption readOne(Octets in) {
        return switch (in.code()) {
            case 1 -> new PxeOption.MtftpAddress(in.exactly(4).address(0));
            case 2 -> new PxeOption.MtftpClientPort(in.exactly(2).u16LittleEndian(0));
            case 3 -> new PxeOption.MtftpServerPort(in.exactly(2).u16LittleEndian(0));
            case 4 -> new PxeOption.MtftpTimeout(in.exactly(1).u8(0));
            case 5 -> new PxeOption.MtftpDelay(in.exactly(1).u8(0));
            case 6 -> new PxeOption.DiscoveryControl(in.exactly(1).u8(0));
            case 7 -> new PxeOption.DiscoveryMulticastAddress(in.exactly(4).address(0));
            case 8 -> bootServers(in);
            case 9 -> bootMenu(in);
            case 10 ->
                new PxeOption.MenuPrompt(
                        in.atLeast(1).u8(0), in.text(1, in.data().length() - 1));
            case 11 -> new PxeOption.MulticastAllocation(in.exactly(8).address(0), in.u16(4), in.u16(6));
            case 71 -> new PxeOption.BootItem(in.exactly(4).u16(0), in.u16(2));
            default -> new PxeOption.Raw(in.code(), in.data());
        };
    }

    private static PxeOption bootServers(Octets in) {
        List<PxeOption.BootServers.Servers> servers = new ArrayList<>();
        int end = in.data().length();
        for (int at = 0; at < end; ) {
            if (at + 3 > end || at + 3 + 4 * in.u8(at + 2) > end) {
                throw in.broken(at, "the list of servers is cut off");
            }
            List<Ipv4Address> addresses = new ArrayList<>();
            for (int i = 0; i < in.u8(at + 2); i++) {
                addresses.add(in.address(at + 3 + 4 * i));
            }
            servers.add(new PxeOption.BootServers.Servers(in.u16(at), addresses));
            at += 3 + 4 * addresses.size();
        }
        return new PxeOption.BootServers(servers);
    }

    private static PxeOption bootMenu(Octets in) {
        List<PxeOption.BootMenu.Item> items = new ArrayList<>();
        int end = in.data().length();
        for (int at = 0; at < end; ) {
            if (at + 3 > end || at + 3 + in.u8(at + 2) > end) {
                throw in.broken(at, "the menu item is cut off");
            }
            items.add(new PxeOption.BootMenu.Item(in.u16(at), in.text(at + 3, in.u8(at + 2))));
            at += 3 + in.u8(at + 2);
        }
        return new PxeOption.BootMenu(items);
    }

    /**
     * Always with the inner end: the walkers of EDK2 check no bounds, and Raspberry Pi firmware was seen to need it.
     *
     */
    static void write(List<PxeOption> options, Sink out) {
        for (PxeOption option : options) {
            int from = out.u8(option.code()).u8(0).length();
            writeOne(option, out);
            int length = out.length() - from;
            if (length > 255) {
                throw new IllegalArgumentException("sub-option " + option.code() + " is longer than 255 octets");
            }
            out.set(from - 1, length);
        }
        out.u8(END);
    }

    private static void writeOne(PxeOption option, Sink out) {
        switch (option) {
            case PxeOption.MtftpAddress(Ipv4Address group) -> out.address(group);
            case PxeOption.MtftpClientPort(int port) -> out.u16LittleEndian(port);
            case PxeOption.MtftpServerPort(int port) -> out.u16LittleEndian(port);
            case PxeOption.MtftpTimeout(int seconds) -> out.u8(seconds);
            case PxeOption.MtftpDelay(int seconds) -> out.u8(seconds);
            case PxeOption.DiscoveryControl(int bits) -> out.u8(bits);
            case PxeOption.DiscoveryMulticastAddress(Ipv4Address group) -> out.address(group);
            case PxeOption.BootServers(var list) ->
                list.forEach(servers -> {
                    out.u16(servers.type()).u8(servers.addresses().size());
                    servers.addresses().forEach(out::address);
                });
            case PxeOption.BootMenu(var items) ->
                items.forEach(
                        item -> out.u16(item.type()).u8(item.text().length()).text(item.text()));
            case PxeOption.MenuPrompt(int seconds, String text) ->
                out.u8(seconds).text(text);
            case PxeOption.MulticastAllocation(var base, int block, int range) ->
                out.address(base).u16(block).u16(range);
            case PxeOption.BootItem(int type, int layer) -> out.u16(type).u16(layer);
            case PxeOption.Raw raw -> out.bytes(raw.data());
        }
    }
}
