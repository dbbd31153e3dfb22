package firstlight.server.cli;

import firstlight.model.IoReason;
import firstlight.server.configuration.DataDirectory;
import firstlight.server.operator.OperatorError;
import firstlight.server.operator.Terminal;
import firstlight.server.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** On the server's host itself: a passphrase goes over no network but the one to the engine that needs it. */
@Command(
        name = "vault",
        description =
                "The passphrases by which captures look into LUKS volumes, and restores give these another size. They"
                        + " are kept encrypted in the server's data directory, and given to an engine that captures, or"
                        + " restores an image with such a volume: all that are for its PC, and to whoever speaks on the network as"
                        + " that PC.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight vault add room12               asks for the passphrase",
            "  firstlight vault add room12 --file FILE   its first line",
            "  firstlight vault add room12 --for \"group:Room 12\"",
            "  firstlight vault list",
            "  firstlight vault remove room12"
        })
public final class VaultCommand {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            defaultValue = "${env:FIRSTLIGHT_DATA:-" + DataDirectory.USUAL + "}",
            description = "The server's data directory (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of(DataDirectory.USUAL);

    @Spec
    private CommandSpec spec = CommandSpec.create(); // picocli sets the real one

    @Command(name = "add", description = "Keeps a passphrase under a name, in place of the one that was there.")
    void add(
            @Parameters(paramLabel = "NAME", description = "What it is for.") String name,
            @Option(names = "--file", paramLabel = "FILE", description = "Its first line is the passphrase.") @Nullable
                    Path file,
            @Option(
                            names = "--for",
                            paramLabel = "WHOM",
                            description =
                                    "Only for these PCs: group:NAME (and the groups below it) or device:NAME, as they are"
                                            + " called when it is wanted; several times if need be. Without it, for those that had it before, or every PC"
                                            + " where there was none ('vault remove' first).")
                    @Nullable
                    List<String> whom) {
        try {
            String passphrase = file == null ? asked() : line(file);
            Vault vault = vault();
            // One that is for some PCs, kept anew because it was changed, is not for every PC from then on.
            List<String> only = whom == null ? vault.whom(name) : whom;
            vault.put(name, passphrase, only);
            say("kept " + name + forWhom(only));
        } catch (IllegalArgumentException e) {
            throw new OperatorError(String.valueOf(e.getMessage()), "see firstlight vault add --help", e);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    @Command(name = "list", description = "The names, and for which PCs; never the passphrases.")
    void list() {
        try {
            Vault vault = vault();
            for (String name : vault.names()) {
                say(name + forWhom(vault.whom(name)));
            }
        } catch (IOException e) {
            throw broken(e);
        }
    }

    @Command(name = "remove", description = "Forgets a passphrase.")
    void remove(@Parameters(paramLabel = "NAME", description = "As 'vault list' shows it.") String name) {
        try {
            if (!vault().remove(name)) {
                throw new OperatorError("the vault has no '" + name + "'", "see firstlight vault list");
            }
            say("forgot " + name);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** A server's: one in a folder that no server reads would be of no use to anybody. */
    private Vault vault() {
        new DataDirectory(data).api();
        return new Vault(data);
    }

    private static String forWhom(List<String> whom) {
        return whom.isEmpty() ? "" : "  only for " + String.join(", ", whom);
    }

    private static String line(Path file) {
        String text;
        try {
            text = Files.readString(file).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new OperatorError(file + " cannot be read: " + IoReason.of(e), "see the file and its permission", e);
        }
        if (text.isEmpty()) {
            throw new OperatorError("the first line of " + file + " is empty", "write the passphrase into it");
        }
        return text;
    }

    private static String asked() {
        return Terminal.console()
                .map(console -> console.readPassword("Passphrase: "))
                .filter(typed -> typed.length > 0)
                .map(String::new)
                .orElseThrow(() ->
                        new OperatorError("there is nobody to ask for the passphrase", "name a file with --file"));
    }

    private void say(String text) {
        spec.commandLine().getOut().println(text);
        spec.commandLine().getOut().flush();
    }

    private static OperatorError broken(IOException e) {
        return new OperatorError(
                "the vault cannot be used: " + IoReason.withFile(e), "run as the server's user, see --data", e);
    }
}
