package firstlight.lab;

import firstlight.lab.Packet.Dhcp;
import firstlight.lab.Packet.Http;
import firstlight.lab.Packet.Tcp;
import firstlight.lab.Packet.TftpRequest;
import firstlight.model.MacAddress;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Whether something that was seen of a PC is what a phase shows of itself. Made from packets and console lines only. */
@FunctionalInterface
interface Sight {
    boolean is(PcSpec pc, Seen seen);

    /** A DISCOVER of the firmware's PXE client. */
    static Sight discover() {
        return dhcp(packet -> !packet.reply() && packet.type() == Dhcp.DISCOVER && packet.isPxe());
    }

    /** A DISCOVER of the firmware's HTTP Boot. */
    static Sight httpBootDiscover() {
        return dhcp(packet -> !packet.reply()
                && packet.type() == Dhcp.DISCOVER
                && packet.text(60).startsWith("HTTPClient"));
    }

    /** The DHCP server's OFFER of an address. */
    static Sight addressOffer(String server) {
        return dhcp(packet -> offersAddress(packet, server));
    }

    /** The OFFER of an address in which the DHCP server points to a proxy on its own host: option 60, no option 43. */
    static Sight addressOfferNamingProxy(String server) {
        return dhcp(packet -> offersAddress(packet, server)
                && packet.isPxe()
                && packet.option(43).isEmpty());
    }

    private static boolean offersAddress(Dhcp packet, String server) {
        return packet.reply()
                && packet.type() == Dhcp.OFFER
                && packet.source().address().equals(server)
                && !packet.yiaddr().equals("0.0.0.0");
    }

    /** Firstlight's OFFER: no address in it, a boot file or PXE's option 43. */
    static Sight proxyOffer() {
        return dhcp(packet -> packet.reply()
                && packet.type() == Dhcp.OFFER
                && packet.source().equals(new Packet.End(Lan.SERVER, 67))
                && packet.yiaddr().equals("0.0.0.0")
                && packet.isPxe()
                && (!packet.bootFile().isEmpty() || packet.option(43).isPresent()));
    }

    /** Firstlight's OFFER to UEFI HTTP Boot: a URL. */
    static Sight httpBootOffer() {
        return dhcp(packet -> packet.reply()
                && packet.type() == Dhcp.OFFER
                && packet.source().equals(new Packet.End(Lan.SERVER, 67))
                && packet.text(60).startsWith("HTTPClient")
                && packet.bootFile().startsWith("http://"));
    }

    /** The firmware's REQUEST to port 4011. */
    static Sight proxyRequest() {
        return dhcp(packet -> !packet.reply() && packet.target().port() == 4011);
    }

    /** Firstlight's answer from port 4011 that names a boot file. */
    static Sight proxyAck() {
        return dhcp(packet -> packet.reply()
                && packet.source().equals(new Packet.End(Lan.SERVER, 4011))
                && !packet.bootFile().isEmpty());
    }

    /** Firstlight's word on "local boot", on whichever port: option 43 and no boot file. */
    static Sight localBootAnswer() {
        return dhcp(packet -> packet.reply()
                && packet.source().address().equals(Lan.SERVER)
                && packet.yiaddr().equals("0.0.0.0")
                && packet.option(43).isPresent()
                && packet.bootFile().isEmpty());
    }

    /** A request for a file whose name matches, through TFTP or HTTP. */
    static Sight requestFor(String regex) {
        Pattern pattern = Pattern.compile(regex);
        return (pc, seen) -> (seen instanceof TftpRequest request
                        && request.from().equals(pc.mac())
                        && pattern.matcher(request.file()).find())
                || (seen instanceof Http http
                        && http.isRequest()
                        && http.from().equals(pc.mac())
                        && pattern.matcher(http.path()).find());
    }

    /**
     * Any file at all, through TFTP or HTTP: what a PC with nothing to do must not ask for. UEFI HTTP Boot, which OVMF tries when
     * its PXE was sent to the local disk, knows no other "local boot" than a URL that is refused (404): that is no download.
     */
    static Sight anyDownload() {
        return requestFor("^(?!/?local-disk/none\\.efi$)");
    }

    /** An HTTP response to the PC whose first segment matches. */
    static Sight httpAnswer(String regex) {
        Pattern pattern = Pattern.compile(regex, Pattern.DOTALL);
        return (pc, seen) -> seen instanceof Http http
                && !http.isRequest()
                && http.to().equals(pc.mac())
                && pattern.matcher(http.firstLine() + "\n" + http.rest()).find();
    }

    /** A TCP connection that the PC opens to a port of Firstlight. */
    static Sight connectionTo(int port) {
        return (pc, seen) -> seen instanceof Tcp tcp
                && tcp.syn()
                && tcp.from().equals(pc.mac())
                && tcp.target().equals(new Packet.End(Lan.SERVER, port));
    }

    /** A line of the serial console. */
    static Sight console(String regex) {
        Pattern pattern = Pattern.compile(regex);
        return (pc, seen) -> seen instanceof Seen.Line line
                && line.pc().equals(pc.name())
                && pattern.matcher(line.text()).find();
    }

    private static Sight dhcp(Predicate<Dhcp> test) {
        return (pc, seen) -> seen instanceof Dhcp packet && packet.client().equals(pc.mac()) && test.test(packet);
    }

    /** Whether {@code seen} has to do with {@code pc} at all; broadcasts to nobody in particular have not. */
    static boolean concerns(PcSpec pc, Seen seen) {
        MacAddress mac = pc.mac();
        return switch (seen) {
            case Seen.Line line -> line.pc().equals(pc.name());
            case Dhcp dhcp -> dhcp.client().equals(mac);
            case Packet packet -> packet.from().equals(mac) || packet.to().equals(mac);
        };
    }
}
