package firstlight.engine.img;

import firstlight.engine.Hardware;
import firstlight.engine.SafeDisks;
import firstlight.engine.ScriptVariables;
import firstlight.model.Facts;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        description = "Shows this PC's facts: what the server's rules can ask for.")
final class InfoMode implements Callable<Integer> {
    @ParentCommand
    private Img img;

    @Option(names = "--shell", description = "as variables for a script: eval \"$(img info --shell)\"")
    private boolean shell;

    @Override
    public Integer call() {
        PrintStream out = img.prompt().console().out();
        Prompt prompt = img.prompt();
        Facts facts = new SafeDisks(prompt.devices(), prompt.opener(), line -> {})
                .with(new Hardware(prompt.root()).facts(""));
        if (shell) {
            ScriptVariables.of(facts)
                    .forEach((name, value) -> out.println(name + "='" + value.replace("'", "'\\''") + "'"));
        } else {
            facts.byKey()
                    .forEach((key, values) ->
                            out.printf("%-14s %s%n", key, values.isEmpty() ? "unknown" : String.join("; ", values)));
        }
        return 0;
    }
}
