package firstlight.server.imaging;

import firstlight.image.manifest.ImageKind;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.policy.work.AddOnName;
import firstlight.policy.work.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds in the store what a restore names. */
final class StoredImages {
    private static final String CURE = "; see firstlight image list";

    private final ImageStore images;

    StoredImages(ImageStore images) {
        this.images = images;
    }

    /** What a restore names, or why it cannot be had. */
    sealed interface Found {
        record All(ImageVersion base, List<ImageVersion> addOns) implements Found {
            public All {
                addOns = List.copyOf(addOns);
            }

            List<String> names() {
                return addOns.stream().map(ImageVersion::name).toList();
            }
        }

        /** An image, the base or an add-on, is not here; another server may have it. */
        record Absent(Task.Restore what) implements Found {}

        /**
         * It is here and of the wrong kind: no other server can help.
         *
         * @param why for the PC's screen, with the cure
         */
        record Missing(String why) implements Found {}
    }

    /** @throws IOException when the store cannot be read */
    Found find(Task.Restore restore) throws IOException {
        Optional<ImageVersion> base = images.find(new ImageName(restore.image()), restore.version());
        if (base.isEmpty()) {
            return new Found.Absent(restore);
        }
        if (base.get().kind() == ImageKind.ADD_ON) {
            return new Found.Missing(base.get().name() + " is an add-on image, which no disk can be made of" + CURE);
        }
        List<ImageVersion> addOns = new ArrayList<>();
        for (String text : restore.addOns()) {
            AddOnName name = AddOnName.of(text);
            Optional<ImageVersion> addOn = images.find(new ImageName(name.image()), name.version());
            if (addOn.isEmpty()) {
                return new Found.Absent(Task.Restore.of(name.image(), name.version(), List.of()));
            }
            if (addOn.get().kind() == ImageKind.BASE) {
                return new Found.Missing(addOn.get().name() + " is no add-on image but one of disks" + CURE);
            }
            addOns.add(addOn.get());
        }
        return new Found.All(base.get(), addOns);
    }
}
