package firstlight.server.api;

import firstlight.database.WorkStore;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.policy.Device;
import firstlight.policy.access.Accounts;
import firstlight.policy.access.User;
import firstlight.policy.work.Task;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import firstlight.server.access.Caller;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * Whose reach is some groups adds versions to images of their devices, and to no others: the next version of an image is what rules,
 * schedules and other sites lay down everywhere.
 */
final class OwnImages {
    private static final int MANY = 10_000;

    private final ImageStore images;
    private final WorkStore works;
    private final DeviceFinder finder;
    private final Accounts accounts;

    OwnImages(ImageStore images, WorkStore works, DeviceFinder finder, Accounts accounts) {
        this.accounts = accounts;
        this.images = images;
        this.works = works;
        this.finder = finder;
    }

    void refuseOthers(ImageName image, Caller caller) throws ApiProblem, IOException {
        if (caller.isLimited() && images.find(image, 0).isPresent() && !isOf(image, caller)) {
            throw ApiProblem.of(
                    ProblemKind.FORBIDDEN,
                    "no version of '" + image + "' was captured from a device of yours",
                    "capture under another name, or ask an administrator");
        }
    }

    private boolean isOf(ImageName image, Caller caller) throws ApiProblem {
        // Who was called so before, and was removed, was somebody else.
        Instant since = accounts.user(caller.user()).map(User::created).orElse(Instant.MAX);
        for (Work work : works.list(0, WorkState.DONE.name(), "capture", MANY)) {
            if (work.task() instanceof Task.Capture capture && capture.image().equals(image.text())) {
                if (work.terms().createdBy().equals(caller.name())
                        && !work.changed().isBefore(since)) {
                    return true; // also where its PC is another's by now, or gone
                }
                Optional<Device> device = finder.find(Long.toString(work.device()));
                if (device.isPresent() && finder.reaches(caller, device.get())) {
                    return true;
                }
            }
        }
        return false;
    }
}
