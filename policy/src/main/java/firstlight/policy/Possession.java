package firstlight.policy;

import firstlight.policy.work.AddOnName;
import firstlight.policy.work.Task;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What of a restore a device has already: nothing, the base image, or all of it. */
enum Possession {
    NOTHING,
    /** Only add-ons are missing. */
    BASE,
    ALL;

    /** What counts as being there where a restore is of the newest version. */
    enum Newest {
        ANY_VERSION,
        /** That version or a newer one: another server may have that, and no rule goes to and fro between the two. */
        OR_NEWER,
        EXACT
    }

    static Possession of(Device device, Task.Restore restore, Newest meant, Images images) {
        Optional<LastImage> last = device.lastImage();
        // Who chooses partitions wants them anew, whatever was laid down as a whole.
        if (!restore.isWhole() || last.isEmpty() || !last.get().image().equals(restore.image())) {
            return NOTHING;
        }
        boolean base;
        if (restore.version() != 0) {
            base = last.get().version() == restore.version();
        } else {
            OptionalInt newest = images.newest(restore.image());
            // Add-ons of what this server does not have, or does not know of now, are not its business either.
            if (meant == Newest.OR_NEWER && newest.orElse(0) < last.get().version()) {
                return ALL;
            }
            base = meant == Newest.ANY_VERSION
                    || newest.orElse(-1) == last.get().version();
        }
        if (!base) {
            return NOTHING;
        }
        List<String> missing =
                LastImage.from(restore.addOns(), name -> has(last.get(), AddOnName.of(name), meant, images));
        return missing.isEmpty() ? ALL : BASE;
    }

    /**
     * Whether files are there for which {@code restore} does not ask: those of add-ons that were begun and not ended, and of
     * partitions that were laid down one by one.
     */
    static boolean mixed(Device device, Task.Restore restore) {
        boolean inParts =
                device.lastImage().filter(last -> !last.parts().isEmpty()).isPresent();
        return inParts
                || device.lastImage().stream()
                        .flatMap(last -> last.unfinished().stream())
                        .anyMatch(begun -> restore.addOns().stream()
                                .noneMatch(
                                        wanted -> AddOnName.of(wanted).image().equals(begun)));
    }

    private static boolean has(LastImage last, AddOnName wanted, Newest meant, Images images) {
        int newest = wanted.version() == 0 && meant != Newest.ANY_VERSION
                ? images.newest(wanted.image()).orElse(0)
                : 0;
        return last.addOns().stream()
                .map(AddOnName::of)
                .filter(wanted::means)
                .anyMatch(there -> newest == 0
                        || there.version() == newest
                        || (meant == Newest.OR_NEWER && there.version() > newest));
    }

    /** {@code room12 version 3}. */
    static String words(Device device) {
        return device.lastImage()
                .map(last -> last.image() + " version " + last.version()
                        + (last.addOns().isEmpty() ? "" : " with " + String.join(", ", last.addOns()))
                        + (last.unfinished().isEmpty()
                                ? ""
                                : " and unfinished: "
                                        + String.join(
                                                ", ",
                                                last.unfinished().stream()
                                                        .sorted()
                                                        .toList()))
                        + (last.parts().isEmpty()
                                ? ""
                                : " and since then "
                                        + String.join(
                                                ", ",
                                                last.parts().stream().sorted().toList())))
                .orElse("no image");
    }
}
