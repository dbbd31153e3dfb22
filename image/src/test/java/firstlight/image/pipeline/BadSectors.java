package firstlight.image.pipeline;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.DiskOver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** A disk of which some sectors cannot be read, nor what is asked for together with them. */
record BadSectors(Disk disk, List<Long> sectors) implements DiskOver {
    BadSectors {
        sectors = List.copyOf(sectors);
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        long end = offset + into.remaining();
        for (long sector : sectors) {
            if (sector * sectorSize() < end && (sector + 1) * sectorSize() > offset) {
                into.position(into.position() + (int) Math.max(0, sector * sectorSize() - offset)); // it came so far
                throw new DiskFailure(name(), name() + " cannot be read at offset " + offset, "medium error", "");
            }
        }
        disk.read(offset, into);
    }

    @Override
    public void readBack(long offset, ByteBuffer into) throws IOException {
        read(offset, into);
    }
}
