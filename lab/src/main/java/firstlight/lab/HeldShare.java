package firstlight.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** How much of one disk's content another has at the same places. */
final class HeldShare {
    private static final int BLOCK = 64 << 10;

    private HeldShare() {}

    /**
     * Zeros do not count: a blank disk has them too, and they are not fetched.
     *
     * @param image a raw disk
     * @param disk another, which may be shorter
     * @return 0 to 1; of an image of zeros 1
     */
    static double of(Path image, Path disk) {
        try (FileChannel wanted = FileChannel.open(image, StandardOpenOption.READ);
                FileChannel there = FileChannel.open(disk, StandardOpenOption.READ)) {
            long blocks = 0;
            long held = 0;
            ByteBuffer zeros = ByteBuffer.allocate(BLOCK);
            for (long at = 0; at < wanted.size(); at += BLOCK) {
                ByteBuffer block = read(wanted, at);
                if (!block.equals(zeros.duplicate().limit(block.limit()))) {
                    blocks++;
                    held += block.equals(read(there, at)) ? 1 : 0;
                }
            }
            return blocks == 0 ? 1 : (double) held / blocks;
        } catch (IOException failure) {
            throw new LabFailure("cannot compare " + disk + " with " + image + ": " + failure.getMessage(), failure);
        }
    }

    private static ByteBuffer read(FileChannel file, long at) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        while (block.hasRemaining() && file.read(block, at + block.position()) >= 0) {
            // until the block is full, or the file at its end
        }
        return block.flip();
    }
}
