package firstlight.policy;

import java.time.Instant;
import java.util.List;

/** What was laid down on a device last. */
public record LastImage(String image, int version, List<String> addOns, Instant when) {
    public LastImage {
        addOns = List.copyOf(addOns);
    }
}
