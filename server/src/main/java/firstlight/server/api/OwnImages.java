package firstlight.server.api;

import firstlight.database.Database;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.policy.Device;
import firstlight.policy.access.User;
import firstlight.policy.work.Task;
import firstlight.policy.work.Work;
import firstlight.server.access.Caller;
import firstlight.server.imaging.OwnVersions;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** {@link OwnVersions}, for who asks by the API. */
final class OwnImages {
    private final OwnVersions own;
    private final Database database;
    private final DeviceFinder finder;

    OwnImages(ImageStore images, Database database, DeviceFinder finder) {
        this.own = new OwnVersions(database, images);
        this.database = database;
        this.finder = finder;
    }

    /** @throws ApiProblem 403; never for a caller without limits */
    void refuseOthers(ImageName image, Caller caller) throws ApiProblem, IOException {
        if (!caller.isLimited()) {
            return;
        }
        Instant since =
                database.accounts().user(caller.user()).map(User::created).orElse(Instant.MAX);
        if (!own.mayAdd(image, caller.name(), caller.groups(), since)) {
            throw forbidden("no version of '" + image + "' was captured from a device of yours");
        }
        if (!own.isThere(image) && isCapturedByOthers(image, caller)) {
            throw forbidden("'" + image + "' is about to be captured from a device that is not in a group of yours");
        }
    }

    /** Whoever gave that meant it to be the first version, whichever PC is done first. */
    private boolean isCapturedByOthers(ImageName image, Caller caller) throws ApiProblem {
        for (Work work : database.works().open()) {
            if (work.task() instanceof Task.Capture capture
                    && capture.image().equals(image.text())
                    && !capture.maker().equals(caller.name())) {
                Optional<Device> device = database.devices().find(work.device());
                if (device.isPresent() && !finder.reaches(caller, device.get())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static ApiProblem forbidden(String what) {
        return ApiProblem.of(ProblemKind.FORBIDDEN, what, "capture under another name, or ask an administrator");
    }
}
