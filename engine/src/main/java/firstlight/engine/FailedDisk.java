package firstlight.engine;

import firstlight.image.DiskFailure;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Says of a disk that failed which one it is, for the person who is to replace it, and whether it is still there. */
final class FailedDisk {
    private FailedDisk() {}

    /** Work on disks. */
    @FunctionalInterface
    interface Step<T> {
        T take() throws IOException;
    }

    /** @param used the disks that {@code step} works on; one that is gone afterwards is not in {@code now} */
    static <T> T named(List<BlockDevices.Device> used, BlockDevices now, Step<T> step) throws IOException {
        try {
            return step.take();
        } catch (DiskFailure failure) {
            throw named(failure, used, now);
        }
    }

    static DiskFailure named(DiskFailure failure, List<BlockDevices.Device> used, BlockDevices now) {
        Optional<BlockDevices.Device> found = used.stream()
                .filter(device -> device.node().toString().equals(failure.disk()))
                .findFirst();
        if (found.isEmpty()) {
            return failure;
        }
        BlockDevices.Device device = found.get();
        String which = device.node() + " (" + (device.model().isEmpty() ? "" : device.model() + ", ")
                + (device.bytes() >> 20) + " MiB"
                + (device.serial().isEmpty() ? "" : ", serial number " + device.serial()) + "): ";
        String gone = now.find(device.name()).isPresent()
                ? ""
                : "; the PC does not see this disk any more: it was pulled out, or its cable, power or controller failed";
        return new DiskFailure(failure.disk(), failure.what(), which + failure.cause() + gone, failure.cure());
    }
}
