package firstlight.engine.img;

import firstlight.engine.StartingServer;
import firstlight.wire.work.ManualWork;
import java.io.Console;
import java.io.IOException;
import picocli.CommandLine.Option;

/** Work that the server gives only to a person whom it knows. */
final class SignIn {
    @Option(
            names = {"-u", "--user"},
            paramLabel = "NAME",
            description = "server only: who asks, a technician or administrator of the server (asked if not given)")
    private String user = "";

    @Option(
            names = "--password",
            paramLabel = "PASSWORD",
            interactive = true,
            arity = "0..1",
            description = "server only: asked for, without showing it, if not given")
    private char[] password = {};

    /**
     * Has the server give this PC the work, and does it; the exit status.
     *
     * @param asked without user and password
     */
    int perform(Prompt prompt, Place.Server place, ManualWork asked) throws IOException {
        StartingServer server = prompt.server(place);
        String name = user.isEmpty() ? prompt.ask("User of the server:").orElse("") : user;
        server.ask(asked.by(name, password(prompt)));
        if (!server.work()) {
            return Img.FAILED;
        }
        prompt.console()
                .line(prompt.fromMedium() ? "take the medium out; 'exit' restarts this PC" : "'exit' restarts this PC");
        return 0;
    }

    @SuppressWarnings("SystemConsoleNull") // it still is null when jdk.internal.le is not in the runtime
    private String password(Prompt prompt) throws IOException {
        if (password.length > 0) {
            return new String(password);
        }
        Console terminal = System.console();
        char[] typed = terminal != null && terminal.isTerminal() ? terminal.readPassword("Password: ") : null;
        return typed != null ? new String(typed) : prompt.ask("Password:").orElse("");
    }
}
