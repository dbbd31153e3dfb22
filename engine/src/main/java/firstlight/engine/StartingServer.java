package firstlight.engine;

import firstlight.wire.work.ManualWork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The server that started this environment, for a person at its prompt. */
public final class StartingServer {
    private final CommandLine.Given given;
    private final Path root;
    private final Console console;
    private final DiskOpener opener;
    private final Exchange exchange;

    private StartingServer(CommandLine.Given given, Path root, Console console, DiskOpener opener, Exchange exchange) {
        this.given = given;
        this.root = root;
        this.console = console;
        this.opener = opener;
        this.exchange = exchange;
    }

    /** @param commandLine the kernel's; empty when it names no server, as when a boot medium started this environment */
    public static Optional<StartingServer> of(String commandLine, Path root, Console console, DiskOpener opener) {
        return switch (CommandLine.parse(commandLine)) {
            case CommandLine.Given given ->
                Optional.of(new StartingServer(
                        given.atWork(),
                        root,
                        console,
                        opener,
                        new HttpsExchange(given.server(), given.token(), given.pin())));
            case CommandLine.Unusable _ -> Optional.empty();
        };
    }

    /**
     * Has the server give this PC that work now, in the name of the user who signs in.
     *
     * @throws Refused with the server's reason: a wrong password, a PC that is not theirs, an image that is not there
     */
    public void ask(ManualWork work) throws IOException {
        new Server(exchange, exchange).ask(work);
    }

    /** Says what this PC is and does what the server answers, as when it was started for work; true when that ended well. */
    public boolean work() {
        Engine engine = new Engine(
                given, root, exchange, console, opener, time -> TimeUnit.MILLISECONDS.sleep(time.toMillis()));
        return engine.run() != Ending.FAILED;
    }
}
