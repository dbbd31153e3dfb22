package firstlight.server.cli;

import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code firstlight audit}. */
@Command(
        name = "audit",
        description = "Who did what, to which devices, from where; the newest first. Nothing is taken out but"
                + " failed sign-ins beyond the newest 10,000.",
        footerHeading = "%nFor example:%n",
        footer = {"  firstlight audit --device ROOM12-PC3", "  firstlight audit --action work --who ann"})
public final class AuditCommand implements Runnable {
    @Option(names = "--device", paramLabel = "DEVICE", description = "What was done to this one.")
    private Optional<String> device = Optional.empty();

    @Option(names = "--who", paramLabel = "USER", description = "What this user did.")
    private Optional<String> who = Optional.empty();

    @Option(
            names = "--action",
            paramLabel = "WORDS",
            description = "What begins so: work, device.remove, sign-in.failed.")
    private Optional<String> action = Optional.empty();

    @Option(names = "--limit", paramLabel = "N", defaultValue = "50", description = "How many (default: 50).")
    private int limit;

    @Mixin
    private Shared shared = new Shared();

    @Override
    public void run() {
        String query = "audit?limit=" + limit + WorkCommand.parameter("device", device)
                + WorkCommand.parameter("who", who) + WorkCommand.parameter("action", action);
        shared.print(shared.api().get(query).path("items"), entries -> {
            Table table = new Table("AT", "WHO", "FROM", "ACTION", "WHAT");
            for (JsonNode entry : entries) {
                table.row(
                        Shared.time(entry.path("at")),
                        Shared.text(entry, "who"),
                        Shared.text(entry, "from"),
                        Shared.text(entry, "action"),
                        Shared.text(entry, "text"));
            }
            return table.text();
        });
    }
}
