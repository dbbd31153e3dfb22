package firstlight.engine;

import firstlight.image.ImageFailure;
import firstlight.model.Facts;
import firstlight.wire.work.ManualWork;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The server that started this environment, for a person at its prompt. */
public final class StartingServer {
    /** 3 s apart. */
    private static final int TRIES = 5;

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

    /** The server that the settings of the medium name which started this environment, {@code http://ADDRESS:PORT}. */
    public static Optional<String> ofMedium(String commandLine) {
        return MediumStart.server(commandLine);
    }

    /**
     * A server that did not start this environment: it is asked as by a preboot client, and gives a token that opens nothing until
     * a person has signed in.
     *
     * @param url {@code http://ADDRESS:PORT}
     * @param commandLine the kernel's; the certificate that a medium's settings name is the only one to be trusted then
     * @param trust asked otherwise, with the SHA-256 of the server's certificate: the answer came unprotected
     * @throws ImageFailure when it does not answer, is another one, or is not trusted
     */
    public static StartingServer at(
            String url, String commandLine, Path root, Console console, DiskOpener opener, Trust trust)
            throws IOException {
        Optional<String> pin = MediumStart.server(commandLine).equals(Optional.of(url))
                ? MediumStart.pin(commandLine)
                : Optional.empty();
        String arguments = MediumStart.pinned(
                MediumStart.arguments(script(url, root, console), true)
                        .orElseThrow(() -> new ImageFailure(
                                url + " gives this PC no token",
                                "its answer has none",
                                "Bring the server to the version of this environment, or make the medium again")),
                pin);
        if (!(CommandLine.parse(arguments) instanceof CommandLine.Given given)) {
            throw new ImageFailure(
                    url + " is no Firstlight server", "its answer is not understood", "Name another one");
        }
        if (pin.isEmpty()) {
            trust.confirm(given.pin());
        }
        return new StartingServer(
                given.atWork(), root, console, opener, new HttpsExchange(given.server(), given.token(), given.pin()));
    }

    private static String script(String url, Path root, Console console) throws IOException {
        URI question = MediumStart.promptQuestion(url, new Hardware(root).facts(""));
        for (int attempt = 1; ; attempt++) {
            try {
                return MediumStart.get(question);
            } catch (ImageFailure stranger) {
                throw stranger;
            } catch (IOException failed) {
                if (attempt == TRIES) {
                    throw new ImageFailure(
                            url + " does not answer",
                            failed,
                            "Look whether it runs, and at this PC's address and gateway ('ip address', 'ip route');"
                                    + " another server may stand in its place, as http://ADDRESS:8080");
                }
                console.line(url + " did not answer (" + failed.getMessage() + "), trying again");
                pause(); // a prompt is there before the network is
            }
        }
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.SECONDS.sleep(3);
        } catch (InterruptedException stop) {
            throw new IOException("interrupted", stop);
        }
    }

    /** A person who compares. */
    public interface Trust {
        /** @throws ImageFailure when that is not the server's certificate */
        void confirm(String sha256) throws IOException;
    }

    /**
     * Has the server give this PC that work now, in the name of the user who signs in.
     *
     * @throws Refused with the server's reason: a wrong password, a PC that is not theirs, an image that is not there
     */
    public void ask(ManualWork work) throws IOException {
        Facts facts = new SafeDisks(new BlockDevices(root), opener, console::line)
                .with(new Hardware(root).facts(given.mac()));
        new Server(exchange, exchange).ask(work.with(facts));
    }

    /**
     * Says what this PC is and does what the server answers, as when it was started for work; true when that ended well. On the caller's
     * thread; what happens is told on the console.
     */
    public boolean work() {
        Engine engine = new Engine(
                given, root, exchange, console, opener, time -> TimeUnit.MILLISECONDS.sleep(time.toMillis()));
        return switch (engine.run()) {
            case REBOOT, POWER_OFF, SHELL -> true;
            case FAILED, STUCK -> false;
        };
    }
}
