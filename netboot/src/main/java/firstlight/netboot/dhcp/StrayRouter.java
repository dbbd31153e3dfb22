package firstlight.netboot.dhcp;

import firstlight.model.Ipv4Address;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpOption.Routers;
import firstlight.wire.dhcp.DhcpOption.SubnetMask;
import firstlight.wire.dhcp.DhcpPacket;
import java.util.Optional;

/**
 * A DHCP server's lease whose router lies outside the network of the address that it leases. EDK2 makes a route of it before it asks for its
 * boot file, may not, and gives up (PXE-E99; seen: OVMF 2022.11). iPXE does not mind.
 *
 * @param network as far as its mask is a prefix's
 */
record StrayRouter(Ipv4Address lease, String network, Ipv4Address router) {
    /** Empty for a lease that names no router, no mask, or a router in its network; and for what leases nothing. */
    static Optional<StrayRouter> of(DhcpPacket packet) {
        boolean leases = packet.op() == DhcpPacket.BOOTREPLY
                && !packet.yourAddress().isAny()
                && packet.messageType()
                        .filter(type -> type == MessageType.OFFER || type == MessageType.ACK)
                        .isPresent();
        Optional<Ipv4Address> router =
                packet.find(Routers.class).map(routers -> routers.addresses().getFirst()); // EDK2 takes no other
        Optional<Ipv4Address> mask = packet.find(SubnetMask.class).map(SubnetMask::mask);
        if (!leases || router.isEmpty() || mask.isEmpty()) {
            return Optional.empty();
        }
        Ipv4Address lease = packet.yourAddress();
        int outside = (lease.value() ^ router.get().value()) & mask.get().value();
        return outside == 0
                ? Optional.empty()
                : Optional.of(new StrayRouter(
                        lease, lease.network(Integer.bitCount(mask.get().value())), router.get()));
    }

    /** Behind what is told of a client that took the lease. */
    String text() {
        return "it leases addresses of " + network + " and names the router " + router
                + " (option 3), which is outside that network: UEFI firmware ends PXE there (PXE-E99)."
                + " Correct the router or the network's mask (option 1) in the DHCP server's configuration";
    }
}
