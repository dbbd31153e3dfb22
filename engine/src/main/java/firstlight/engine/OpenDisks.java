package firstlight.engine;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.DiskOver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Disks that one piece of work is done on, open together.
 *
 * @param devices what the kernel knows of each of {@code disks}, in the same order
 */
public record OpenDisks(List<BlockDevices.Device> devices, List<Disk> disks) implements AutoCloseable {
    public OpenDisks {
        devices = List.copyOf(devices);
        disks = List.copyOf(disks);
    }

    /**
     * All of {@code devices}, or none: where one cannot be opened, those before it are closed again.
     *
     * @param writing whether they are opened to be written to; a capture must not
     */
    public static OpenDisks of(List<BlockDevices.Device> devices, DiskOpener opener, boolean writing)
            throws IOException {
        List<Disk> disks = new ArrayList<>();
        try {
            for (BlockDevices.Device device : devices) {
                disks.add(opener.open(device.node(), writing));
            }
            return new OpenDisks(devices, disks);
        } catch (IOException | RuntimeException failure) {
            closeAfter(failure, disks);
            throw failure;
        }
    }

    /**
     * To find something that is then written to: a disk that does not let itself be written to may be another's data, worn out.
     *
     * @return with an {@link Unwritable} for each such
     */
    static OpenDisks lookedThrough(List<BlockDevices.Device> devices, DiskOpener opener) throws IOException {
        return of(
                devices,
                (node, writing) -> {
                    try {
                        return opener.open(node, writing);
                    } catch (DiskFailure refused) {
                        return new Unwritable(opener.open(node, false), refused);
                    }
                },
                true);
    }

    /**
     * One that is open to be read.
     *
     * @param why it is not to be written
     */
    record Unwritable(Disk disk, DiskFailure why) implements DiskOver {}

    private static void closeAfter(Exception failure, List<Disk> disks) {
        for (Disk disk : disks) {
            try {
                disk.close();
            } catch (IOException another) {
                failure.addSuppressed(another);
            }
        }
    }

    /** Each of them, though one refuses; what that one said is thrown. */
    @Override
    public void close() throws IOException {
        for (int i = 0; i < disks.size(); i++) {
            try {
                disks.get(i).close();
            } catch (IOException failure) {
                closeAfter(failure, disks.subList(i + 1, disks.size()));
                throw failure;
            }
        }
    }
}
