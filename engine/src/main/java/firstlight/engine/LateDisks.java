package firstlight.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Waits for the disks of a PC that has just started. Which one is its first is asked once: a controller that takes half a minute must not
 * leave that to a disk that happened to be faster.
 */
record LateDisks(Path root) {
    /** Controllers and USB hubs need a while until their disks are there. */
    private static final Duration USUAL = Duration.ofSeconds(15);

    /** Where a disk that comes before all others may be on its way. */
    private static final Duration LONG = Duration.ofSeconds(45);

    private static final Duration STEP = Duration.ofMillis(100);

    /** In which one more of a slow controller's would have come, or the disk of an NVMe controller that has just started. */
    private static final Duration QUIET = Duration.ofSeconds(3);

    /** Of RAID and SAS controllers, whose firmware starts when its driver does, and shows one disk after the other. */
    private static final Set<String> SLOW =
            Set.of("megaraid_sas", "mpt3sas", "mpi3mr", "hpsa", "smartpqi", "aacraid", "arcmsr");

    private static final Set<String> NOT_YET = Set.of("new", "resetting", "connecting");

    /**
     * Returns when the first disk is certain, or nobody can wait any longer; a PC without a disk waits {@link #USUAL} at least.
     *
     * @param say hears once that it is waited for
     */
    void await(Retries.Pause pause, Consumer<String> say) throws IOException {
        List<BlockDevices.Device> seen = List.of();
        Duration same = Duration.ZERO;
        Duration ready = Duration.ZERO;
        boolean late = false;
        for (Duration waited = Duration.ZERO; ; waited = waited.plus(STEP)) {
            BlockDevices devices = new BlockDevices(root);
            List<BlockDevices.Device> now = devices.all();
            boolean starting = isNvmeStarting();
            late |= starting;
            same = now.equals(seen) && !starting ? same.plus(STEP) : Duration.ZERO;
            seen = now;
            ready = slow().stream().allMatch(LateDisks::hasStarted) ? ready.plus(STEP) : Duration.ZERO;
            boolean empty = isNvmeFirst(devices) && ready.compareTo(USUAL) >= 0;
            Duration most = late || (!slow().isEmpty() && !empty) ? LONG : USUAL;
            boolean quiet = (!late && slow().isEmpty()) || same.compareTo(QUIET) >= 0;
            boolean enough = devices.firstInternal().isPresent() && !areExpected() && quiet;
            if (enough || waited.compareTo(most) >= 0) {
                return;
            }
            if (waited.equals(Duration.ofSeconds(2))) {
                say.accept((now.isEmpty() ? "waiting for a disk" : "waiting for more disks") + ", for up to "
                        + most.toSeconds() + " s");
            }
            try {
                pause.pause(STEP);
            } catch (InterruptedException stop) {
                throw new IOException("interrupted", stop);
            }
        }
    }

    /** An NVMe that is on its way, or a slow controller that has shown none of its disks. */
    boolean areExpected() {
        return isNvmeStarting() || slow().stream().anyMatch(this::hasNone);
    }

    /** Then what a RAID or SAS controller has comes behind it, and it may well have none (a tape drive, no volume). */
    private static boolean isNvmeFirst(BlockDevices devices) {
        return devices.firstInternal()
                .filter(disk -> disk.name().startsWith("nvme"))
                .isPresent();
    }

    private boolean isNvmeStarting() {
        Path nvmes = root.resolve("sys/class/nvme");
        return SysFile.names(nvmes).stream()
                .anyMatch(name -> SysFile.text(nvmes.resolve(name).resolve("state"))
                        .filter(NOT_YET::contains)
                        .isPresent());
    }

    private List<Path> slow() {
        Path devices = root.resolve("sys/bus/pci/devices");
        return SysFile.names(devices).stream()
                .map(devices::resolve)
                .filter(device -> SLOW.contains(driver(device)))
                .toList();
    }

    /** Its driver shows a host when its firmware is there. */
    private static boolean hasStarted(Path controller) {
        return SysFile.names(controller).stream().anyMatch(name -> name.matches("host\\d+"));
    }

    private static String driver(Path device) {
        return String.valueOf(real(device.resolve("driver")).getFileName());
    }

    private boolean hasNone(Path controller) {
        Path disks = root.resolve("sys/block");
        Path place = real(controller);
        return SysFile.names(disks).stream()
                .noneMatch(disk -> real(disks.resolve(disk)).startsWith(place));
    }

    /** What is not there stands for itself. */
    private static Path real(Path link) {
        try {
            return link.toRealPath();
        } catch (IOException absent) {
            return link;
        }
    }
}
