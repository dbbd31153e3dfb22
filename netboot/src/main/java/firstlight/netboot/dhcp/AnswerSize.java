package firstlight.netboot.dhcp;

import firstlight.wire.dhcp.DhcpCodec;
import firstlight.wire.dhcp.DhcpOption;
import firstlight.wire.dhcp.DhcpOption.ClientIdentifier;
import firstlight.wire.dhcp.DhcpOption.ClientMachineIdentifier;
import firstlight.wire.dhcp.DhcpOption.MaximumMessageSize;
import firstlight.wire.dhcp.DhcpOption.RelayAgentInformation;
import firstlight.wire.dhcp.DhcpPacket;
import java.util.ArrayList;
import java.util.List;

/** Holds an answer to what its client takes: 576 octets with the headers of IPv4 and UDP, unless it says more (RFC 2131 2, option 57). */
final class AnswerSize {
    private static final int LEAST = 576;
    private static final int HEADERS = 20 + 8;

    /** What the client wrote and is told again; as long as that all answers fit, and longer than any firmware writes. */
    private static final int USUAL = 64;

    /**
     * What goes first. A name stands in {@code siaddr} or {@code file} too (66, 67); what the client is it knows (97, 61), and an answer that it
     * cannot take would be none.
     */
    private static final List<Integer> DISPENSABLE = List.of(66, 67, 97, 61);

    private AnswerSize() {}

    static DhcpPacket fitted(DhcpPacket asked, DhcpPacket answer) {
        if (echoed(answer) <= USUAL) {
            return answer; // not measured: that would cost as much as to write it
        }
        int most = asked.find(MaximumMessageSize.class)
                        .map(MaximumMessageSize::octets)
                        .filter(octets -> octets > LEAST)
                        .orElse(LEAST)
                - HEADERS;
        DhcpPacket fitted = answer;
        for (int code : DISPENSABLE) {
            if (length(fitted) > most) {
                fitted = without(fitted, code);
            }
        }
        return fitted;
    }

    private static int echoed(DhcpPacket answer) {
        return answer.find(ClientIdentifier.class)
                        .map(echoed -> echoed.identifier().length())
                        .orElse(0)
                + answer.find(ClientMachineIdentifier.class)
                        .map(echoed -> echoed.identifier().length())
                        .orElse(0);
    }

    /** As the client gets it: what its relay or switch wrote is taken out before (RFC 3046 2.1). */
    private static int length(DhcpPacket answer) {
        return DhcpCodec.octets(without(answer, RelayAgentInformation.CODE)).length();
    }

    private static DhcpPacket without(DhcpPacket packet, int code) {
        List<DhcpOption> options = new ArrayList<>(packet.options());
        options.removeIf(option -> option.code() == code);
        return packet.with(options);
    }
}
