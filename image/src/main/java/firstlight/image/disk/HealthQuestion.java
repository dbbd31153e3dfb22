package firstlight.image.disk;

import firstlight.image.health.AtaSmart;
import firstlight.image.health.DiskHealth;
import firstlight.image.health.NvmeSmart;
import firstlight.model.Bytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** Asks a disk of this PC for its health by the kernel's ioctls. Reads only; a disk that cannot answer is not asked to try. */
public final class HealthQuestion {
    /** The kernel gives up then; a controller that it resets afterwards may take longer. */
    private static final int MILLIS = 2_000;

    /** Octets for a disk's sense data: an ATA disk's answer comes in them. */
    private static final int SENSE = 64;

    // struct sg_io_hdr of <scsi/sg.h>, 64 bits
    private static final int SG_HEADER = 88;
    private static final int SG_NONE = -1;
    private static final int SG_FROM_DEVICE = -3;

    private HealthQuestion() {}

    /** How a disk is asked. */
    public enum Language {
        ATA,
        NVME
    }

    /** @param node such as {@code /dev/sda}; {@link DiskHealth#UNKNOWN} when it cannot be opened or does not answer */
    public static DiskHealth ask(Path node, Language language) {
        int fd = Native.open(node.toString(), OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK);
        if (fd < 0) {
            return DiskHealth.UNKNOWN;
        }
        try (Arena arena = Arena.ofConfined()) {
            return switch (language) {
                case ATA -> ata(fd, arena);
                case NVME -> nvme(fd, arena);
            };
        } finally {
            Native.close(fd);
        }
    }

    private static DiskHealth ata(int fd, Arena arena) {
        MemorySegment data = arena.allocate(AtaSmart.DATA, 8);
        MemorySegment sense = arena.allocate(SENSE, 8);
        boolean heard = passThrough(fd, AtaSmart.READ_DATA, data, sense.asSlice(0, SENSE), arena);
        MemorySegment status = arena.allocate(SENSE, 8);
        passThrough(fd, AtaSmart.RETURN_STATUS, MemorySegment.NULL, status, arena);
        return AtaSmart.decode(octets(status), heard ? octets(data) : Bytes.EMPTY);
    }

    /** True when the command went well; the sense data are filled in anyhow. */
    private static boolean passThrough(int fd, Bytes command, MemorySegment data, MemorySegment sense, Arena arena) {
        // struct sg_io_hdr: 0 'S', 4 direction, 8 and 9 lengths of command and sense, 12 length of data, then three
        // pointers, 40 patience.
        MemorySegment words = arena.allocate(command.length());
        MemorySegment.copy(command.toArray(), 0, words, ValueLayout.JAVA_BYTE, 0, command.length());
        MemorySegment header = arena.allocate(SG_HEADER, 8);
        header.set(ValueLayout.JAVA_INT, 0, 'S');
        header.set(ValueLayout.JAVA_INT, 4, data.byteSize() == 0 ? SG_NONE : SG_FROM_DEVICE);
        header.set(ValueLayout.JAVA_BYTE, 8, (byte) command.length());
        header.set(ValueLayout.JAVA_BYTE, 9, (byte) SENSE);
        header.set(ValueLayout.JAVA_INT, 12, (int) data.byteSize());
        header.set(ValueLayout.ADDRESS, 16, data);
        header.set(ValueLayout.ADDRESS, 24, words);
        header.set(ValueLayout.ADDRESS, 32, sense);
        header.set(ValueLayout.JAVA_INT, 40, MILLIS);
        int result = Native.ioctl(fd, Native.SG_IO, header);
        // status, host_status and driver_status: the disk's, the controller's and the kernel's own
        return result >= 0
                && header.get(ValueLayout.JAVA_BYTE, 64) == 0
                && header.get(ValueLayout.JAVA_SHORT, 68) == 0
                && header.get(ValueLayout.JAVA_SHORT, 70) == 0;
    }

    /** struct nvme_passthru_cmd of linux/nvme_ioctl.h. */
    private static DiskHealth nvme(int fd, Arena arena) {
        MemorySegment data = arena.allocate(NvmeSmart.DATA, 8);
        MemorySegment command = arena.allocate(72, 8);
        command.set(ValueLayout.JAVA_BYTE, 0, (byte) NvmeSmart.GET_LOG_PAGE);
        command.set(ValueLayout.JAVA_INT, 4, -1); // of the controller, not of one namespace
        command.set(ValueLayout.JAVA_LONG, 24, data.address());
        command.set(ValueLayout.JAVA_INT, 36, NvmeSmart.DATA);
        command.set(ValueLayout.JAVA_INT, 40, NvmeSmart.PAGE);
        command.set(ValueLayout.JAVA_INT, 64, MILLIS);
        return Native.ioctl(fd, Native.NVME_ADMIN_COMMAND, command) == 0
                ? NvmeSmart.decode(octets(data))
                : DiskHealth.UNKNOWN;
    }

    private static Bytes octets(MemorySegment segment) {
        return Bytes.of(segment.toArray(ValueLayout.JAVA_BYTE));
    }
}
