package firstlight.wire.multicast;

import firstlight.model.Bytes;
import firstlight.wire.DecodeException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reports to octets and back.
 *
 * <pre>
 *    0  u16 'FM'   u8 version 1   u8 kind 3
 *    4  u32 stream   u32 member
 *   12  u64 number: how many reports this member sent before; part of the seal
 *   20  sealed: u64 heard + 1, u64 received, u32 lacking, u16 occupancy, u16 N, N x (u32 block, u32 count, u8 symbols)
 * </pre>
 */
public final class ReportCodec {
    private static final String WHAT = "multicast report";
    private static final int HEADER = 20;
    private static final int FIXED = 24;
    private static final int WANT = 9;

    private ReportCodec() {}

    /**
     * A report as it travels: who says it is in the clear, what is said only for those who have the stream's secret.
     *
     * @param member its number in the stream
     * @param number never the same twice for one member
     */
    public record Sealed(int stream, int member, long number, Bytes octets) {
        public Sealed {
            if (member < 0 || number < 0) {
                throw new IllegalArgumentException("member " + member + ", number " + number);
            }
        }
    }

    public static byte[] encode(Sealed sealed) {
        return ByteBuffer.allocate(HEADER + sealed.octets().length())
                .putInt(StreamCodec.MAGIC_AND_VERSION | StreamCodec.REPORT)
                .putInt(sealed.stream())
                .putInt(sealed.member())
                .putLong(sealed.number())
                .put(sealed.octets().toArray())
                .array();
    }

    /** @throws DecodeException when it is no report */
    public static Sealed decodeSealed(byte[] packet) {
        if (packet.length < HEADER) {
            throw new DecodeException(WHAT, packet.length, "it ends in its header");
        }
        ByteBuffer from = ByteBuffer.wrap(packet);
        int kind = StreamCodec.kind(from.getInt());
        if (kind != StreamCodec.REPORT) {
            throw new DecodeException(WHAT, 3, "kind " + kind + " is no report");
        }
        int stream = from.getInt();
        int member = from.getInt();
        long number = from.getLong();
        if (member < 0 || number < 0) {
            throw new DecodeException(WHAT, 8, "member " + member + ", number " + number);
        }
        return new Sealed(stream, member, number, Bytes.of(packet, HEADER, packet.length - HEADER));
    }

    /** What is sealed. */
    public static byte[] encode(Report report) {
        ByteBuffer into = ByteBuffer.allocate(FIXED + report.wants().size() * WANT)
                .putLong(report.heard() + 1)
                .putLong(report.received())
                .putInt(report.lacking())
                .putShort((short) report.occupancy())
                .putShort((short) report.wants().size());
        for (Report.Want want : report.wants()) {
            into.putInt(want.block()).putInt(want.count()).put((byte) want.symbols());
        }
        return into.array();
    }

    /** @throws DecodeException when the octets break a rule */
    public static Report decode(byte[] octets) {
        if (octets.length < FIXED) {
            throw new DecodeException(WHAT, octets.length, "it ends too early");
        }
        ByteBuffer from = ByteBuffer.wrap(octets);
        long heard = from.getLong();
        long received = from.getLong();
        int lacking = from.getInt();
        int occupancy = from.getShort() & 0xFFFF;
        int count = from.getShort() & 0xFFFF;
        if (from.remaining() != count * WANT) {
            throw new DecodeException(WHAT, FIXED, from.remaining() + " octets are not " + count + " wants");
        }
        try {
            List<Report.Want> wants = new ArrayList<>(count);
            while (from.hasRemaining()) {
                wants.add(new Report.Want(from.getInt(), from.getInt(), from.get() & 0xFF));
            }
            return new Report(Math.subtractExact(heard, 1), received, lacking, occupancy, wants);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new DecodeException(WHAT, 0, String.valueOf(e.getMessage()));
        }
    }
}
