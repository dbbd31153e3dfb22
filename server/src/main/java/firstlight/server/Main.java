package firstlight.server;

import firstlight.server.cli.AlarmCommand;
import firstlight.server.cli.AuditCommand;
import firstlight.server.cli.CompletionCommand;
import firstlight.server.cli.DeviceCommand;
import firstlight.server.cli.DhcpConfigCommand;
import firstlight.server.cli.ExplainCommand;
import firstlight.server.cli.GroupCommand;
import firstlight.server.cli.ImageCommand;
import firstlight.server.cli.PolicyCommand;
import firstlight.server.cli.RuleCommand;
import firstlight.server.cli.ScheduleCommand;
import firstlight.server.cli.SessionCommand;
import firstlight.server.cli.SignInCommand;
import firstlight.server.cli.SignOutCommand;
import firstlight.server.cli.SiteCommand;
import firstlight.server.cli.TokenCommand;
import firstlight.server.cli.TransactionsCommand;
import firstlight.server.cli.UserCommand;
import firstlight.server.cli.VaultCommand;
import firstlight.server.cli.WorkCommand;
import firstlight.server.operator.OperatorError;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Spec;

/** The command line: {@code ./firstlight COMMAND ...}. */
@Command(
        name = "firstlight",
        description = "Answers PXE and UEFI HTTP Boot beside the DHCP server that is there already, boots PCs into an "
                + "imaging environment when there is work for them, and leaves them alone when there is none.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight serve --interface eth0         answer the PCs on eth0",
            "  firstlight device list                    the PCs that were seen",
            "  firstlight work capture PC-03 room12      image PC-03's disk at its next boot",
            "  firstlight work restore PC-04 room12      lay that image down on PC-04",
            "  firstlight transactions --follow          see it happen",
            "",
            "'firstlight COMMAND --help' tells more."
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create(); // picocli sets the real one

    private Main() {}

    public static void main(String... arguments) {
        System.exit(commandFor(arguments).execute(arguments));
    }

    /** The whole command tree: the rooms' own commands and those of every {@link CommandProvider}. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        for (Own own : Own.values()) {
            line.addSubcommand(own.command());
        }
        for (CommandProvider provider : ServiceLoader.load(CommandProvider.class)) {
            provider.commands().forEach(line::addSubcommand);
        }
        return finished(line);
    }

    /** The part of the tree that {@code arguments} ask for: looking at every command would be half of a server's start. */
    static CommandLine commandFor(String... arguments) {
        for (Own own : Own.values()) {
            if (arguments.length > 0 && own != Own.COMPLETION && own.text().equals(arguments[0])) {
                return finished(new CommandLine(new Main()).addSubcommand(own.command()));
            }
        }
        return commandLine();
    }

    /** Made when it is asked for: each takes time to be looked at. */
    private enum Own {
        SERVE,
        DEVICE,
        WORK,
        IMAGE,
        TRANSACTIONS,
        EXPLAIN,
        ENVIRONMENT,
        MEDIA,
        DATABASE,
        DHCP_CONFIG,
        GROUP,
        POLICY,
        RULE,
        SCHEDULE,
        SESSION,
        SITE,
        ALARM,
        AUDIT,
        USER,
        TOKEN,
        VAULT,
        /** The server's own; nobody needs to type it. */
        BOOT_FILES,
        SIGN_IN,
        SIGN_OUT,
        /** Needs to see all the others. */
        COMPLETION;

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        Object command() {
            return switch (this) {
                case SERVE -> new ServeCommand();
                case DEVICE -> new DeviceCommand();
                case WORK -> new WorkCommand();
                case IMAGE -> new ImageCommand();
                case TRANSACTIONS -> new TransactionsCommand();
                case EXPLAIN -> new ExplainCommand();
                case ENVIRONMENT -> new EnvironmentCommand();
                case MEDIA -> new MediaCommand();
                case DATABASE -> new DatabaseCommand();
                case DHCP_CONFIG -> new DhcpConfigCommand();
                case GROUP -> new GroupCommand();
                case POLICY -> new PolicyCommand();
                case RULE -> new RuleCommand();
                case SCHEDULE -> new ScheduleCommand();
                case SESSION -> new SessionCommand();
                case SITE -> new SiteCommand();
                case ALARM -> new AlarmCommand();
                case AUDIT -> new AuditCommand();
                case USER -> new UserCommand();
                case TOKEN -> new TokenCommand();
                case VAULT -> new VaultCommand();
                case BOOT_FILES -> new BootFilesCommand();
                case SIGN_IN -> new SignInCommand();
                case SIGN_OUT -> new SignOutCommand();
                case COMPLETION -> new CompletionCommand();
            };
        }
    }

    private static CommandLine finished(CommandLine line) {
        // People write 'bios', the code BIOS. Set last: it reaches the commands that are there by now.
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((exception, failed, parsed) -> {
            if (exception instanceof OperatorError error) {
                failed.getErr().println(error.text());
                failed.getErr().flush();
                return 1;
            }
            throw exception;
        });
        line.setParameterExceptionHandler((exception, arguments) -> {
            PrintWriter err = exception.getCommandLine().getErr();
            // picocli names Java's types
            String wrong =
                    String.valueOf(exception.getMessage()).replaceFirst("is not an? (int|long)$", "is no whole number");
            err.println("firstlight: " + wrong);
            CommandLine.UnmatchedArgumentException.printSuggestions(exception, err);
            err.println("  see '" + exception.getCommandLine().getCommandSpec().qualifiedName() + " --help'");
            err.flush();
            return 2;
        });
        line.getCommandSpec()
                .versionProvider(new Version())
                .addOption(OptionSpec.builder("--version")
                        .versionHelp(true)
                        .description("Tell which version this is, and exit.")
                        .build());
        addHelp(line);
        return line;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** {@code --help} everywhere, without every command having to say so. */
    private static void addHelp(CommandLine line) {
        if (!line.getCommandSpec().optionsMap().containsKey("--help")) {
            line.getCommandSpec()
                    .addOption(OptionSpec.builder("-h", "--help")
                            .usageHelp(true)
                            .description("Show this help and exit.")
                            .build());
        }
        line.getSubcommands().values().forEach(Main::addHelp);
        addExamples(line);
    }

    /** What {@code firstlight work --help} has of {@code work join}, {@code firstlight work join --help} has as well. */
    private static void addExamples(CommandLine parent) {
        String[] all = parent.getCommandSpec().usageMessage().footer();
        parent.getSubcommands().forEach((name, command) -> {
            String prefix = "  " + command.getCommandSpec().qualifiedName() + " ";
            String[] own = Arrays.stream(all)
                    .filter(example -> (example + " ").startsWith(prefix))
                    .toArray(String[]::new);
            UsageMessageSpec usage = command.getCommandSpec().usageMessage();
            if (usage.footer().length == 0 && own.length > 0) {
                usage.footerHeading("%nFor example:%n").footer(own);
            }
        });
    }
}
