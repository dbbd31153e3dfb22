package firstlight.netboot.dhcp;

import firstlight.model.Ipv4Address;
import firstlight.netboot.dhcp.Arrival.Door;
import firstlight.netboot.dhcp.Request.Question;
import firstlight.wire.dhcp.DhcpOption;
import firstlight.wire.dhcp.DhcpOption.BootFileName;
import firstlight.wire.dhcp.DhcpOption.ClassIdentifier;
import firstlight.wire.dhcp.DhcpOption.ClientIdentifier;
import firstlight.wire.dhcp.DhcpOption.ClientMachineIdentifier;
import firstlight.wire.dhcp.DhcpOption.IpxeOptions;
import firstlight.wire.dhcp.DhcpOption.Message;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpOption.PxeVendorOptions;
import firstlight.wire.dhcp.DhcpOption.RelayAgentInformation;
import firstlight.wire.dhcp.DhcpOption.ServerIdentifier;
import firstlight.wire.dhcp.DhcpOption.TftpServerName;
import firstlight.wire.dhcp.DhcpPacket;
import firstlight.wire.dhcp.PxeOption;
import firstlight.wire.dhcp.PxeOption.BootMenu;
import firstlight.wire.dhcp.PxeOption.BootServers;
import firstlight.wire.dhcp.PxeOption.DiscoveryControl;
import firstlight.wire.dhcp.PxeOption.MenuPrompt;
import java.util.ArrayList;
import java.util.List;

/** A plan as a DHCP packet, and where to send it (RFC 2131 4.1). */
final class ReplyBuilder {
    private static final int SERVER_PORT = 67;
    private static final int CLIENT_PORT = 68;
    static final String LOCAL_DISK = "Local disk";
    static final String RASPBERRY_PI_BOOT = "Raspberry Pi Boot";
    /** iPXE's priority of a proxy's answer (option 175.1); without it a DHCP server's boot file goes first. */
    private static final int OURS_FIRST = 1;

    private ReplyBuilder() {}

    /** @param plan any but {@link Plan.Quiet} */
    static ProxyDhcp.Reply reply(Request request, Plan plan) {
        DhcpPacket asked = request.packet();
        Ipv4Address server = request.arrival().server();
        String file = plan instanceof Plan.Load load ? load.file() : "";
        DhcpPacket packet = new DhcpPacket(
                DhcpPacket.BOOTREPLY,
                asked.hardwareType(),
                asked.hardwareLength(),
                0,
                asked.transactionId(),
                0,
                flags(asked),
                asked.clientAddress(),
                Ipv4Address
                        .ANY, // a proxy leases nothing; EDK2 takes an offer with an address here for the DHCP server's
                server,
                asked.relay(),
                asked.clientHardwareAddress(),
                server.toString(),
                file,
                options(request, plan, file));
        return addressed(request.arrival(), asked, AnswerSize.fitted(asked, packet));
    }

    /**
     * A client without address can only be reached by broadcast, since there is no {@code yiaddr} that a relay or we could send to:
     * iPXE does not set the flag, so it is set here, through a relay as well.
     */
    private static int flags(DhcpPacket asked) {
        return asked.clientAddress().isAny() ? asked.flags() | DhcpPacket.BROADCAST_FLAG : asked.flags();
    }

    /** To a client that asks us for an address. */
    static ProxyDhcp.Reply refusal(DhcpPacket asked, Arrival arrival) {
        List<DhcpOption> options = new ArrayList<>();
        options.add(new MessageType(MessageType.NAK));
        options.add(new ServerIdentifier(arrival.server()));
        options.add(new Message("Firstlight leases no addresses"));
        asked.find(ClientIdentifier.class).ifPresent(options::add);
        addRelays(asked, options);
        DhcpPacket packet = new DhcpPacket(
                DhcpPacket.BOOTREPLY,
                asked.hardwareType(),
                asked.hardwareLength(),
                0,
                asked.transactionId(),
                0,
                flags(asked),
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                asked.relay(),
                asked.clientHardwareAddress(),
                "",
                "",
                options);
        return addressed(arrival, asked, AnswerSize.fitted(asked, packet));
    }

    private static ProxyDhcp.Reply addressed(Arrival arrival, DhcpPacket asked, DhcpPacket packet) {
        // Who asks on 4011 without an address can only be answered as on 67: what goes to 0.0.0.0 comes to ourselves.
        if (arrival.door() == Door.PROXY && !arrival.source().isAny()) {
            // EDK2 asks from 4011, iPXE and BIOS ROMs from 68.
            return new ProxyDhcp.Reply(packet, arrival.server(), arrival.source(), arrival.sourcePort());
        }
        if (asked.isRelayed()) {
            boolean sourcePort = asked.find(RelayAgentInformation.class)
                    .flatMap(relay -> relay.find(RelayAgentInformation.RELAY_SOURCE_PORT))
                    .isPresent();
            return new ProxyDhcp.Reply(
                    packet, arrival.server(), asked.relay(), sourcePort ? arrival.sourcePort() : SERVER_PORT);
        }
        Ipv4Address to = asked.clientAddress().isAny() ? Ipv4Address.BROADCAST : asked.clientAddress();
        return new ProxyDhcp.Reply(packet, arrival.server(), to, CLIENT_PORT);
    }

    private static List<DhcpOption> options(Request request, Plan plan, String file) {
        Ipv4Address server = request.arrival().server();
        boolean http = request.client().isHttpBoot();
        boolean offer = request.question() instanceof Question.Discover;
        List<DhcpOption> options = new ArrayList<>();
        options.add(new MessageType(offer ? MessageType.OFFER : MessageType.ACK));
        options.add(new ServerIdentifier(server));
        // The NUL is for GRUB, which compares a C string when it was started by HTTP Boot; EDK2 looks at ten octets.
        options.add(new ClassIdentifier(http ? ClassIdentifier.HTTP_CLIENT + "\0" : ClassIdentifier.PXE_CLIENT));
        request.packet().find(ClientMachineIdentifier.class).ifPresent(options::add);
        if (!file.isEmpty()) {
            options.add(new BootFileName(file));
        }
        if (!http) {
            options.add(new TftpServerName(server.toString()));
            List<PxeOption> vendor = vendorOptions(request, plan);
            if (!vendor.isEmpty()) {
                options.add(new PxeVendorOptions(vendor));
            }
        }
        if (request.treatment().outranks()) {
            options.add(IpxeOptions.priority(OURS_FIRST));
        }
        // RFC 6842 3. Behind all else, for ROMs that look only so far.
        request.packet().find(ClientIdentifier.class).ifPresent(options::add);
        addRelays(request.packet(), options);
        return options;
    }

    /** The relay's own, however it writes it (RFC 3046 2.2). */
    private static void addRelays(DhcpPacket asked, List<DhcpOption> options) {
        for (DhcpOption option : asked.options()) {
            if (option.code() == RelayAgentInformation.CODE) {
                options.add(option);
            }
        }
    }

    private static List<PxeOption> vendorOptions(Request request, Plan plan) {
        return switch (plan) {
            case Plan.Load _ when request.treatment().kind() == ClientKind.RASPBERRY_PI -> raspberryPi();
            case Plan.Load _ -> {
                List<PxeOption> at = new ArrayList<>();
                at.add(new DiscoveryControl(DiscoveryControl.BOOT_FILE_AT_ONCE));
                if (request.question() instanceof Question.ChosenItem(var item)) {
                    at.add(item); // iPXE wants the type that it asked for
                }
                yield at;
            }
            // Without option 43 the firmware asks on 4011.
            case Plan.AskOn4011 _ -> List.of();
            case Plan.LocalDisk _ ->
                List.of(
                        new DiscoveryControl(DiscoveryControl.NO_BROADCAST | DiscoveryControl.NO_MULTICAST),
                        new BootMenu(List.of(new BootMenu.Item(BootMenu.LOCAL_BOOT, LOCAL_DISK))),
                        // 0 seconds: the first item at once, which is the local disk (PXE 2.1, option 43.10).
                        new MenuPrompt(0, LOCAL_DISK));
            case Plan.Menu(String prompt, int seconds) ->
                List.of(
                        new DiscoveryControl(DiscoveryControl.NO_BROADCAST | DiscoveryControl.NO_MULTICAST),
                        // One address: EDK2 asks all of them and keeps the last answer, even a failure.
                        new BootServers(List.of(new BootServers.Servers(
                                Request.FIRSTLIGHT, List.of(request.arrival().server())))),
                        new BootMenu(List.of(
                                new BootMenu.Item(BootMenu.LOCAL_BOOT, LOCAL_DISK),
                                new BootMenu.Item(Request.FIRSTLIGHT, "Firstlight"))),
                        new MenuPrompt(seconds, cut(prompt)));
            case Plan.Quiet _ -> throw new AssertionError("nothing is sent");
        };
    }

    /** The firmware looks for this text; what it loads it knows by itself. */
    private static List<PxeOption> raspberryPi() {
        return List.of(
                new DiscoveryControl(DiscoveryControl.BOOT_FILE_AT_ONCE),
                new BootMenu(List.of(new BootMenu.Item(BootMenu.LOCAL_BOOT, RASPBERRY_PI_BOOT))),
                new MenuPrompt(0, "PXE"));
    }

    /** Option 43 must stay within 255 octets (no PXE client joins pieces), and a line of the screen has 80 columns. */
    private static String cut(String prompt) {
        return prompt.length() <= 70 ? prompt : prompt.substring(0, 70);
    }
}
