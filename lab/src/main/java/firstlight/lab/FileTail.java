package firstlight.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/** Follows a file that another process writes; a thread of its own hands on what is new. */
final class FileTail implements AutoCloseable {
    /** A console line is seen up to two of these late; packets have tcpdump's time. */
    private static final int LOOK_EVERY_MILLIS = 40;

    private final Path file;
    private final Consumer<byte[]> sink;
    private final Thread thread;
    private volatile boolean closing;
    private volatile Optional<String> failure = Optional.empty();

    /**
     * The sink gets an empty array whenever a look found nothing new. It
     * runs on the tail's thread; a file that is not there yet is waited for.
     */
    FileTail(Path file, Consumer<byte[]> sink) {
        this.file = file;
        this.sink = sink;
        this.thread = Thread.ofVirtual().name("tail " + file.getFileName()).start(() -> {
            try {
                follow();
            } catch (RuntimeException broken) {
                failure = Optional.of(broken.toString());
                throw broken;
            }
        });
    }

    /** Why nothing is handed on any more, though more may be written. */
    Optional<String> failure() {
        return failure;
    }

    private void follow() {
        long position = 0;
        long settled = 0;
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        while (true) {
            boolean last = closing;
            try {
                if (Files.exists(file)) {
                    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                        // What came since the last look may still be in the writing: a capture read
                        // up to its very end was seen to hold octets that were others a moment later.
                        long end = last ? channel.size() : settled;
                        settled = channel.size();
                        while (position < end) {
                            buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
                            int n = channel.read(buffer, position);
                            if (n <= 0) {
                                break;
                            }
                            sink.accept(Arrays.copyOf(buffer.array(), n));
                            position += n;
                        }
                    }
                }
            } catch (IOException failure) {
                throw new LabFailure("cannot follow " + file + ": " + failure.getMessage(), failure);
            }
            if (last) {
                return;
            }
            sink.accept(new byte[0]);
            try {
                Thread.sleep(LOOK_EVERY_MILLIS);
            } catch (InterruptedException closed) {
                closing = true;
            }
        }
    }

    /** Reads what is still to be read, then ends. */
    @Override
    public void close() {
        closing = true;
        try {
            thread.join(2_000);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
