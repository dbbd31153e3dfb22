package firstlight.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a process says, line by line and without waiting for it: a thread of its own reads. */
final class ScriptOutput implements AutoCloseable {
    /** A longer line becomes several: a program may write for ever without an end of line. */
    private static final int LONGEST = 2_000;

    /** A thousand: then the script waits until somebody reads. */
    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(1_000);

    private final Thread reader;
    private volatile boolean over;

    ScriptOutput(InputStream in) {
        reader = Thread.ofPlatform()
                .daemon()
                .name("script output")
                .start(() -> read(new InputStreamReader(in, StandardCharsets.UTF_8)));
    }

    /** The next line, or null when none came within that time. */
    @Nullable
    String next(long time, TimeUnit unit) throws InterruptedException {
        return over ? lines.poll() : lines.poll(time, unit);
    }

    /** Whether all was read and taken. */
    boolean isOver() {
        return over && lines.isEmpty();
    }

    private void read(Reader in) {
        StringBuilder line = new StringBuilder();
        try {
            for (int c = in.read(); c >= 0; c = in.read()) {
                // Programs that draw a progress bar end its lines with a carriage return alone.
                boolean end = c == '\n' || (c == '\r' && !line.isEmpty());
                if (!end && c != '\r') {
                    line.append((char) c);
                }
                if (end || line.length() >= LONGEST) {
                    lines.put(line.toString());
                    line.setLength(0);
                }
            }
            if (!line.isEmpty()) {
                lines.put(line.toString());
            }
        } catch (IOException | InterruptedException ended) {
            // The process was ended, and what it would have said with it.
            line.setLength(0);
        } finally {
            over = true;
        }
    }

    @Override
    public void close() {
        reader.interrupt();
    }
}
