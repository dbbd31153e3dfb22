package firstlight.engine;

import firstlight.image.capture.CaptureOptions;
import firstlight.image.capture.IfLocked;
import firstlight.image.capture.IfUnreadable;
import firstlight.image.luks.Passphrases;
import firstlight.wire.work.WorkOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What an order says of a capture, in the pipeline's words. */
final class CaptureChoices {
    private CaptureChoices() {}

    static CaptureOptions of(WorkOrder.Capture order) {
        IfLocked ifLocked = switch (order.ifLocked()) {
            case RAW -> IfLocked.RAW;
            case SKIP -> IfLocked.SKIP;
            case STOP -> IfLocked.STOP;
        };
        IfUnreadable ifUnreadable = switch (order.ifUnreadable()) {
            case STOP -> IfUnreadable.STOP;
            case ZERO -> IfUnreadable.ZERO;
        };
        return new CaptureOptions(ifLocked, ifUnreadable, order.leaveOut(), passphrases(order.passphrases()));
    }

    /** An order's, of which nobody knows which opens what. Each is tried, at a second or two of a processor a try. */
    static Passphrases passphrases(List<String> texts) {
        List<byte[]> passphrases = texts.stream()
                .map(passphrase -> passphrase.getBytes(StandardCharsets.UTF_8))
                .toList();
        return uuid -> passphrases;
    }
}
