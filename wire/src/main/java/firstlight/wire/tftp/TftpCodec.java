package firstlight.wire.tftp;

import firstlight.model.Bytes;
import firstlight.wire.DecodeException;
import firstlight.wire.tftp.TftpPacket.Ack;
import firstlight.wire.tftp.TftpPacket.Data;
import firstlight.wire.tftp.TftpPacket.ErrorPacket;
import firstlight.wire.tftp.TftpPacket.OptionAck;
import firstlight.wire.tftp.TftpPacket.ReadRequest;
import firstlight.wire.tftp.TftpPacket.WriteRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * TFTP packets to octets and back.
 *
 * <pre>
 *   RRQ 1, WRQ 2:  opcode  name NUL mode NUL { option NUL value NUL }
 *   DATA 3:        opcode  block  octets          ACK 4:   opcode  block
 *   ERROR 5:       opcode  code   text NUL        OACK 6:  opcode  { option NUL value NUL }
 * </pre>
 */
public final class TftpCodec {
    private static final String WHAT = "TFTP packet";

    private TftpCodec() {}

    /** @throws DecodeException if the packet breaks a rule */
    public static TftpPacket decode(byte[] octets) {
        int opcode = u16(octets, 0);
        return switch (opcode) {
            case 1, 2 -> request(opcode, octets);
            case 3 -> new Data(u16(octets, 2), Bytes.of(octets, 4, octets.length - 4));
            case 4 -> new Ack(u16(octets, 2));
            case 5 -> new ErrorPacket(u16(octets, 2), errorText(octets));
            case 6 -> new OptionAck(options(octets, 2));
            default -> throw new DecodeException(WHAT, 0, "there is no opcode " + opcode);
        };
    }

    /** Whether these octets ask for a transfer (opcode 1 or 2), be they well formed or not. */
    public static boolean isRequest(byte[] octets) {
        return octets.length >= 2 && octets[0] == 0 && (octets[1] == 1 || octets[1] == 2);
    }

    private static TftpPacket request(int opcode, byte[] octets) {
        String name = text(octets, 2);
        int modeAt = 2 + name.length() + 1;
        String mode = text(octets, modeAt);
        if (mode.isEmpty()) {
            throw new DecodeException(WHAT, modeAt, "a request has a mode");
        }
        List<TftpOption> options = options(octets, modeAt + mode.length() + 1);
        return opcode == 1 ? new ReadRequest(name, mode, options) : new WriteRequest(name, mode, options);
    }

    /** The first of each name counts (RFC 2347). An empty name ends them: some ROMs fill their requests up with NULs. */
    private static List<TftpOption> options(byte[] octets, int from) {
        List<TftpOption> options = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        int at = from;
        while (at < octets.length && octets[at] != 0) {
            String name = text(octets, at);
            at += name.length() + 1;
            String value = text(octets, at);
            at += value.length() + 1;
            if (seen.add(name.toLowerCase(Locale.ROOT))) {
                options.add(TftpOption.of(name, value));
            }
        }
        return options;
    }

    private static int u16(byte[] octets, int at) {
        if (at + 2 > octets.length) {
            throw new DecodeException(WHAT, octets.length, "ends early");
        }
        return (octets[at] & 0xFF) << 8 | (octets[at + 1] & 0xFF);
    }

    private static String text(byte[] octets, int from) {
        int end = from;
        while (end < octets.length && octets[end] != 0) {
            end++;
        }
        if (end >= octets.length) {
            throw new DecodeException(WHAT, octets.length, "a text ends with NUL");
        }
        return new String(octets, from, end - from, StandardCharsets.ISO_8859_1);
    }

    /** Some clients leave the NUL out, some the whole text. */
    private static String errorText(byte[] octets) {
        int end = 4;
        while (end < octets.length && octets[end] != 0) {
            end++;
        }
        return new String(octets, 4, end - 4, StandardCharsets.ISO_8859_1);
    }

    public static byte[] encode(TftpPacket packet) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (packet) {
            case ReadRequest(String name, String mode, List<TftpOption> options) ->
                putRequest(out, 1, name, mode, options);
            case WriteRequest(String name, String mode, List<TftpOption> options) ->
                putRequest(out, 2, name, mode, options);
            case Data(int block, Bytes octets) -> {
                putShort(out, 3);
                putShort(out, block);
                out.writeBytes(octets.toArray());
            }
            case Ack(int block) -> {
                putShort(out, 4);
                putShort(out, block);
            }
            case ErrorPacket(int code, String text) -> {
                putShort(out, 5);
                putShort(out, code);
                putText(out, text);
            }
            case OptionAck(List<TftpOption> options) -> {
                putShort(out, 6);
                putOptions(out, options);
            }
        }
        return out.toByteArray();
    }

    private static void putRequest(
            ByteArrayOutputStream out, int opcode, String name, String mode, List<TftpOption> options) {
        putShort(out, opcode);
        putText(out, name);
        putText(out, mode);
        putOptions(out, options);
    }

    private static void putOptions(ByteArrayOutputStream out, List<TftpOption> options) {
        for (TftpOption option : options) {
            putText(out, option.name());
            putText(out, option.value());
        }
    }

    private static void putShort(ByteArrayOutputStream out, int value) {
        out.write(value >> 8);
        out.write(value);
    }

    private static void putText(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        out.write(0);
    }
}
