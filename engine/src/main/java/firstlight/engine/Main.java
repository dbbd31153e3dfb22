package firstlight.engine;

import firstlight.image.Disk;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The imaging engine's program; the first process of the imaging environment starts it. */
public final class Main {
    private Main() {}

    /** @param arguments for rehearsals and tests: a file in place of the kernel command line, a folder in place of / */
    public static void main(String[] arguments) throws IOException {
        Console console = new Console(System.out);
        String text = Files.readString(Path.of(arguments.length > 0 ? arguments[0] : "/proc/cmdline"));
        Path root = Path.of(arguments.length > 1 ? arguments[1] : "/");
        Ending ending = switch (CommandLine.parse(text)) {
            case CommandLine.Given given -> {
                HttpsExchange exchange = new HttpsExchange(given.server(), given.token(), given.pin());
                awaitNetwork(exchange);
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
        System.exit(ending.status());
    }

    /**
     * The first process starts the engine before it has drivers and a network, for a start of Java takes a small PC as long as
     * both; the file that this property names says that they are there.
     */
    private static void awaitNetwork(HttpsExchange exchange) throws IOException {
        String file = System.getProperty("firstlight.ready");
        if (file == null) {
            return;
        }
        exchange.warmUp();
        Path ready = Path.of(file);
        try {
            while (!Files.exists(ready)) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (InterruptedException stop) {
            throw new IOException("interrupted", stop);
        }
    }

    /** Opens a disk of this PC by its device node. */
    public static Disk open(Path node, boolean writing) throws IOException {
        return BlockDevice.open(node, writing ? Access.READ_WRITE : Access.READ);
    }
}
