package firstlight.image;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/** An opened disk. All of it may be used by several threads at once. */
public interface Disk extends Closeable {
    /** What messages call it, such as {@code /dev/nvme0n1}. */
    String name();

    long size();

    /** The logical sector: 512 or 4096. Partition tables count in it. */
    int sectorSize();

    /** Whether a head has to move to go elsewhere, so that writing and reading by turns would be slow. */
    boolean seeks();

    /** Fills {@code into} up to its limit. */
    void read(long offset, ByteBuffer into) throws IOException;

    /** Like {@link #read}, but what the medium holds, not what a cache remembers. */
    void readBack(long offset, ByteBuffer into) throws IOException;

    void write(long offset, ByteBuffer from) throws IOException;

    /** Makes the range read as zero, without writing it where the disk can. */
    void zero(long offset, long length) throws IOException;

    /** Tells the disk that nobody needs the range any more. A hint: what it reads as afterwards is not known. */
    void discard(long offset, long length) throws IOException;

    /** Returns when all that was written is on the medium. */
    void flush() throws IOException;

    /** The device node of a partition, 0 for the disk itself, so that a file system's tools can be run on it. */
    Optional<Path> node(int partition) throws IOException;

    /** Has the kernel read the partition table again. */
    void tableChanged() throws IOException;
}
