package firstlight.wire.work;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.wire.multicast.StreamTicket;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A stream's ticket as the strings of a work order. */
final class TicketFields {
    /**
     * In the order. Version 1 of the stream, whose beats were not sealed, stood under {@code stream}: who knows that one alone (an engine on
     * an older medium) goes without a stream, at once.
     */
    static final String NAME = "sealedStream";

    private TicketFields() {}

    static SortedMap<String, String> of(StreamTicket ticket) {
        SortedMap<String, String> fields = new TreeMap<>();
        fields.put("stream", Integer.toUnsignedString(ticket.stream()));
        fields.put("group", ticket.group() + ":" + ticket.port());
        fields.put("sender", ticket.sender() + ":" + ticket.reportPort());
        fields.put("secret", ticket.secret().toHex());
        fields.put("member", Integer.toString(ticket.member()));
        fields.put("blocks", Integer.toString(ticket.blocks()));
        return fields;
    }

    /** Empty without fields. */
    static Optional<StreamTicket> ticket(Map<String, String> fields) throws MalformedMessage {
        if (fields.isEmpty()) {
            return Optional.empty();
        }
        try {
            String[] group = pair(fields, "group");
            String[] sender = pair(fields, "sender");
            return Optional.of(new StreamTicket(
                    Integer.parseUnsignedInt(text(fields, "stream")),
                    Ipv4Address.parse(group[0]),
                    Integer.parseInt(group[1]),
                    Ipv4Address.parse(sender[0]),
                    Integer.parseInt(sender[1]),
                    Bytes.ofHex(text(fields, "secret")),
                    Integer.parseInt(text(fields, "member")),
                    Integer.parseInt(text(fields, "blocks"))));
        } catch (IllegalArgumentException e) {
            throw new MalformedMessage("'" + NAME + "' is no stream: " + e.getMessage());
        }
    }

    private static String[] pair(Map<String, String> fields, String name) {
        String[] pair = text(fields, name).split(":", -1);
        if (pair.length != 2) {
            throw new IllegalArgumentException("'" + name + "' is not ADDRESS:PORT");
        }
        return pair;
    }

    private static String text(Map<String, String> fields, String name) {
        String text = fields.get(name);
        if (text == null) {
            throw new IllegalArgumentException("'" + name + "' is missing");
        }
        return text;
    }
}
