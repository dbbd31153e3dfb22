package firstlight.netboot.tftp;

/** What can happen to a transfer. */
sealed interface Input {
    /** @param wire the block number as it came, 16 bits */
    record Ack(int wire) implements Input {}

    record ErrorPacket(int code, String text) implements Input {}

    /** The client repeated its request: it has not seen the answer. */
    record RequestAgain() implements Input {}

    /** Time has passed. */
    record Tick() implements Input {}
}
