package firstlight.netboot.tftp;

import firstlight.wire.tftp.TftpError;

/** What the owner of the socket does for a transfer. */
sealed interface Effect {
    /** Send the OACK of the transfer's {@link Terms}. */
    record SendOptionAck() implements Effect {}

    /** Send {@code count} blocks from {@code first}; block 1 begins the file. The wire carries the low 16 bits. */
    record SendData(long first, int count) implements Effect {}

    record SendError(TftpError code, String text) implements Effect {}
}
