package firstlight.server.operator;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Long work on a terminal: one line that is written over. Elsewhere, one line a step. On the standard error, so that a command's output
 * can go into a pipe. For one thread.
 */
public final class ProgressLine {
    private final boolean terminal = Terminal.console().isPresent();
    private String step = "";

    /**
     * @param name of the step
     * @param done of {@code total}, in whatever unit
     * @param total 0 when nobody knows it
     */
    public void show(String name, long done, long total) {
        String share = total == 0 ? "" : " " + done * 100 / total + " %";
        if (terminal) {
            System.err.print("\r\u001b[K" + name + share);
            System.err.flush();
        } else if (!name.equals(step)) {
            System.err.println(name);
        }
        step = name;
    }

    /** Of something whose end nobody knows: tells how many MB went through. */
    public OutputStream counting(String name, OutputStream out) {
        return new FilterOutputStream(out) {
            private long octets;
            private long shown = -1;

            @Override
            public void write(byte[] buffer, int from, int length) throws IOException {
                out.write(buffer, from, length);
                octets += length;
                if (octets >> 20 != shown) {
                    shown = octets >> 20;
                    show(name + (terminal ? ", " + octets / 1_000_000 + " MB" : ""), 0, 0);
                }
            }

            @Override
            public void write(int octet) throws IOException {
                write(new byte[] {(byte) octet}, 0, 1);
            }
        };
    }

    /** Before anything else is printed; once more does no harm. */
    public void end() {
        if (terminal && !step.isEmpty()) {
            System.err.print("\r\u001b[K");
            System.err.flush();
        }
    }
}
