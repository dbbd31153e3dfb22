package firstlight.netboot.dhcp;

import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import firstlight.netboot.files.BootPath;
import firstlight.wire.dhcp.DhcpOption.BootFileName;
import firstlight.wire.dhcp.DhcpOption.ClassIdentifier;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpOption.PxeVendorOptions;
import firstlight.wire.dhcp.DhcpOption.ServerIdentifier;
import firstlight.wire.dhcp.DhcpOption.TftpServerName;
import firstlight.wire.dhcp.DhcpPacket;
import firstlight.wire.dhcp.PxeOption.BootMenu;
import java.util.List;
import java.util.Optional;

/**
 * Another server's word on where a PC boots from: of an older imaging system, a router's DHCP server with a forgotten option 67, or one
 * set up to send PCs to somebody else. Which of two answers a firmware takes is its own affair, so somebody has to be told.
 *
 * @param what it offers, for people
 * @param inHeader whether it names a boot file in the header, which shim (netboot.c,
 *     parseDhcp4) and GRUB (Red Hat's efinet.c) put before a proxy's word
 * @param firstlight a Firstlight's, which knows other devices and other work than this one
 */
record OtherOffer(Ipv4Address server, MacAddress client, String what, boolean inHeader, boolean firstlight) {
    private static final String HTTP = "http://";

    /**
     * Empty for an offer that only leases, for one that sends the PC to us, and for that of a Firstlight which decides as we do.
     *
     * @param here the host that Firstlight runs on
     * @param sharedDatabase whether other Firstlights may decide by what we know
     */
    static Optional<OtherOffer> of(DhcpPacket packet, Ipv4Address source, ThisHost here, boolean sharedDatabase) {
        boolean answer = packet.op() == DhcpPacket.BOOTREPLY
                && packet.messageType()
                        .filter(type -> type == MessageType.OFFER || type == MessageType.ACK)
                        .isPresent();
        Ipv4Address server = server(packet, source);
        boolean ourOwn = isOurOwn(packet, source, server, here);
        boolean firstlight = isFirstlight(packet, server);
        if (!answer || packet.mac().isEmpty() || ourOwn || (firstlight && sharedDatabase)) {
            return Optional.empty();
        }
        if (isToUs(packet, server, here)) {
            return Optional.empty();
        }
        return what(packet, here.has(source))
                .map(what -> new OtherOffer(
                        server, packet.mac().get(), what, !packet.file().isEmpty(), firstlight));
    }

    /** Of a Firstlight on another host, whatever it decides by. */
    static boolean isAnotherFirstlights(DhcpPacket packet, Ipv4Address source, ThisHost here) {
        Ipv4Address server = server(packet, source);
        return packet.op() == DhcpPacket.BOOTREPLY
                && packet.mac().isPresent()
                && !isOurOwn(packet, source, server, here)
                && isFirstlight(packet, server);
    }

    /** Who says it: a relay passes on others' words. */
    static Ipv4Address server(DhcpPacket packet, Ipv4Address source) {
        return packet.find(ServerIdentifier.class)
                .map(ServerIdentifier::address)
                .orElse(source);
    }

    /** Whatever this host sends comes back to us as well, and what we repeat of others'. */
    private static boolean isOurOwn(DhcpPacket packet, Ipv4Address source, Ipv4Address server, ThisHost here) {
        return here.has(source) && (packet.yourAddress().isAny() || !here.has(server));
    }

    private static boolean isToUs(DhcpPacket packet, Ipv4Address server, ThisHost here) {
        Optional<String> named =
                packet.find(TftpServerName.class).map(TftpServerName::name).filter(name -> !name.isEmpty());
        String file = file(packet);
        // Who names no server means itself: what firmware asks this host for then is ours if we have it.
        boolean itself = packet.nextServer().isAny() && named.isEmpty() && here.has(server);
        return here.has(packet.nextServer())
                || named.filter(here::isCalled).isPresent()
                || hostOfUrl(file).filter(here::isCalled).isPresent()
                || (itself && BootPrograms.isOne(file));
    }

    /** Only with a port, as our URLs are: at HTTP's own there is another server. */
    private static Optional<String> hostOfUrl(String file) {
        int colon = file.indexOf(':', HTTP.length());
        return file.startsWith(HTTP) && colon > 0
                ? Optional.of(file.substring(HTTP.length(), colon))
                : Optional.empty();
    }

    /** For {@link firstlight.model.Events}. */
    String event() {
        return firstlight
                ? "the Firstlight at " + server + ", which has another database, offered it " + what
                        + " too; which of the two it listens to is chance"
                : "the server " + server + " offered it " + what
                        + " too; if it does not start Firstlight's, that server answered what it took"
                        + (inHeader
                                ? "; shim and GRUB (`preboot-client.uefi: grub`) ask that server for what they load next,"
                                        + " even if the firmware took Firstlight's"
                                : "");
    }

    /** For whoever runs the servers. */
    String warning() {
        return firstlight
                ? "another Firstlight, " + server
                        + ", answers the same PCs by a database of its own: a PC that has work at one of the two may"
                        + " be sent to its disk by the other. Give both one database (`database.url`), or let one of them serve other"
                        + " networks (`interfaces`)"
                : "the server " + server + " tells PCs where to boot from, too (" + what
                        + "): those that listen to it do not start Firstlight's boot program. Take options 43, 60, 66, 67, the boot file and"
                        + " `ipxe.no-pxedhcp` (175) out of its configuration, or switch its PXE service off";
    }

    /** Ours leases nothing, writes its own address where a host's name belongs, as others do too, and offers what only we have. */
    private static boolean isFirstlight(DhcpPacket packet, Ipv4Address server) {
        if (!packet.yourAddress().isAny() || !packet.sname().equals(server.toString())) {
            return false;
        }
        String file = file(packet);
        if (!file.isEmpty()) {
            return BootPrograms.isOfferedAt(server, file);
        }
        boolean named = packet.find(TftpServerName.class)
                .filter(name -> name.name().equals(server.toString()))
                .isPresent();
        // Without a menu it calls to its port 4011.
        return named
                && menu(packet).map(BootMenu::items).stream()
                        .flatMap(List::stream)
                        .allMatch(item -> item.type() == Request.FIRSTLIGHT
                                || item.text().equals(ReplyBuilder.LOCAL_DISK)
                                || item.text().equals(ReplyBuilder.RASPBERRY_PI_BOOT));
    }

    private static Optional<BootMenu> menu(DhcpPacket packet) {
        return packet.find(PxeVendorOptions.class).flatMap(options -> options.find(BootMenu.class));
    }

    private static String file(DhcpPacket packet) {
        return packet.find(BootFileName.class)
                .map(BootFileName::name)
                .filter(name -> !name.isEmpty())
                .orElse(packet.file());
    }

    /** @param thisHosts a DHCP server's on this host, whose option 60 sends PCs to our port 4011 */
    private static Optional<String> what(DhcpPacket packet, boolean thisHosts) {
        String file = file(packet);
        if (!file.isEmpty()) {
            return Optional.of("the boot file '" + BootPath.shown(file) + "'");
        }
        if (menu(packet).isPresent()) {
            return Optional.of("a boot menu of its own");
        }
        // A DHCP server on a Firstlight's host says this, and so
        // does any other boot server's: it means port 4011 there.
        return packet.find(ClassIdentifier.class)
                .filter(identifier -> identifier.isPxe() && !thisHosts)
                .map(_ -> "a boot server at its address");
    }
}
