package firstlight.image.nbd;

import java.nio.ByteBuffer;

/**
 * One request of the transmission phase (proto.md, "Request message"):
 * magic, flags, type, cookie, offset, length. The data of a write follow it.
 *
 * @param cookie the client's, given back with the reply
 * @param offset in octets, as {@code length}; negative only for who does not keep to the protocol
 */
record NbdRequest(int flags, int type, long cookie, long offset, long length) {
    static final int LENGTH = 28;
    static final int FORCE_UNIT_ACCESS = 1;

    /** What proto.md calls the portable limit; qemu and Linux ask for no more. */
    static final int LONGEST = 32 << 20;

    private static final int MAGIC = 0x2560_9513;

    enum Command {
        READ,
        WRITE,
        DISCONNECT,
        FLUSH,
        TRIM,
        CACHE,
        WRITE_ZEROES,
        /** Of a newer protocol, or not offered by us. */
        UNKNOWN
    }

    Command command() {
        return switch (type) {
            case 0 -> Command.READ;
            case 1 -> Command.WRITE;
            case 2 -> Command.DISCONNECT;
            case 3 -> Command.FLUSH;
            case 4 -> Command.TRIM;
            case 5 -> Command.CACHE;
            case 6 -> Command.WRITE_ZEROES;
            default -> Command.UNKNOWN;
        };
    }

    static NbdRequest decode(byte[] octets) {
        ByteBuffer in = ByteBuffer.wrap(octets);
        if (octets.length != LENGTH || in.getInt() != MAGIC) {
            throw new MalformedNbd("no NBD request: its magic number is missing");
        }
        return new NbdRequest(
                in.getShort() & 0xFFFF, in.getShort() & 0xFFFF, in.getLong(), in.getLong(), in.getInt() & 0xFFFF_FFFFL);
    }

    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(LENGTH);
        out.putInt(MAGIC).putShort((short) flags).putShort((short) type);
        return out.putLong(cookie).putLong(offset).putInt((int) length).array();
    }

    /** A simple reply's header; the data of a read follow it. */
    byte[] reply(NbdError error) {
        return ByteBuffer.allocate(16)
                .putInt(0x6744_6698)
                .putInt(error.number())
                .putLong(cookie)
                .array();
    }
}
