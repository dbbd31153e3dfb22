package firstlight.netboot.tftp;

import firstlight.wire.tftp.TftpOption;
import firstlight.wire.tftp.TftpOption.BlockSize;
import firstlight.wire.tftp.TftpOption.MulticastRequest;
import firstlight.wire.tftp.TftpOption.Other;
import firstlight.wire.tftp.TftpOption.Timeout;
import firstlight.wire.tftp.TftpOption.TransferSize;
import firstlight.wire.tftp.TftpOption.WindowSize;
import firstlight.wire.tftp.TftpPacket.ReadRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What client and server agreed on for one transfer.
 *
 * @param answer the options of the OACK, in the client's order; empty when there is none
 * @param longestWait the longest time between two repeats
 */
public record Terms(int blockSize, int windowSize, Duration longestWait, List<TftpOption> answer) {
    /** RFC 7440 measured no gain above it, and several clients fail there. */
    public static final int LARGEST_WINDOW = 64;

    /** Of a request that leads to no transfer. */
    static final Terms NONE = new Terms(512, 1, Duration.ZERO, List.of());

    private static final int DEFAULT_BLOCK_SIZE = 512;
    private static final Duration DEFAULT_LONGEST_WAIT = Duration.ofSeconds(4);

    /** IPv4 header without options, UDP header, TFTP header. */
    private static final int HEADERS = 20 + 8 + 4;

    /** Ethernet's MTU, which firmware has whatever the server's is: TCP tells its ends each other's, UDP does not. */
    private static final int FIRMWARES_MTU = 1500;

    public Terms {
        answer = List.copyOf(answer);
    }

    /**
     * Takes of the client's options what the server can keep. Only options that were asked for are ever in the answer, none
     * with a larger value: EDK2 and PXELINUX end the transfer at anything else.
     *
     * @param mtu of the interface towards the client: blocks that would be cut into IP fragments get lost with many firmwares, and so does
     *     what is longer than their own
     * @param largestWindow at most {@link #LARGEST_WINDOW}
     */
    static Terms negotiate(ReadRequest request, long size, int mtu, int largestWindow) {
        int blockSize = DEFAULT_BLOCK_SIZE;
        int windowSize = 1;
        Duration longestWait = DEFAULT_LONGEST_WAIT;
        List<TftpOption> answer = new ArrayList<>();
        for (TftpOption option : request.options()) {
            switch (option) {
                case BlockSize(int asked) -> {
                    int most = Math.min(mtu, FIRMWARES_MTU) - HEADERS;
                    blockSize = Math.max(BlockSize.MIN, Math.min(asked, most));
                    answer.add(new BlockSize(blockSize));
                }
                case WindowSize(int asked) -> {
                    windowSize = Math.min(asked, largestWindow);
                    answer.add(new WindowSize(windowSize));
                }
                case TransferSize _ -> {
                    // The size of a netascii transfer differs from the file's (RFC 2349 leaves this open).
                    if (request.mode().equalsIgnoreCase("octet")) {
                        answer.add(new TransferSize(size));
                    }
                }
                case Timeout(int seconds) -> {
                    longestWait = Duration.ofSeconds(seconds);
                    answer.add(option);
                }
                case MulticastRequest _, TftpOption.Multicast _, Other _ -> {}
            }
        }
        return new Terms(blockSize, windowSize, longestWait, answer);
    }
}
