package firstlight.policy;

import firstlight.policy.work.AddOnName;
import firstlight.policy.work.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What was laid down on a device last.
 *
 * @param addOns with their versions, in the order in which they were laid over it
 */
public record LastImage(String image, int version, List<String> addOns, Instant when) {
    public LastImage {
        addOns = List.copyOf(addOns);
    }

    /**
     * What is still to be laid down of {@code wanted}: from the first that is missing on, for those behind it may replace its
     * files.
     *
     * @param has whether the device has what is wanted
     */
    static List<String> from(List<String> wanted, Predicate<String> has) {
        for (int i = 0; i < wanted.size(); i++) {
            if (!has.test(wanted.get(i))) {
                return List.copyOf(wanted.subList(i, wanted.size()));
            }
        }
        return List.of();
    }

    /** Of {@code exact} names with versions. */
    public List<String> missing(List<String> exact) {
        return from(exact, addOns::contains);
    }

    /** When {@code restore}, begun with those versions, was done at {@code now}, over this or in its place. */
    LastImage after(Task.Restore restore, Instant now) {
        if (!image.equals(restore.image()) || version != restore.version()) {
            return new LastImage(restore.image(), restore.version(), restore.addOns(), now);
        }
        List<String> all = new ArrayList<>();
        for (String before : addOns) {
            String name = AddOnName.of(before).image();
            if (restore.addOns().stream()
                    .noneMatch(laid -> AddOnName.of(laid).image().equals(name))) {
                all.add(before);
            }
        }
        all.addAll(restore.addOns());
        return new LastImage(image, version, all, now);
    }
}
