package firstlight.engine;

import firstlight.image.ImageFailure;
import firstlight.model.Facts;
import firstlight.wire.work.Hello;
import firstlight.wire.work.Result;
import firstlight.wire.work.WorkOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** One run of the imaging engine: say what this PC is, ask for work, do it, say how it ended. */
final class Engine {
    static final String NAME = "firstlight engine 0.1";
    /** Controllers and USB hubs need a while until their disks are there. */
    private static final int DISK_WAIT_MILLIS = 15_000;

    private final CommandLine.Given commandLine;
    private final Path root;
    private final Exchange exchange;
    private final Console console;
    private final Work.Opener opener;

    Engine(CommandLine.Given commandLine, Path root, Exchange exchange, Console console, Work.Opener opener) {
        this.commandLine = commandLine;
        this.root = root;
        this.exchange = exchange;
        this.console = console;
        this.opener = opener;
    }

    Ending run() {
        Exchange patient = new Retries(exchange, time -> TimeUnit.MILLISECONDS.sleep(time.toMillis()), console::line);
        Server server = new Server(patient, exchange);
        try {
            WorkOrder order = hello(server);
            if (commandLine.maintenance()) {
                return Ending.SHELL;
            }
            order.heading().reasons().forEach(console::line);
            return perform(order, server, new RemoteChunks(patient));
        } catch (ImageFailure failure) {
            return failed(server, new Result.Failed(failure.what(), failure.cause(), failure.cure()));
        } catch (Refused refused) {
            return failed(
                    server,
                    new Result.Failed(
                            refused.problem().title(),
                            refused.problem().detail(),
                            refused.problem().cure()));
        } catch (IOException other) {
            return failed(
                    server,
                    new Result.Failed(
                            "The work could not be done",
                            String.valueOf(other.getMessage()),
                            "Start this PC again; boot it into maintenance to look closer"));
        } catch (RuntimeException | OutOfMemoryError mistake) {
            mistake.printStackTrace(console.out());
            return failed(
                    server,
                    new Result.Failed("The imaging engine made a mistake", mistake.toString(), "Please report it"));
        }
    }

    private WorkOrder hello(Server server) throws IOException {
        waitForDisk();
        Facts facts = new Hardware(root).facts(commandLine.mac());
        console.line("asking " + commandLine.server() + " for work");
        WorkOrder order = server.hello(new Hello(NAME, facts, commandLine.maintenance()));
        console.line("this PC is " + order.heading().device());
        return order;
    }

    private void waitForDisk() throws IOException {
        for (int waited = 0; waited < DISK_WAIT_MILLIS; waited += 100) {
            if (new BlockDevices(root).firstInternal().isPresent()) {
                return;
            }
            if (waited == 2_000) {
                console.line("waiting for a disk");
            }
            try {
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (InterruptedException stop) {
                throw new IOException("interrupted", stop);
            }
        }
    }

    private Ending perform(WorkOrder order, Server server, RemoteChunks chunks) throws IOException {
        String summary;
        try (Reports reports = new Reports(server, console, System::nanoTime)) {
            Work work = new Work(server, chunks, reports, console, new BlockDevices(root), opener);
            summary = switch (order) {
                case WorkOrder.Capture capture -> work.capture(capture);
                case WorkOrder.Restore restore -> work.restore(restore);
                case WorkOrder.Inventory _ -> "inventory taken";
                case WorkOrder.NoWork _ -> "no work";
                case WorkOrder.Maintenance _ -> "maintenance: a shell at the PC";
            };
        }
        console.line(summary);
        server.result(new Result.Done(summary));
        return order instanceof WorkOrder.Maintenance
                ? Ending.SHELL
                : Ending.of(order.heading().after());
    }

    private Ending failed(Server server, Result.Failed failure) {
        console.line("FAILED: " + failure.what());
        console.line("  because: " + failure.cause());
        console.line("  what to do: " + failure.cure());
        try {
            server.result(failure);
        } catch (IOException unheard) {
            console.line("the server could not be told: " + unheard.getMessage());
        }
        return Ending.FAILED;
    }
}
