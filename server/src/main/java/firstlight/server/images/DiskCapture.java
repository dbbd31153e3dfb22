package firstlight.server.images;

import firstlight.image.Disk;
import firstlight.image.DiskOver;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.capture.CaptureOptions;
import firstlight.image.capture.CapturePlan;
import firstlight.image.capture.IfLocked;
import firstlight.image.capture.IfUnreadable;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.luks.Passphrases;
import firstlight.image.manifest.Manifest;
import firstlight.image.store.Hold;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.Publication;
import firstlight.image.store.VersionNotes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Takes a raw disk in a file of this host into the store, as a PC's disk is taken.
 *
 * @param origin where it came from, for people
 * @param passphrases open what is encrypted in it
 * @param notes more that a person should know of the image
 */
record DiskCapture(
        ImageName image,
        String origin,
        int sectorSize,
        IfUnreadable ifUnreadable,
        Passphrases passphrases,
        List<String> notes) {
    /** Of the capture, which runs beside the serving of PCs. */
    private static final int THREADS = 2;

    /** By the file that a person named: the image's notes stay, and which loop device it was tells nobody anything. */
    private record Named(Disk disk, String name) implements DiskOver {}

    ImageJob.Outcome run(Path raw, ImageStore images, VersionNotes.Entry entry, Progress progress) throws IOException {
        try (Hold _ = images.hold();
                LoopDevice loop = LoopDevice.attach(raw, sectorSize, Access.READ);
                Disk disk = BlockDevice.open(loop.node(), Access.READ)) {
            CaptureOptions options =
                    new CaptureOptions(IfLocked.RAW, ifUnreadable, CaptureOptions.PAGE_FILES, passphrases);
            CapturePlan plan = Capture.plan(List.of(new Named(disk, origin)), options, progress);
            Manifest manifest = new Capture(images.trustingSink(), THREADS, "firstlight import")
                    .capture(plan, progress)
                    .manifest();
            return switch (images.publish(image, manifest)) {
                case Publication.Published(ImageVersion version) -> {
                    images.change(
                            version, known -> known.and(entry.at(), entry.who(), entry.what() + " from " + origin));
                    List<String> all = new ArrayList<>(manifest.notes());
                    all.addAll(notes);
                    yield ImageJob.Outcome.sound(
                            version.name() + " is made of " + origin + ", " + manifest.usedBytes() / 1_000_000
                                    + " MB in use",
                            all);
                }
                case Publication.Incomplete(var missing) ->
                    throw new ImageFailure(
                            "Image '" + image + "' cannot be published",
                            missing.stream().limit(3).map(Object::toString).collect(Collectors.joining(", "))
                                    + " are missing",
                            "Import it again");
            };
        }
    }
}
