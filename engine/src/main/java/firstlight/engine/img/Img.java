package firstlight.engine.img;

import firstlight.engine.Console;
import firstlight.engine.Main;
import firstlight.engine.Refused;
import firstlight.image.ImageFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code img}: what the imaging engine can do, for a person at the maintenance prompt. */
@Command(
        name = "img",
        mixinStandardHelpOptions = true,
        description = "Images this PC by hand.",
        synopsisSubcommandLabel = "MODE",
        commandListHeading = "%nModes (img MODE --help tells more):%n",
        subcommands = {
            AutoMode.class,
            MakeMode.class,
            RestoreMode.class,
            ListMode.class,
            DumpMode.class,
            InfoMode.class,
            PartitionMode.class,
            SessionMode.class,
            SafeMode.class
        },
        footer = {
            "",
            "PLACE is where images are:",
            "  server              the server that started this environment, or that its medium was made for;",
            "                      it may be left out: img restore room12",
            "  http://ADDRESS:8080 another server",
            "  /dev/sdb1           a USB disk's partition, or /dev/sdb1:folder in it; img mounts it",
            "  /mnt/images         a folder that is mounted already",
            "",
            "Examples:",
            "  img make server room12        this PC's first internal disk, to the server",
            "  img make /dev/sdb1 room12     the same to a USB disk, without any server",
            "  img restore /dev/sdb1 room12  and back",
            "  img dump                      what is on the disks"
        })
public final class Img implements Runnable {
    static final int FAILED = 1;

    private final Prompt prompt;

    Img(Prompt prompt) {
        this.prompt = prompt;
    }

    public static void main(String[] arguments) throws IOException {
        Console console = new Console(System.out);
        BufferedReader keyboard = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        Prompt prompt =
                new Prompt(Path.of("/"), console, keyboard, Main::open, Files.readString(Path.of("/proc/cmdline")));
        System.exit(run(prompt, arguments));
    }

    /** The exit status: 0 done, 1 failed, 2 not understood. */
    static int run(Prompt prompt, String... arguments) {
        return new CommandLine(new Img(prompt))
                .setOut(new PrintWriter(prompt.console().out(), true, Charset.defaultCharset()))
                .setErr(new PrintWriter(prompt.console().out(), true, Charset.defaultCharset()))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedSubcommandsAllowed(true)
                .setExecutionExceptionHandler((failure, _, _) -> told(prompt.console(), failure))
                .execute(arguments);
    }

    Prompt prompt() {
        return prompt;
    }

    @Override
    public void run() {
        CommandLine.usage(this, prompt.console().out());
    }

    /** Every failure that a person can cause says what to do; what is left is a mistake of ours and keeps its trace. */
    private static int told(Console console, Exception failure) throws Exception {
        switch (failure) {
            case ImageFailure known -> console.failed(known);
            case Refused refused ->
                console.line("the server refused: " + refused.problem().line());
            case IOException other -> console.line("FAILED: " + other.getMessage());
            default -> throw failure;
        }
        return FAILED;
    }
}
