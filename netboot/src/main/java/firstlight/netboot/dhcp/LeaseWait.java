package firstlight.netboot.dhcp;

import firstlight.model.Bytes;
import firstlight.wire.dhcp.DhcpOption.ClassIdentifier;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpPacket;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Who boots from the network and gets no address. Firmware repeats its DISCOVER until a DHCP server has offered one, and broadcasts a
 * REQUEST then; Firstlight's own answers end nothing. Nobody else would say why such a PC goes on to its disk. Mutable, owned by the
 * proxy's thread.
 */
final class LeaseWait {
    /** Servers that look for an address' owner first offer it after 1 to 3 s. iPXE asks after 0, 1, 3 and 7 s, EDK2 after 0, 4 and 12 s. */
    static final Duration TOO_LONG = Duration.ofSeconds(6);

    /** EDK2's longest pause is 16 s; after a longer one the PC was started again. */
    static final Duration ANOTHER_START = Duration.ofSeconds(30);

    private final FollowedClients<Waiting> waits = new FollowedClients<>();

    /** Changed in place: a flood repeats its packets. */
    private static final class Waiting implements FollowedClients.Heard {
        final Instant first;
        Instant last;
        boolean told;

        Waiting(Instant now) {
            first = now;
            last = now;
        }

        @Override
        public Instant last() {
            return last;
        }
    }

    /** What there is to tell of the packet's client, once in a wait. */
    Optional<String> hear(DhcpPacket packet, Instant now) {
        boolean boots = packet.op() == DhcpPacket.BOOTREQUEST
                && packet.find(ClassIdentifier.class)
                        .filter(ClassIdentifier::isFirmware)
                        .isPresent();
        int type = packet.messageType().orElse(0);
        if (!boots || (type != MessageType.DISCOVER && type != MessageType.REQUEST)) {
            return Optional.empty();
        }
        Bytes client = packet.clientHardwareAddress();
        if (type == MessageType.REQUEST) {
            waits.remove(client);
            return Optional.empty();
        }
        Waiting waiting = waits.get(client);
        if (waiting == null || !now.isBefore(waiting.last.plus(ANOTHER_START))) {
            waits.put(client, new Waiting(now));
            return Optional.empty();
        }
        waiting.last = now;
        Duration waited = Duration.between(waiting.first, now);
        boolean tell = !waiting.told && waited.compareTo(TOO_LONG) >= 0;
        waiting.told |= tell;
        return tell
                ? Optional.of("has asked for an address for " + waited.toSeconds()
                        + " s and took none, and boots nothing without; look whether its DHCP server (Firstlight leases nothing) hears"
                        + " it, has addresses left and gives them to PCs that it does not know")
                : Optional.empty();
    }
}
