package firstlight.server;

import firstlight.database.DatabaseCopy;
import firstlight.database.DatabaseFailure;
import firstlight.database.DatabaseUnreachable;
import firstlight.database.Storage;
import firstlight.model.IoReason;
import firstlight.server.configuration.DataDirectory;
import firstlight.server.operator.OperatorError;
import firstlight.server.operator.ProgressLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code firstlight database copy}. */
@Command(
        name = "database",
        description = "What is done with the server's database while the server is stopped.",
        footerHeading = "%nFor example:%n",
        footer = "  firstlight database copy --to jdbc:postgresql://db/firstlight --user firstlight")
final class DatabaseCommand {
    @Command(
            name = "copy",
            description =
                    "Carries the embedded database over to an empty PostgreSQL: devices, policy, work, transactions, "
                            + "users, everything. It is kept only if every record is the same on both sides. The embedded one is "
                            + "only read, and stays where it is.",
            footerHeading = "%nFor example:%n",
            footer = {
                "  createdb --owner firstlight firstlight                  on the PostgreSQL server",
                "  firstlight database copy --to jdbc:postgresql://db/firstlight --user firstlight --password-file /etc/firstlight.password",
                "",
                "Then name the PostgreSQL in the configuration (docs/configuration.md, 'database') and start the server."
            })
    void copy(
            @Option(
                            names = "--to",
                            required = true,
                            paramLabel = "URL",
                            description = "An empty database: jdbc:postgresql://HOST/DATABASE.")
                    String url,
            @Option(
                            names = "--user",
                            paramLabel = "NAME",
                            defaultValue = "",
                            description = "Its user, who must own it.")
                    String user,
            @Option(names = "--password-file", paramLabel = "FILE", description = "Holds that user's password.")
                    @Nullable
                    Path passwordFile,
            @Option(
                            names = "--data",
                            paramLabel = "DIR",
                            defaultValue = "${env:FIRSTLIGHT_DATA:-" + DataDirectory.USUAL + "}",
                            description =
                                    "The data directory of the server that is stopped (default: ${DEFAULT-VALUE}).")
                    Path data) {
        Storage.PostgreSql target = Storage.PostgreSql.of(url, user, password(passwordFile))
                .orElseThrow(() -> new OperatorError(
                        "'" + url + "' names no database",
                        "write " + Storage.PostgreSql.PREFIX
                                + "HOST/DATABASE, without name and password (--user, --password-file)"));
        ProgressLine line = new ProgressLine();
        try {
            Map<String, Long> counts = DatabaseCopy.copy(new DataDirectory(data).database(), target, line::show);
            line.end();
            counts.forEach((table, rows) -> System.out.println("  " + table + ": " + rows));
            System.out.println(
                    "copied and compared: " + target.name() + " has all of it. Now name it in the configuration.");
        } catch (DatabaseFailure e) {
            line.end();
            throw new OperatorError(String.valueOf(e.getMessage()), e.cure(), e);
        } catch (DatabaseUnreachable e) {
            line.end();
            throw new OperatorError(
                    String.valueOf(e.getMessage()), "nothing was kept there; copy again when it answers", e);
        }
    }

    private static String password(@Nullable Path file) {
        try {
            return file == null ? "" : Files.readString(file).strip();
        } catch (IOException e) {
            throw new OperatorError(
                    "--password-file " + file + " cannot be read: " + IoReason.of(e), "name one that can", e);
        }
    }
}
