package firstlight.server.cli;

import firstlight.server.operator.OperatorError;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code firstlight completion bash}. */
@Command(
        name = "completion",
        description = "Prints a script that completes this command line in a shell.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  source <(firstlight completion bash)",
            "  firstlight completion bash > /etc/bash_completion.d/firstlight"
        })
public final class CompletionCommand implements Runnable {
    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    private String shell = "";

    @Spec
    private CommandSpec spec = CommandSpec.create(); // picocli sets the real one

    @Override
    public void run() {
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw new OperatorError("'" + shell + "' is not known here", "known are bash and zsh");
        }
        CommandLine root = spec.root().commandLine();
        spec.commandLine().getOut().print(AutoComplete.bash(root.getCommandName(), root));
        spec.commandLine().getOut().flush();
    }
}
