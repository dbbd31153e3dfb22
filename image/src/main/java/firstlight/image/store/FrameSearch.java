package firstlight.image.store;

import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalLong;

/**
 * Looks for the next frame in a pack where nobody knows any more where one begins: by the four octets that every stored frame
 * starts with, which stand right behind its header (docs/format). What is found so is a frame only once it is read and hashed.
 */
final class FrameSearch {
    /** RFC 8878, 3.1.1, as a big-endian number. */
    private static final int ZSTD = 0x28B52FFD;

    /** Octets that are read at once; windows overlap by what a frame's beginning takes. */
    private static final int WINDOW = 1 << 20;

    private static final int PAGE = 4096;

    /** A header and the four octets behind it. */
    private static final int NEEDED = PackFile.HEADER + 4;

    private final Pack pack;
    private final long end;

    FrameSearch(Pack pack) throws IOException {
        this.pack = pack;
        this.end = pack.size();
    }

    /** The first place at {@code from} or behind it that looks like a frame's; empty when none does up to the pack's end. */
    OptionalLong next(long from) throws IOException {
        for (long start = from; start + NEEDED <= end; start += WINDOW - NEEDED + 1) {
            ByteBuffer window = window(start, (int) Math.min(WINDOW, end - start));
            for (int at = 0; at + NEEDED <= window.limit(); at++) {
                if (isFrame(window, at)) {
                    return OptionalLong.of(start + at);
                }
            }
        }
        return OptionalLong.empty();
    }

    private static boolean isFrame(ByteBuffer window, int at) {
        int magic = window.getInt(at + PackFile.HEADER);
        if (magic != ZSTD && magic != Integer.reverseBytes(Delta.SKIPPABLE)) {
            return false;
        }
        int length = window.getInt(at + ChunkId.LENGTH);
        return length > 0 && length <= Chunk.MAX_FRAME;
    }

    /** Zeros where sectors are bad: no frame begins with them. */
    private ByteBuffer window(long start, int length) throws IOException {
        byte[] octets = new byte[length];
        try {
            return ByteBuffer.wrap(pack.octets(start, length)).order(ByteOrder.BIG_ENDIAN);
        } catch (IOException unreadable) {
            if (!MediumError.is(unreadable)) {
                throw unreadable;
            }
        }
        for (int at = 0; at < length; ) {
            int step = Math.min(length - at, PAGE - (int) ((start + at) % PAGE));
            try {
                byte[] page = pack.octets(start + at, step);
                System.arraycopy(page, 0, octets, at, page.length);
            } catch (IOException bad) {
                if (!MediumError.is(bad)) {
                    throw bad;
                }
            }
            at += step;
        }
        return ByteBuffer.wrap(octets);
    }
}
