package firstlight.wire.dhcp;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.wire.DecodeException;
import java.util.ArrayList;
import java.util.List;

/** The values of options; framing, splitting and order are {@link DhcpCodec}'s. */
final class DhcpOptionCodec {
    private DhcpOptionCodec() {}

    /** @param pxe whether option 60 says that 43 and 175 are in PXE's and iPXE's spaces */
    static DhcpOption read(Octets in, boolean pxe) {
        try {
            return typed(in, pxe);
        } catch (DecodeException e) {
            return new DhcpOption.Malformed(in.code(), in.data(), e.kind(), e.rule());
        }
    }

    private static DhcpOption typed(Octets in, boolean pxe) {
        return switch (in.code()) {
            case 1 -> new DhcpOption.SubnetMask(in.exactly(4).address(0));
            case 3 -> new DhcpOption.Routers(addresses(in.multipleOf(4)));
            case 43 -> pxe ? new DhcpOption.PxeVendorOptions(PxeOptionCodec.read(in)) : raw(in);
            case 50 -> new DhcpOption.RequestedAddress(in.exactly(4).address(0));
            case 51 -> new DhcpOption.LeaseTime(in.exactly(4).u32(0));
            case 53 -> new DhcpOption.MessageType(in.exactly(1).u8(0));
            case 54 -> new DhcpOption.ServerIdentifier(in.exactly(4).address(0));
            case 55 -> new DhcpOption.ParameterRequestList(numbers(in, 1));
            case 56 -> new DhcpOption.Message(in.text());
            case 57 -> new DhcpOption.MaximumMessageSize(in.exactly(2).u16(0));
            case 60 -> new DhcpOption.ClassIdentifier(in.text());
            case 61 -> new DhcpOption.ClientIdentifier(in.data());
            case 66 -> new DhcpOption.TftpServerName(in.textWithoutNulEnd());
            case 67 -> new DhcpOption.BootFileName(in.textWithoutNulEnd());
            case 77 -> new DhcpOption.UserClass(in.data());
            case 82 -> new DhcpOption.RelayAgentInformation(in.relaySubOptions());
            case 93 -> new DhcpOption.ClientArchitectures(numbers(in.multipleOf(2), 2));
            case 94 -> new DhcpOption.NetworkInterfaceIdentifier(in.exactly(3).u8(0), in.u8(1), in.u8(2));
            case 97 ->
                new DhcpOption.ClientMachineIdentifier(
                        in.atLeast(1).u8(0), in.slice(1, in.data().length() - 1));
            case 175 -> pxe ? new DhcpOption.IpxeOptions(in.encapsulatedSubOptions()) : raw(in);
            case 209 -> new DhcpOption.PxelinuxConfigFile(in.text());
            case 210 -> new DhcpOption.PxelinuxPathPrefix(in.text());
            case 211 -> new DhcpOption.PxelinuxRebootTime(in.exactly(4).u32(0));
            default -> raw(in);
        };
    }

    private static DhcpOption raw(Octets in) {
        return new DhcpOption.Raw(in.code(), in.data());
    }

    private static List<Ipv4Address> addresses(Octets in) {
        List<Ipv4Address> addresses = new ArrayList<>();
        for (int at = 0; at < in.data().length(); at += 4) {
            addresses.add(in.address(at));
        }
        return addresses;
    }

    private static List<Integer> numbers(Octets in, int size) {
        List<Integer> numbers = new ArrayList<>(in.data().length() / size);
        for (int at = 0; at < in.data().length(); at += size) {
            numbers.add(size == 1 ? in.u8(at) : in.u16(at));
        }
        return numbers;
    }

    static void write(DhcpOption option, Sink out) {
        switch (option) {
            case DhcpOption.SubnetMask(Ipv4Address mask) -> out.address(mask);
            case DhcpOption.Routers(List<Ipv4Address> addresses) -> addresses.forEach(out::address);
            case DhcpOption.PxeVendorOptions(List<PxeOption> options) -> PxeOptionCodec.write(options, out);
            case DhcpOption.RequestedAddress(Ipv4Address address) -> out.address(address);
            case DhcpOption.LeaseTime(long seconds) -> out.u32(seconds);
            case DhcpOption.MessageType(int type) -> out.u8(type);
            case DhcpOption.ServerIdentifier(Ipv4Address address) -> out.address(address);
            case DhcpOption.ParameterRequestList(List<Integer> codes) -> codes.forEach(out::u8);
            case DhcpOption.Message(String text) -> out.text(text);
            case DhcpOption.MaximumMessageSize(int octets) -> out.u16(octets);
            case DhcpOption.ClassIdentifier(String text) -> out.text(text);
            case DhcpOption.ClientIdentifier(Bytes identifier) -> out.bytes(identifier);
            case DhcpOption.TftpServerName(String name) -> out.text(name).u8(0);
            case DhcpOption.BootFileName(String name) -> out.text(name).u8(0);
            case DhcpOption.UserClass(Bytes content) -> out.bytes(content);
            case DhcpOption.RelayAgentInformation(List<SubOption> subOptions) -> out.subOptions(subOptions);
            case DhcpOption.ClientArchitectures(List<Integer> codes) -> codes.forEach(out::u16);
            case DhcpOption.NetworkInterfaceIdentifier(int type, int major, int minor) ->
                out.u8(type).u8(major).u8(minor);
            case DhcpOption.ClientMachineIdentifier(int type, Bytes identifier) ->
                out.u8(type).bytes(identifier);
            case DhcpOption.IpxeOptions(List<SubOption> subOptions) -> out.subOptions(subOptions);
            case DhcpOption.PxelinuxConfigFile(String name) -> out.text(name);
            case DhcpOption.PxelinuxPathPrefix(String prefix) -> out.text(prefix);
            case DhcpOption.PxelinuxRebootTime(long seconds) -> out.u32(seconds);
            case DhcpOption.Raw raw -> out.bytes(raw.data());
            case DhcpOption.Malformed malformed -> out.bytes(malformed.data());
        }
    }
}
