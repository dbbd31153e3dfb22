package firstlight.netboot.dhcp;

import firstlight.model.Facts;
import firstlight.model.MacAddress;
import firstlight.netboot.dhcp.Arrival.Door;
import firstlight.netboot.dhcp.Silence.Reason;
import firstlight.wire.dhcp.DhcpOption.ClassIdentifier;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpOption.PxeVendorOptions;
import firstlight.wire.dhcp.DhcpOption.ServerIdentifier;
import firstlight.wire.dhcp.DhcpPacket;
import firstlight.wire.dhcp.PxeOption.BootItem;
import java.util.Optional;

/**
 * A packet that is for a proxy, and what it asks.
 *
 * @param question what it wants of a proxy
 * @param treatment how such a client is answered
 */
public record Request(DhcpPacket packet, Arrival arrival, Question question, Client client, Treatment treatment)
        implements ProxyDhcp.Reading {
    /** The only boot server type that we offer; vendor types begin at 0x8000. */
    static final int FIRSTLIGHT = 0x8001;

    /** The three questions that a proxy answers. */
    public sealed interface Question {
        /** Broadcast on 67: who can boot me? */
        record Discover() implements Question {}

        /** On 4011: a DHCP server, or our own offer without a file, has sent me here. */
        record BootFile() implements Question {}

        /** Somebody chose an item of our menu. */
        record ChosenItem(BootItem item) implements Question {}
    }

    /** Option 60 decides whose it is; the door and the message type, what it asks. What is not for a proxy is a Silence with its reason. */
    static ProxyDhcp.Reading read(DhcpPacket packet, Arrival arrival, ProxyDhcpSettings settings) {
        if (packet.op() != DhcpPacket.BOOTREQUEST) {
            return Silence.because(Reason.NOT_A_REQUEST, "");
        }
        String vendorClass =
                packet.find(ClassIdentifier.class).map(ClassIdentifier::text).orElse("");
        if (vendorClass.startsWith(ClassIdentifier.U_BOOT)
                && packet.messageType()
                        .filter(type -> type == MessageType.DISCOVER)
                        .isPresent()) {
            return Silence.because(
                    Reason.NO_BOOT_PROGRAM,
                    "U-Boot's own DHCP; U-Boot takes a proxy's answer in its EFI boot only, and only if built so (SERVERIP_FROM_PROXYDHCP). Else its"
                            + " DHCP server must name Firstlight (siaddr, next-server) and the boot file ipxe/arm64/snponly.efi, or that of"
                            + " its processor");
        }
        if (!vendorClass.startsWith(ClassIdentifier.PXE_CLIENT)
                && !vendorClass.startsWith(ClassIdentifier.HTTP_CLIENT)) {
            return Silence.because(Reason.NOT_PXE, "");
        }
        Optional<Integer> type = packet.messageType();
        if (type.isEmpty()) {
            return Silence.because(Reason.NO_MESSAGE_TYPE, "");
        }
        Client client = Client.of(packet, vendorClass, arrival.network());
        Treatment treatment = Treatment.of(client, settings);
        Optional<BootItem> item = packet.find(PxeVendorOptions.class).flatMap(options -> options.find(BootItem.class));
        boolean asks = type.get() == MessageType.REQUEST || type.get() == MessageType.INFORM;
        if (asks && item.isPresent()) {
            return chosen(new Request(packet, arrival, new Question.ChosenItem(item.get()), client, treatment));
        }
        if (asks && arrival.door() == Door.PROXY) {
            return known(new Request(packet, arrival, new Question.BootFile(), client, treatment));
        }
        if (type.get() == MessageType.DISCOVER && arrival.door() == Door.DHCP) {
            return known(new Request(packet, arrival, new Question.Discover(), client, treatment));
        }
        if (Refusal.isDue(packet, arrival)) {
            return new Refusal(packet, arrival);
        }
        return Silence.because(Reason.THE_DHCP_SERVERS_BUSINESS, "message type " + type.get());
    }

    private static ProxyDhcp.Reading known(Request request) {
        return request.treatment.architecture().isPresent()
                ? request
                : Silence.because(Reason.NO_BOOT_PROGRAM, "option 93 = " + request.client.architectures());
    }

    private static ProxyDhcp.Reading chosen(Request request) {
        BootItem item = ((Question.ChosenItem) request.question).item();
        // iPXE writes the server that it asks into 54 when it broadcasts on 67 as well; EDK2 writes none.
        Optional<ServerIdentifier> asked = request.packet.find(ServerIdentifier.class);
        if (asked.isPresent() && !asked.get().address().equals(request.arrival.server())) {
            return Silence.because(Reason.FOR_ANOTHER_SERVER, asked.get().address());
        }
        if (item.type() != FIRSTLIGHT) {
            return Silence.because(Reason.UNKNOWN_BOOT_SERVER_TYPE, item.type());
        }
        if ((item.layer() & BootItem.CREDENTIALS) != 0) {
            return Silence.because(Reason.CREDENTIALS_WANTED, "");
        }
        return known(request);
    }

    /** Who asks, for events. */
    public MacAddress device() {
        return client.device();
    }

    /** What to ask the decision for. */
    public Facts facts() {
        return treatment.facts(client);
    }
}
