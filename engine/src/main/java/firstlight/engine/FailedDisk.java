package firstlight.engine;

import firstlight.image.DiskFailure;
import firstlight.image.health.DiskHealth;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Says of a disk that failed which one it is, for the person who is to replace it, and whether it is still there. */
final class FailedDisk {
    /** Requests to a disk that goes fail some moments before the kernel takes it from its list (seen with Linux 6.1, NVMe and USB). */
    private static final int LOOKS = 20;

    private static final long BETWEEN_LOOKS = 100_000_000L; // nanoseconds

    private static final String GONE =
            "the PC does not see this disk any more: it was pulled out, or its cable, power or controller failed";
    private static final String CURE =
            "Check its cable and power, and its health, then start this PC again; a disk that goes again must be replaced";

    private FailedDisk() {}

    /** Work on disks. */
    @FunctionalInterface
    interface Step<T> {
        T take() throws IOException;
    }

    /** What is known of a disk after a failure. */
    interface Aftermath {
        boolean stays(BlockDevices.Device device);

        DiskHealth health(BlockDevices.Device device);
    }

    /**
     * @param used the disks that {@code step} works on; one that is gone afterwards is not in {@code now}
     * @throws DiskFailure where a disk failed or went; all else comes out as it was thrown
     */
    static <T> T named(List<BlockDevices.Device> used, BlockDevices now, Step<T> step) throws IOException {
        Aftermath aftermath = new Aftermath() {
            @Override
            public boolean stays(BlockDevices.Device device) {
                return FailedDisk.stays(device, now);
            }

            @Override
            public DiskHealth health(BlockDevices.Device device) {
                return now.health(device);
            }
        };
        return named(used, aftermath, step);
    }

    static <T> T named(List<BlockDevices.Device> used, Aftermath aftermath, Step<T> step) throws IOException {
        try {
            return step.take();
        } catch (DiskFailure failure) {
            throw named(failure, used, aftermath);
        } catch (Refused byTheServer) {
            throw byTheServer;
        } catch (IOException other) {
            // A tool, or the kernel's list of disks, has words of its own for a disk that went.
            Optional<BlockDevices.Device> gone = used.stream()
                    .filter(device ->
                            !device.serial().isEmpty() || !device.model().isEmpty())
                    .filter(device -> !aftermath.stays(device))
                    .findFirst();
            if (gone.isEmpty()) {
                throw other;
            }
            String name = gone.get().node().toString();
            DiskFailure failure = new DiskFailure(
                    name,
                    "The disk " + name + " went in the middle of the work",
                    gone(gone.get(), String.valueOf(other.getMessage())),
                    CURE);
            failure.initCause(other);
            throw failure;
        }
    }

    private static DiskFailure named(DiskFailure failure, List<BlockDevices.Device> used, Aftermath aftermath) {
        Optional<BlockDevices.Device> found = used.stream()
                .filter(device -> device.node().toString().equals(failure.disk()))
                .findFirst();
        if (found.isEmpty()) {
            return failure;
        }
        if (!aftermath.stays(found.get())) {
            return new DiskFailure(failure.disk(), failure.what(), gone(found.get(), failure.cause()), CURE);
        }
        DiskHealth health = aftermath.health(found.get());
        String more = health.equals(DiskHealth.UNKNOWN) ? "" : "; the disk's word on its health (SMART) is " + health;
        return new DiskFailure(
                failure.disk(), failure.what(), which(found.get()) + failure.cause() + more, failure.cure());
    }

    /** The kernel's reason comes last: it has ENOSPC for a disk that it has just taken off its list (Linux 6.1, NVMe). */
    private static String gone(BlockDevices.Device device, String reason) {
        return which(device) + GONE + " (" + reason + ")";
    }

    private static String which(BlockDevices.Device device) {
        return device.words() + ": ";
    }

    /** Another disk may have its name by then. */
    private static boolean stays(BlockDevices.Device device, BlockDevices now) {
        for (int look = 0; look < LOOKS; look++) {
            if (now.all().stream()
                    .noneMatch(each ->
                            each.name().equals(device.name()) && each.serial().equals(device.serial()))) {
                return false;
            }
            LockSupport.parkNanos(BETWEEN_LOOKS);
        }
        return true;
    }
}
