package firstlight.server.imaging;

import firstlight.image.capture.CaptureOptions;
import firstlight.policy.work.Task;
import firstlight.wire.work.WorkOrder;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A capture's options, from words that the API has checked to an order. */
final class CaptureOrder {
    private CaptureOrder() {}

    /**
     * Page files are left out unless something else, or nothing, was asked for.
     *
     * @param passphrases that may open what is encrypted on that PC; they go to its engine, over TLS
     */
    static WorkOrder.Capture of(WorkOrder.Heading heading, Task.Capture task, List<String> passphrases) {
        String leaveOut = task.options().get("leave-out");
        List<String> patterns = leaveOut == null
                ? CaptureOptions.PAGE_FILES
                : Stream.of(leaveOut.split(",", -1))
                        .map(String::strip)
                        .filter(pattern -> !pattern.isEmpty() && !pattern.equals("nothing"))
                        .toList();
        return new WorkOrder.Capture(
                heading,
                task.image(),
                task.disks(),
                WorkOrder.Capture.IfLocked.valueOf(choice(task, "if-locked", "raw")),
                WorkOrder.Capture.IfUnreadable.valueOf(choice(task, "if-unreadable", "stop")),
                patterns,
                passphrases);
    }

    private static String choice(Task.Capture task, String option, String usual) {
        return task.options().getOrDefault(option, usual).toUpperCase(Locale.ROOT);
    }
}
