package firstlight.server.cli;

import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code firstlight transactions}: what boots now, and what has booted. */
@Command(
        name = "transactions",
        description =
                "The boots that the server has seen, newest first. One transaction is one boot of one device, from "
                        + "its first packet to its local disk or to the end of its work.",
        footerHeading = "%nFor example:%n",
        footer = {"  firstlight transactions --follow        every event as it happens"})
public final class TransactionsCommand implements Runnable {
    // Before the stream is opened again, behind the last event that came.
    private static final int PAUSE_MILLIS = 500;

    @Mixin
    private Shared shared = new Shared();

    @Option(names = "--follow", description = "Show events as they happen, until Ctrl-C.")
    private boolean follow;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "20", description = "How many (default: 20).")
    private int limit;

    @Override
    public void run() {
        if (follow) {
            follow();
            return;
        }
        shared.print(shared.api().all("transactions?limit=" + limit), boots -> {
            Table table = new Table("NR", "DEVICE", "MAC", "STATE", "OPENED", "LAST EVENT");
            for (JsonNode boot : boots) {
                String progress = Shared.text(boot, "progress");
                table.row(
                        Shared.text(boot, "id"),
                        Shared.text(boot, "device"),
                        Shared.text(boot, "mac"),
                        Shared.text(boot, "state")
                                + (progress.isEmpty() ? "" : ", " + progress)
                                + (boot.has("silent") ? ", SILENT" : ""),
                        Shared.time(boot.path("opened")),
                        Shared.time(boot.path("lastEvent")));
            }
            return table.text();
        });
    }

    private void follow() {
        ApiClient api = shared.api();
        // The last few first, so that the screen is not empty.
        String after = "";
        for (JsonNode event : api.all("events?after=-10")) {
            after = Shared.text(event, "id");
            shared.line(shared.wantsJson() ? event.toString() : line(event));
        }
        while (!Thread.currentThread().isInterrupted()) {
            try {
                after = api.follow(after, (name, data) -> {
                    if (name.equals("event")) {
                        shared.line(shared.wantsJson() ? data : line(ApiClient.JSON.readTree(data)));
                    }
                });
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            } catch (IOException e) {
                throw new OperatorError("the server broke off: " + e.getMessage(), "see whether it runs", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Phase 0: none of those of docs/transaction-server.md. */
    static String line(JsonNode event) {
        int phase = event.path("phase").intValue(0);
        return String.format(
                Locale.ROOT,
                "%s  %5s %-16s %-8s %s: %s",
                Shared.time(event.path("at")),
                Shared.text(event, "transaction"),
                Shared.text(event, "device"),
                phase == 0 ? "" : "phase " + phase,
                Shared.text(event, "kind"),
                Shared.text(event, "text"));
    }
}
