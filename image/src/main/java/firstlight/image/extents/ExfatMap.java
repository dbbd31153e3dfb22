package firstlight.image.extents;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The clusters that the allocation bitmap of an exFAT calls taken (Microsoft's exFAT specification, 2019). Read by ourselves:
 * partclone 0.3.23 counts clusters from 0, not from 2, and so never sees the last two.
 */
final class ExfatMap {
    private static final int ENTRY = 32;
    private static final int ALLOCATION_BITMAP = 0x81;
    private static final int PIECE = 1 << 16;
    /** A chain that is longer goes round in a circle. */
    private static final int MOST_ROOT_CLUSTERS = 1 << 16;

    private final Volume volume;
    private final ByteBuffer boot;
    private final int sector;
    private final int cluster;
    private final long heap;
    private final long clusters;
    private final long table;
    private final long sectors;

    private ExfatMap(Volume volume) throws IOException {
        this.volume = volume;
        boot = ByteBuffer.wrap(volume.octets(0, 512)).order(ByteOrder.LITTLE_ENDIAN);
        // Logarithms: sectors of 512 to 4096 octets, clusters up to 32 MiB (sections 3.1.14 and 3.1.15).
        int sectorShift = boot.get(108);
        int clusterShift = sectorShift + boot.get(109);
        if (sectorShift < 9 || sectorShift > 12 || clusterShift < sectorShift || clusterShift > 25) {
            throw new IllegalArgumentException("its sectors or clusters are of no size that exFAT has");
        }
        if (boot.get(110) != 1) {
            throw new IllegalArgumentException("it has " + boot.get(110) + " tables (TexFAT)");
        }
        sector = 1 << sectorShift;
        cluster = 1 << clusterShift;
        heap = Integer.toUnsignedLong(boot.getInt(88)) * sector;
        clusters = Integer.toUnsignedLong(boot.getInt(92));
        table = Integer.toUnsignedLong(boot.getInt(80)) * sector;
        long ofTable = Integer.toUnsignedLong(boot.getInt(84)) * sector;
        sectors = boot.getLong(72);
        boolean inside = sectors > 0 && sectors <= volume.size() / sector && heap + clusters * cluster <= end();
        if (!inside || (clusters + 2) * 4 > ofTable || table + ofTable > heap) {
            throw new IllegalArgumentException("its boot sector contradicts itself or its partition");
        }
    }

    /** @throws IllegalArgumentException when it contradicts itself */
    static UsedMap read(Volume volume) throws IOException {
        ExfatMap map = new ExfatMap(volume);
        return new UsedMap(map.used(), map.end());
    }

    private long end() {
        return sectors * sector;
    }

    private Extents used() throws IOException {
        ByteBuffer entry = bitmapEntry();
        long length = entry.getLong(24);
        if (length < Math.ceilDiv(clusters, 8)) {
            throw new IllegalArgumentException("its bitmap is too short for " + clusters + " clusters");
        }
        Extents.Builder used = new Extents.Builder().add(0, heap);
        long at = Integer.toUnsignedLong(entry.getInt(20));
        for (long first = 0; first < clusters; first += 8L * cluster, at = next(at)) {
            byte[] bits = volume.octets(offset(at), (int) Math.min(cluster, Math.ceilDiv(clusters - first, 8)));
            for (long i = first; i < Math.min(clusters, first + 8L * cluster); i++) {
                int bit = (int) (i - first);
                if ((bits[bit >> 3] >> (bit & 7) & 1) != 0) {
                    used.add(heap + i * cluster, heap + (i + 1) * cluster);
                }
            }
        }
        return used.build();
    }

    /** It is in the root, which always has its chain in the table. */
    private ByteBuffer bitmapEntry() throws IOException {
        long at = Integer.toUnsignedLong(boot.getInt(96));
        for (int i = 0; i < MOST_ROOT_CLUSTERS && at < 0xFFFF_FFF7L; i++, at = next(at)) {
            for (int piece = 0; piece < cluster; piece += PIECE) { // a cluster may have 32 MiB
                byte[] entries = volume.octets(offset(at) + piece, Math.min(cluster, PIECE));
                for (int entry = 0; entry < entries.length && entries[entry] != 0; entry += ENTRY) {
                    if ((entries[entry] & 0xFF) == ALLOCATION_BITMAP) {
                        return ByteBuffer.wrap(entries, entry, ENTRY).slice().order(ByteOrder.LITTLE_ENDIAN);
                    }
                }
            }
        }
        throw new IllegalArgumentException("its root names no allocation bitmap");
    }

    private long offset(long number) {
        if (number < 2 || number >= clusters + 2) {
            throw new IllegalArgumentException("it names cluster " + number + " of " + clusters);
        }
        return heap + (number - 2) * cluster;
    }

    /** Whatever the table says: 0xFFFFFFF7 is a bad cluster, 0xFFFFFFFF the end. */
    private long next(long number) throws IOException {
        byte[] value = volume.octets(table + number * 4, Integer.BYTES);
        return Integer.toUnsignedLong(
                ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getInt());
    }
}
