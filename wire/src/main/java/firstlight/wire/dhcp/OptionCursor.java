package firstlight.wire.dhcp;

import firstlight.model.Bytes;

/** Goes over the options of a packet's octets, without making anything of them. Mutable. */
final class OptionCursor {
    static final int END = 255;

    private static final int PAD = 0;
    private static final int OPTIONS = 240;

    private final Bytes octets;
    private final int to;
    private int next;
    private int code = PAD;
    private int from;
    private int length;

    /** @param octets a packet with its cookie */
    OptionCursor(Bytes octets) {
        this(octets, OPTIONS, octets.length());
    }

    /** Those in one of its fields: option 52 says where else options stand. */
    OptionCursor(Bytes octets, int from, int to) {
        this.octets = octets;
        this.next = from;
        this.to = to;
    }

    /** False at the end, be it told or not: then {@link #code} is {@link #END} or something else. */
    boolean advance() {
        code = PAD;
        while (code == PAD && next < to) {
            code = octets.unsigned(next++);
        }
        if (code == PAD || code == END) {
            return false;
        }
        from = next + 1;
        length = next < to ? octets.unsigned(next) : octets.length();
        next = from + length;
        return true;
    }

    int code() {
        return code;
    }

    /** Where the option's value begins; it may go on beyond the octets. */
    int from() {
        return from;
    }

    int length() {
        return length;
    }
}
