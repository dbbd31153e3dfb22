package firstlight.engine;

import firstlight.image.DiskFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Work between this PC's disks and a medium at hand, without a server: the person at the prompt hears of a disk that does not answer,
 * and which one failed.
 *
 * @param root in place of {@code /}, for tests
 * @param gaveUp hears of a disk that has not answered for {@link DiskSilence#PATIENCE}; the thread that waits for it cannot be ended
 */
public record ByHand(Path root, DiskOpener opener, Console console, Consumer<DiskFailure> gaveUp) {
    /** Part of the work that opens its disks by {@code watched}. */
    @FunctionalInterface
    public interface Step<T> {
        T take(DiskOpener watched) throws IOException;
    }

    /**
     * @param medium the disk that the images are on; empty for a share
     * @throws DiskFailure with the disk's model, serial number and health
     */
    public <T> T work(List<BlockDevices.Device> disks, Optional<BlockDevices.Device> medium, Step<T> step)
            throws IOException {
        DiskWatch.Hearing hearing = new DiskWatch.Hearing() {
            @Override
            public void tell(String words) {
                console.line(words);
            }

            @Override
            public void gaveUp(DiskFailure why) {
                gaveUp.accept(why);
            }
        };
        try (DiskWatch watch = new DiskWatch(opener, root, DiskSilence.PATIENCE, System::nanoTime, hearing).started()) {
            medium.map(BlockDevices.Device::node).ifPresent(watch::mounted);
            List<BlockDevices.Device> all =
                    Stream.concat(disks.stream(), medium.stream()).toList();
            return FailedDisk.named(all, new BlockDevices(root), () -> step.take(watch));
        }
    }
}
