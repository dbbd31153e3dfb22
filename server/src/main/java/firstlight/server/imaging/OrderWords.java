package firstlight.server.imaging;

import firstlight.wire.work.WorkOrder;
import java.util.stream.Collectors;

/** An order as an event tells it. */
final class OrderWords {
    private OrderWords() {}

    private static String restore(WorkOrder.Restore restore) {
        String addOns = restore.addOns().stream().map(Object::toString).collect(Collectors.joining(", "));
        String base = restore.image() + " version " + restore.version();
        return restore.addOnsOnly()
                ? "lay " + addOns + " over " + base + ", which is there"
                : "restore " + base + (addOns.isEmpty() ? "" : " with " + addOns)
                        + restore.stream()
                                .map(it -> " by multicast " + it.group())
                                .orElse("");
    }

    static String of(WorkOrder order) {
        return switch (order) {
            case WorkOrder.Capture capture -> "capture " + capture.image();
            case WorkOrder.Restore restore -> restore(restore);
            case WorkOrder.Inventory _ -> "inventory";
            case WorkOrder.Maintenance _ -> "maintenance";
            case WorkOrder.NoWork _ -> "no work";
            case WorkOrder.Wait _ -> "waits for its turn";
            case WorkOrder.Script script -> "script " + script.name();
            case WorkOrder.Wipe _ -> "wipe";
        };
    }
}
