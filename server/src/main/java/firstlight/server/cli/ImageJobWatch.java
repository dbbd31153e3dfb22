package firstlight.server.cli;

import firstlight.server.operator.OperatorError;
import firstlight.server.operator.ProgressLine;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Starts long work on the store, shows how far it is, prints how it ended. A job that is not watched any more goes on. */
final class ImageJobWatch {
    private static final int LOOK_MILLISECONDS = 300;

    private ImageJobWatch() {}

    /**
     * @param body of {@code POST /image-jobs}
     * @throws OperatorError when it did not end well, or was cancelled
     */
    static void run(Shared shared, ObjectNode body) {
        ApiClient api = shared.api();
        JsonNode job = api.ask("POST", "image-jobs", body);
        String number = Shared.text(job, "job");
        ProgressLine line = new ProgressLine();
        try {
            while (Shared.text(job, "state").equals("running")) {
                line.show(
                        Shared.text(job, "what") + ", " + Shared.text(job, "phase"),
                        job.path("done").longValue(0),
                        job.path("total").longValue(0));
                Thread.sleep(LOOK_MILLISECONDS);
                job = api.get("image-jobs/" + number);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new OperatorError(
                    "job " + number + " goes on at the server", "firstlight image cancel " + number, stop);
        } finally {
            line.end();
        }
        String details = job.path("details")
                .valueStream()
                .map(each -> "\n  " + each.asString())
                .collect(Collectors.joining());
        boolean done = Shared.text(job, "state").equals("done");
        if (done || shared.wantsJson()) {
            shared.print(job, ended -> Shared.text(ended, "text") + details);
        }
        if (!done) {
            throw new OperatorError(Shared.text(job, "text") + details, Shared.text(job, "cure"));
        }
    }
}
