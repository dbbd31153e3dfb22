package firstlight.wire;

/**
 * Octets of a peer that break a rule of their protocol. Codecs throw nothing else at malformed input; the runner that owns the
 * socket catches it once, counts it and drops the packet.
 */
public final class DecodeException extends RuntimeException {
    private final String kind;
    private final String rule;

    /**
     * @param what the thing that is malformed, such as {@code DHCP option 43}; also the kind under which it is logged once
     * @param offset where in the packet
     * @param rule the rule that is broken
     */
    public DecodeException(String what, int offset, String rule) {
        // A peer can cause it at any rate: no stack trace.
        super(what + " at octet " + offset + ": " + rule, null, false, false);
        this.kind = what;
        this.rule = rule;
    }

    /** The same for every packet that is malformed in this way; a packet's own values are not in it. */
    public String kind() {
        return kind;
    }

    /** The rule that is broken, with the values that break it. */
    public String rule() {
        return rule;
    }
}
