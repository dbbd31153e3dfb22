package firstlight.engine;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The imaging engine's program; the first process of the imaging environment starts it. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws IOException {
        Console console = new Console(System.out);
        String text = Files.readString(Path.of("/proc/cmdline"));
        Ending ending = switch (CommandLine.parse(text)) {
            case CommandLine.Given given -> {
                Exchange exchange = new HttpsExchange(given.server(), given.token(), given.pin());
                yield new Engine(given, Path.of("/"), exchange, console, Main::open).run();
            }
            case CommandLine.Unusable(String reason, boolean maintenance) -> {
                console.line(reason);
                yield maintenance ? Ending.SHELL : Ending.FAILED;
            }
        };
        System.exit(ending.status());
    }

    private static Disk open(Path node, boolean writing) throws IOException {
        throw new IOException(node + " cannot be opened yet" + (writing ? " for writing" : ""));
    }
}
