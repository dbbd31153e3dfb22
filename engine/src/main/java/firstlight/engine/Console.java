package firstlight.engine;

import firstlight.image.ImageFailure;
import java.io.PrintStream;

/**
 * What a person at the PC sees: lines. The first process copies them to the screen and to the serial port. Any thread may write a line.
 */
public record Console(PrintStream out) {
    public void line(String text) {
        out.println("firstlight: " + text);
        out.flush();
    }

    /** What failed, in three lines. */
    public void failed(ImageFailure failure) {
        line("FAILED: " + failure.what());
        line("  because: " + failure.cause());
        line("  what to do: " + failure.cure());
    }
}
