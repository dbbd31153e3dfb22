package firstlight.wire.tftp;

import firstlight.model.Bytes;
import java.util.List;

/** One TFTP packet. Names and texts hold one char an octet (ISO 8859-1), so that whatever a loader writes survives. */
public sealed interface TftpPacket {
    /** Opcode 1. {@code mode} as the client wrote it; its case means nothing. */
    record ReadRequest(String name, String mode, List<TftpOption> options) implements TftpPacket {
        public ReadRequest {
            options = List.copyOf(options);
        }
    }

    /** Opcode 2. */
    record WriteRequest(String name, String mode, List<TftpOption> options) implements TftpPacket {
        public WriteRequest {
            options = List.copyOf(options);
        }
    }

    /** Opcode 3. {@code block} has 16 bits and rolls over to 0. */
    record Data(int block, Bytes octets) implements TftpPacket {}

    /** Opcode 4. */
    record Ack(int block) implements TftpPacket {}

    /** Opcode 5. */
    record ErrorPacket(int code, String text) implements TftpPacket {
        public static ErrorPacket of(TftpError code, String text) {
            return new ErrorPacket(code.code(), text);
        }
    }

    /** Opcode 6: the options that the server took, RFC 2347. */
    record OptionAck(List<TftpOption> options) implements TftpPacket {
        public OptionAck {
            options = List.copyOf(options);
        }
    }
}
