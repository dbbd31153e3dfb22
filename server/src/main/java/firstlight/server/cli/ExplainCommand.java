package firstlight.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code firstlight explain DEVICE}. */
@Command(
        name = "explain",
        description = "What a device would get if it booted now, and why; and how its last boot went.")
public final class ExplainCommand implements Runnable {
    @Parameters(paramLabel = "DEVICE", description = "A name, a MAC address or a number of the device list.")
    private String device = "";

    @Mixin
    private Shared shared = new Shared();

    @Override
    public void run() {
        shared.print(shared.api().get("explain/" + ApiClient.part(device)), answer -> {
            StringBuilder text = new StringBuilder(DeviceCommand.all(answer.path("device")));
            text.append("\n\nif it booted now: ").append(Shared.text(answer.path("answer"), "what"));
            for (JsonNode reason : answer.path("answer").path("reasons")) {
                text.append("\n  because ").append(reason.stringValue());
            }
            if (!answer.path("events").isEmpty()) {
                text.append("\n\nits last boot:");
                answer.path("events").forEach(event -> text.append("\n  ").append(TransactionsCommand.line(event)));
            }
            return text.toString();
        });
    }
}
