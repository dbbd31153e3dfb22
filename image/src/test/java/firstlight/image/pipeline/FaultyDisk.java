package firstlight.image.pipeline;

import firstlight.image.Disk;
import firstlight.image.DiskOver;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A disk that flips a bit of the octet at {@code offset} whenever that is written. */
record FaultyDisk(Disk disk, long offset) implements DiskOver {
    @Override
    public void write(long at, ByteBuffer from) throws IOException {
        byte[] octets = new byte[from.remaining()];
        from.get(octets);
        if (at <= offset && offset < at + octets.length) {
            octets[(int) (offset - at)] ^= 1;
        }
        disk.write(at, ByteBuffer.wrap(octets));
    }
}
