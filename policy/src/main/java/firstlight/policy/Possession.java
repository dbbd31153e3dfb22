package firstlight.policy;

import firstlight.policy.work.Task;
import java.util.Optional;

/** What of a restore a device has already: nothing, the base image, or all of it. */
enum Possession {
    NOTHING,
    /** Only add-ons are missing. */
    BASE,
    ALL;

    /**
     * @param exact whether a restore of the newest version means that very version, and not any version of the image
     */
    static Possession of(Device device, Task.Restore restore, boolean exact, Images images) {
        Optional<LastImage> last = device.lastImage();
        if (last.isEmpty() || !last.get().image().equals(restore.image())) {
            return NOTHING;
        }
        boolean base;
        if (restore.version() != 0) {
            base = last.get().version() == restore.version();
        } else {
            base = !exact
                    || images.newest(restore.image()).orElse(-1) == last.get().version();
        }
        if (!base) {
            return NOTHING;
        }
        return last.get().addOns().containsAll(restore.addOns()) ? ALL : BASE;
    }

    /** {@code room12 version 3}. */
    static String words(Device device) {
        return device.lastImage()
                .map(last -> last.image() + " version " + last.version()
                        + (last.addOns().isEmpty() ? "" : " with " + String.join(", ", last.addOns())))
                .orElse("no image");
    }
}
