package firstlight.wire.multicast;

/** How a sealed chunk is cut into symbols. */
public final class Block {
    /** Octets of a symbol: with its header, UDP's and IP's it fills the 1500 octets that every Ethernet takes. */
    public static final int SYMBOL = 1444;

    /** A chunk's longest zstd frame (256 KiB and 4 KiB) and its seal. */
    public static final int MAX_LENGTH = (256 + 4) * 1024 + StreamSeal.TAG;

    /** Symbols of a block, parity included: what one octet can number. */
    public static final int MAX_SYMBOLS = 255;

    private Block() {}

    /** How many symbols a block of {@code length} octets is cut into. */
    public static int symbols(int length) {
        return (length + SYMBOL - 1) / SYMBOL;
    }

    /** Octets of the symbol {@code index}: only a block's last one is shorter, and parity is as long as the longest. */
    public static int symbolLength(int length, int index) {
        return index == symbols(length) - 1 ? length - index * SYMBOL : Math.min(SYMBOL, length);
    }
}
