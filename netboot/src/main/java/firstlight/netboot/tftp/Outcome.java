package firstlight.netboot.tftp;

/** How a transfer ended. */
public sealed interface Outcome {
    /** @param confirmed whether the last ACK came; clients may leave without sending it */
    record Delivered(boolean confirmed) implements Outcome {}

    /** Nothing was sent: there is no such file, it may not be read, or too many ask. Loaders ask for many that need not be there. */
    record Denied(String reason) implements Outcome {}

    /** The client wanted the OACK only: UEFI PXE opens each file twice, first for its {@code tsize}. */
    record Probed() implements Outcome {}

    /** The client ended it with an ERROR packet. */
    record Aborted(int code, String text) implements Outcome {}

    /** The client fell silent. */
    record TimedOut() implements Outcome {}

    /** The server could not go on: the file was cut while it was sent, or the server stops. */
    record Failed(String reason) implements Outcome {}
}
