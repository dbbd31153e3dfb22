package firstlight.engine;

import firstlight.image.DiskFailure;
import firstlight.image.ImageFailure;
import firstlight.model.Facts;
import firstlight.model.StageTime;
import firstlight.wire.work.Hello;
import firstlight.wire.work.Progress;
import firstlight.wire.work.Result;
import firstlight.wire.work.WorkOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/** One run of the imaging engine: say what this PC is, ask for work, do it, say how it ended. */
final class Engine {
    /** In the manifest of what it captures, and in the hello. */
    static final String NAME = "firstlight engine 0.1";
    /** A script that is all the work may do what it likes, but not for ever. */
    private static final Duration LONGEST_SCRIPT = Duration.ofDays(1);

    private final CommandLine.Given commandLine;
    private final Path root;
    private final Exchange exchange;
    private final Console console;
    private final DiskOpener opener;
    private final Retries.Pause pause;
    /** The server hears one result: that of the work, or that its disk hangs, which two threads find out. */
    private final AtomicReference<Teller> teller = new AtomicReference<>(Teller.NOBODY_YET);

    /**
     * @param root in place of {@code /}, for tests
     * @param exchange one try of a request; how often it is tried again is decided here
     * @param pause between tries, and while it is another PC's turn
     */
    Engine(
            CommandLine.Given commandLine,
            Path root,
            Exchange exchange,
            Console console,
            DiskOpener opener,
            Retries.Pause pause) {
        this.commandLine = commandLine;
        this.root = root;
        this.exchange = exchange;
        this.console = console;
        this.opener = opener;
        this.pause = pause;
    }

    /**
     * Ends with the work, or before it when a disk does not answer: then the thread that waits for the disk is left alone. Blocks until
     * then; on the caller's thread nothing waits for a disk.
     */
    Ending run() {
        Duration patience = commandLine.maintenance() ? Retries.AT_A_PROMPT : Retries.ASKING;
        Server server = new Server(new Retries(exchange, patience, pause, console::line), exchange);
        CompletableFuture<Ending> ending = new CompletableFuture<>();
        DiskWatch.Hearing hearing = new DiskWatch.Hearing() {
            @Override
            public void tell(String words) {
                console.line(words);
                try {
                    server.progress(new Progress("disk", 0, 0, 0, words));
                } catch (IOException lost) { // as before any work
                    console.line("a note got lost: " + lost.getMessage());
                }
            }

            @Override
            public void gaveUp(DiskFailure why) {
                if (isFor(Teller.WATCH)) {
                    failed(server, new Result.Failed(why.what(), why.cause(), why.cure()));
                    ending.complete(Ending.STUCK);
                }
            }
        };
        try (DiskWatch watch = new DiskWatch(opener, root, diskPatience(), System::nanoTime, hearing).started()) {
            Thread.ofPlatform().daemon().name("engine").start(() -> {
                try {
                    ending.complete(work(server, watch));
                } catch (Throwable mistake) {
                    ending.completeExceptionally(mistake);
                }
            });
            return ending.join();
        }
    }

    /** Who says how the work ended. */
    private enum Teller {
        NOBODY_YET,
        WORK,
        WATCH
    }

    /** The first to ask for it has it. */
    private boolean isFor(Teller who) {
        return teller.compareAndSet(Teller.NOBODY_YET, who) || teller.get() == who;
    }

    private Duration diskPatience() {
        Optional<Duration> wanted = DiskSilence.patience(commandLine.diskPatience());
        if (wanted.isEmpty() && !commandLine.diskPatience().isEmpty()) {
            console.line("the kernel argument firstlight.disk-patience=" + commandLine.diskPatience()
                    + " is not 60 to 86400 seconds; disks are waited for " + DiskSilence.PATIENCE.toSeconds() + " s");
        }
        return wanted.orElse(DiskSilence.PATIENCE);
    }

    private Ending work(Server server, DiskWatch watch) {
        Exchange working = new Retries(exchange, Retries.WORKING, pause, console::line);
        try {
            // In maintenance the server asks for none, and a disk that hangs is what somebody wants to look at.
            Facts facts = commandLine.maintenance() ? new Hardware(root).facts(commandLine.mac()) : facts(watch);
            WorkOrder order = hello(server, facts);
            if (commandLine.maintenance()) {
                return Ending.SHELL;
            }
            order.heading().reasons().forEach(console::line);
            return perform(order, facts, new Server(working, exchange), new RemoteChunks(working), watch);
        } catch (ImageFailure failure) {
            return workFailed(server, new Result.Failed(failure.what(), failure.cause(), failure.cure()));
        } catch (Refused refused) {
            return workFailed(
                    server,
                    new Result.Failed(
                            refused.problem().title(),
                            refused.problem().detail(),
                            refused.problem().cure()));
        } catch (IOException other) {
            return workFailed(
                    server,
                    new Result.Failed(
                            "The work could not be done",
                            String.valueOf(other.getMessage()),
                            "Start this PC again; boot it into maintenance to look closer"));
        } catch (RuntimeException | OutOfMemoryError mistake) {
            // For a photograph of the screen: the server gets one line.
            mistake.printStackTrace(console.out());
            return workFailed(
                    server,
                    new Result.Failed("The imaging engine made a mistake", mistake.toString(), "Please report it"));
        }
    }

    private Facts facts(DiskOpener watch) throws IOException {
        new LateDisks(root).await(pause, console::line);
        SafeDisks safe = new SafeDisks(new BlockDevices(root), watch, console::line);
        return new DiskHealths(root).with(safe.with(new Hardware(root).facts(commandLine.mac())));
    }

    /** Asks until the answer is something to do, or nothing: while it is another PC's turn the server has us wait. */
    private WorkOrder hello(Server server, Facts facts) throws IOException {
        console.line("asking " + commandLine.server() + " for work" + uptime());
        List<String> told = List.of();
        while (true) {
            WorkOrder order = server.hello(new Hello(NAME, facts, commandLine.maintenance()));
            if (!(order instanceof WorkOrder.Wait wait)) {
                console.line("this PC is " + order.heading().device());
                return order;
            }
            if (!wait.heading().reasons().equals(told)) {
                told = wait.heading().reasons();
                console.line("this PC waits for its turn: " + String.join("; ", told));
            }
            try {
                pause.pause(Duration.ofSeconds(wait.seconds()));
            } catch (InterruptedException stop) {
                throw new IOException("interrupted", stop);
            }
        }
    }

    /** What the boot benchmark reads: the PC's own clock knows how long its start took. */
    private String uptime() {
        return SysFile.text(root.resolve("proc/uptime"))
                .map(text -> ", " + text.split(" ", 2)[0] + " s after the kernel's start")
                .orElse("");
    }

    private Ending perform(WorkOrder order, Facts facts, Server server, RemoteChunks chunks, DiskWatch watch)
            throws IOException {
        String summary;
        List<StageTime> stages;
        try (Reports reports = new Reports(server, console, System::nanoTime)) {
            Work work = new Work(
                    server,
                    chunks,
                    reports,
                    console,
                    new BlockDevices(root),
                    watch,
                    new WorkScripts(order.heading(), facts, console, phase -> script(server, phase)),
                    new BootEntry(root));
            summary = switch (order) {
                case WorkOrder.Capture capture -> work.capture(capture);
                case WorkOrder.Restore restore -> work.restore(restore);
                case WorkOrder.Wipe wipe -> work.wipe(wipe);
                case WorkOrder.Script script -> script(script, facts, script(server, "script"));
                case WorkOrder.Inventory _ -> "inventory taken";
                case WorkOrder.NoWork _, WorkOrder.Wait _ -> "no work";
                case WorkOrder.Maintenance _ -> "maintenance: a shell at the PC";
            };
            stages = work.stages();
        }
        summary += watch.summary();
        console.line(summary);
        if (!isFor(Teller.WORK)) {
            return Ending.STUCK;
        }
        server.result(new Result.Done(summary, stages));
        return order instanceof WorkOrder.Maintenance
                ? Ending.SHELL
                : Ending.of(order.heading().after());
    }

    private ScriptRun script(Server server, String phase) {
        return new ScriptRun(server, console, System::nanoTime, phase);
    }

    private static String script(WorkOrder.Script order, Facts facts, ScriptRun run) throws IOException {
        ScriptRun.Outcome outcome = run.run(order.text(), ScriptVariables.of(facts, order.heading()), LONGEST_SCRIPT);
        String last = outcome.tail().isEmpty() ? "" : outcome.tail().getLast();
        if (!outcome.succeeded()) {
            throw new ImageFailure(
                    "The script '" + order.name() + "' failed",
                    "it " + outcome.words(LONGEST_SCRIPT) + (last.isEmpty() ? "" : ": " + last),
                    "Its output is in the transaction's events");
        }
        return "script '" + order.name() + "' ended with status 0, " + outcome.lines() + " lines of output"
                + (last.isEmpty() ? "" : ", the last: " + last);
    }

    private Ending workFailed(Server server, Result.Failed failure) {
        return isFor(Teller.WORK) ? failed(server, failure) : Ending.STUCK;
    }

    private Ending failed(Server server, Result.Failed failure) {
        console.line("FAILED: " + failure.what());
        console.line("  because: " + failure.cause());
        console.line("  what to do: " + failure.cure());
        try {
            // In maintenance it may be that no server answers, and somebody waits for a shell: once.
            (commandLine.maintenance() ? new Server(exchange, exchange) : server).result(failure);
        } catch (IOException unheard) {
            console.line("the server could not be told: " + unheard.getMessage());
        }
        return Ending.FAILED;
    }
}
