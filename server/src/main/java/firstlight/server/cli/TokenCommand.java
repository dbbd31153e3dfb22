package firstlight.server.cli;

import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code firstlight token}. */
@Command(
        name = "token",
        description =
                "Programs' ways in. A token can do what its user can, but give no password, make no administrator and no token,"
                        + " and confirm nobody's request.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight token add monitoring --user vera --days 90",
            "  firstlight device list --server https://firstlight:8444 --token-file monitoring.token --pin SHA256",
            "  firstlight token list",
            "  firstlight token delete 3"
        })
public final class TokenCommand {
    @Command(name = "list", description = "Your tokens; an administrator sees all.")
    void list(@Mixin Shared shared) {
        shared.print(shared.api().all("tokens"), tokens -> {
            Table table = new Table("NR", "NAME", "USER", "MADE", "EXPIRES", "STATE");
            for (JsonNode token : tokens) {
                table.row(
                        Shared.text(token, "token"),
                        Shared.text(token, "name"),
                        Shared.text(token, "user"),
                        Shared.time(token.path("created")),
                        Shared.time(token.path("expires")),
                        token.path("good").booleanValue(false) ? "good" : "expired");
            }
            return table.text();
        });
    }

    @Command(name = "add", description = "Makes a token and prints its secret, this once.")
    void add(
            @Parameters(paramLabel = "NAME", description = "What it is for.") String name,
            @Option(names = "--user", paramLabel = "USER", description = "Whose; without it, yours.")
                    Optional<String> user,
            @Option(
                            names = "--days",
                            paramLabel = "N",
                            defaultValue = "365",
                            description = "0 never expires (default: 365).")
                    int days,
            @Mixin Shared shared) {
        ObjectNode body = Shared.body().put("name", name).put("days", days);
        user.ifPresent(whose -> body.put("user", whose));
        shared.act("POST", "tokens", body, token -> Shared.text(token, "secret"));
    }

    @Command(name = "delete", description = "Takes a token back.")
    void delete(@Parameters(paramLabel = "NR", description = "Of the list.") long number, @Mixin Shared shared) {
        shared.act("DELETE", "tokens/" + number, Shared.body(), _ -> "token " + number + " opens nothing any more");
    }
}
