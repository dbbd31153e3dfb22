package firstlight.server.operator;

import java.io.Console;
import java.util.Optional;

/** The person at the keyboard, if there is one: neither input nor output of this process goes elsewhere. */
public final class Terminal {
    private Terminal() {}

    /** JDK 25 has no console without a terminal, whatever was promised for 22 and later. */
    @SuppressWarnings("SystemConsoleNull") // it still is null when jdk.internal.le is not in the runtime
    public static Optional<Console> console() {
        Console console = System.console();
        return console != null && console.isTerminal() ? Optional.of(console) : Optional.empty();
    }

    /** Whether the person says so; a mere Enter, or the end of the input, is a no. Waits for the answer without an end. */
    public static boolean agrees(Console console, String question) {
        String reply = console.readLine("%s [y/N] ", question);
        return reply != null && reply.strip().matches("(?i)y|yes");
    }
}
