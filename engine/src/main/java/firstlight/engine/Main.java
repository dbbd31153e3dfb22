package firstlight.engine;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.model.FactName;
import firstlight.model.Facts;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The imaging engine's program; the first process of the imaging environment starts it. */
public final class Main {
    /** Names a file: see {@link #awaitNetwork}. */
    private static final String READY = "firstlight.ready";
    /** Names a file with what the engine before this one left when it ended without a word. */
    private static final String CRASH = "firstlight.crash";

    /** Names the file that says that the engine is done and cannot end. */
    private static final String STUCK_FILE = "firstlight.stuck";

    /** What the engine before this one ended with. */
    private static final String STATUS = "firstlight.status";
    /** Of a medium's question, 3 s apart. */
    private static final int TRIES = 10;

    private Main() {}

    /** @param arguments for rehearsals and tests: a file in place of the kernel command line, a folder in place of / */
    public static void main(String[] arguments) throws IOException {
        Console console = new Console(System.out);
        String given = Files.readString(Path.of(arguments.length > 0 ? arguments[0] : "/proc/cmdline"));
        Path root = Path.of(arguments.length > 1 ? arguments[1] : "/");
        String crash = System.getProperty(CRASH);
        if (crash != null) {
            tell(Path.of(crash), given, console);
            System.exit(0);
        }
        Optional<String> asked = MediumStart.server(given);
        Optional<String> answered =
                asked.isEmpty() ? Optional.of(given) : ask(asked.get(), MediumStart.pin(given), root, console);
        Ending ending = answered.isEmpty() ? Ending.SHELL : run(answered.get(), root, console);
        if (ending == Ending.STUCK) {
            leaveAThread();
        }
        System.exit(ending.status());
    }

    /** The kernel keeps a process whose thread waits for a disk: whoever waits for its end must be told otherwise. */
    private static void leaveAThread() throws IOException {
        String file = System.getProperty(STUCK_FILE);
        if (file != null) {
            Files.writeString(Path.of(file), Ending.STUCK.status() + "\n");
        }
        Runtime.getRuntime().halt(Ending.STUCK.status()); // hooks might want something of that disk
    }

    /** The first process ends this when it takes too long. */
    private static void tell(Path report, String text, Console console) throws IOException {
        if (!(CommandLine.parse(text) instanceof CommandLine.Given given)) {
            return; // no server started this PC
        }
        Exchange exchange = new HttpsExchange(given.server(), given.token(), given.pin());
        Exchange patient = new Retries(
                exchange, Retries.ASKING, time -> TimeUnit.MILLISECONDS.sleep(time.toMillis()), console::line);
        new CrashReport(Files.readAllLines(report, StandardCharsets.ISO_8859_1), System.getProperty(STATUS, "unknown"))
                .tell(new Server(patient, exchange), console::line);
        console.line("the server was told");
    }

    private static Ending run(String text, Path root, Console console) throws IOException {
        return switch (CommandLine.parse(text)) {
            case CommandLine.Given given -> {
                HttpsExchange exchange = new HttpsExchange(given.server(), given.token(), given.pin());
                // Only where the network is on its way still.
                if (System.getProperty(READY) != null) {
                    exchange.warmUp();
                }
                awaitNetwork();
                yield new Engine(
                                given,
                                root,
                                exchange,
                                console,
                                Main::open,
                                time -> TimeUnit.MILLISECONDS.sleep(time.toMillis()))
                        .run();
            }
            case CommandLine.Unusable(String reason, boolean maintenance) -> {
                console.line(reason);
                yield maintenance ? Ending.SHELL : Ending.FAILED;
            }
        };
    }

    /** Empty when the server has no work for this PC, or did not answer: somebody stands there, and gets a prompt. */
    private static Optional<String> ask(String server, Optional<String> pin, Path root, Console console)
            throws IOException {
        awaitNetwork();
        Facts facts = new Hardware(root).facts("");
        URI question = MediumStart.question(server, facts);
        String last = "";
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            try {
                console.line("asking " + server + " what this PC is to do");
                String script = MediumStart.get(question);
                MediumStart.reasons(script).forEach(console::line);
                Optional<String> work = MediumStart.arguments(script);
                if (work.isEmpty()) {
                    console.line("the server has no work for this PC");
                }
                if (work.isPresent()) {
                    MediumStart.pinned(work.get(), pin);
                }
                return work.map(words ->
                        words + " firstlight.mac=" + facts.first(FactName.MAC).orElse(""));
            } catch (ImageFailure other) {
                console.failed(other);
                return Optional.empty();
            } catch (IOException failed) {
                last = String.valueOf(failed.getMessage());
                console.line(
                        server + " did not answer (" + failed.getMessage() + "), attempt " + attempt + " of " + TRIES);
                pause(Duration.ofSeconds(3));
            }
        }
        console.line("FAILED: there is no server at " + server);
        console.line("  because: " + last + "; " + OwnNetwork.words(root));
        console.line("  what to do: look whether it runs, and whether its firewall lets TCP "
                + (URI.create(server).getPort() < 0 ? 80 : URI.create(server).getPort())
                + " in. When the address, the gateway or the server is wrong, "
                + MediumStart.ANEW);
        console.line("  another server: img auto http://ADDRESS:8080");
        return Optional.empty();
    }

    /**
     * The first process starts the engine before it has drivers and a network, for a start of Java takes a small PC as long as
     * both; the file that this property names says that they are there.
     */
    private static void awaitNetwork() throws IOException {
        String file = System.getProperty(READY);
        if (file == null) {
            return;
        }
        Path ready = Path.of(file);
        while (!Files.exists(ready)) {
            pause(Duration.ofMillis(20));
        }
    }

    private static void pause(Duration time) throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(time.toMillis());
        } catch (InterruptedException stop) {
            throw new IOException("interrupted", stop);
        }
    }

    /** Opens a disk of this PC by its device node. */
    public static Disk open(Path node, boolean writing) throws IOException {
        return BlockDevice.open(node, writing ? Access.READ_WRITE : Access.READ);
    }
}
