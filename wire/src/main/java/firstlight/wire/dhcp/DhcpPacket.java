package firstlight.wire.dhcp;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * A DHCPv4 packet (RFC 2131 2). Every option stands in here once, option 82 last; overload (52) is undone when a packet is read and
 * never written, since shim, GRUB and several ROMs read {@code file} as text.
 *
 * @param sname up to the first NUL
 * @param file up to the first NUL
 */
public record DhcpPacket(
        int op,
        int hardwareType,
        int hardwareLength,
        int hops,
        int transactionId,
        int seconds,
        int flags,
        Ipv4Address clientAddress,
        Ipv4Address yourAddress,
        Ipv4Address nextServer,
        Ipv4Address relay,
        Bytes clientHardwareAddress,
        String sname,
        String file,
        List<DhcpOption> options) {
    public static final int BOOTREQUEST = 1;
    public static final int BOOTREPLY = 2;
    public static final int BROADCAST_FLAG = 0x8000;
    private static final int KEY = 64;

    public DhcpPacket {
        Octets.check(op == BOOTREQUEST || op == BOOTREPLY, "op is 1 or 2, not ", op);
        Octets.check(hardwareLength >= 0 && hardwareLength <= 16, "hlen is 0 to 16, not ", hardwareLength);
        Octets.check(clientHardwareAddress.length() == 16, "chaddr has 16 octets");
        Octets.check(sname.length() < 64 && sname.indexOf(0) < 0, "sname has at most 63 octets and no NUL");
        Octets.check(file.length() < 128 && file.indexOf(0) < 0, "file has at most 127 octets and no NUL");
        options = relayInformationLast(options);
        BitSet seen = new BitSet(256);
        for (DhcpOption option : options) {
            if (seen.get(option.code())) {
                throw new IllegalArgumentException("option " + option.code() + " stands in a packet once");
            }
            seen.set(option.code());
        }
    }

    private static List<DhcpOption> relayInformationLast(List<DhcpOption> options) {
        int at = 0;
        while (at < options.size() && options.get(at).code() != 82) {
            at++;
        }
        if (at >= options.size() - 1) {
            return List.copyOf(options); // most have none, and most of the others have it there
        }
        List<DhcpOption> ordered = new ArrayList<>(options.size());
        List<DhcpOption> last = new ArrayList<>(1);
        for (DhcpOption option : options) {
            (option.code() == 82 ? last : ordered).add(option);
        }
        ordered.addAll(last);
        return List.copyOf(ordered);
    }

    /** The option, if it is there in its typed form. */
    public <T extends DhcpOption> Optional<T> find(Class<T> type) {
        for (DhcpOption option : options) { // no stream: a server looks a dozen times into each packet
            if (type.isInstance(option)) {
                return Optional.of(type.cast(option));
            }
        }
        return Optional.empty();
    }

    public Optional<Integer> messageType() {
        return find(DhcpOption.MessageType.class).map(DhcpOption.MessageType::type);
    }

    /** Empty unless the client has an Ethernet address. EDK2 with its GUID as hardware address (hlen 16) has none here. */
    public Optional<MacAddress> mac() {
        return hardwareLength == 6 ? Optional.of(MacAddress.of(clientHardwareAddress)) : Optional.empty();
    }

    /**
     * What tells this client from all others: its hardware address, or its client identifier (61) where it has none, as on InfiniBand (RFC 4390
     * 2.1); of a long one the last {@value #KEY} octets, since anybody may invent them. Not the identifier first (RFC 2131 4.2): a PC's firmware
     * and the iPXE that it loads write different ones.
     */
    public Bytes client() {
        return hardwareLength > 0
                ? clientHardwareAddress
                : find(DhcpOption.ClientIdentifier.class)
                        .map(DhcpOption.ClientIdentifier::identifier)
                        .map(identifier -> identifier.last(KEY))
                        .orElse(clientHardwareAddress);
    }

    public boolean isRelayed() {
        return !relay.isAny();
    }

    /** This packet with its options replaced. */
    public DhcpPacket with(List<DhcpOption> replaced) {
        return new DhcpPacket(
                op,
                hardwareType,
                hardwareLength,
                hops,
                transactionId,
                seconds,
                flags,
                clientAddress,
                yourAddress,
                nextServer,
                relay,
                clientHardwareAddress,
                sname,
                file,
                replaced);
    }
}
