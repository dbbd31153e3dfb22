package firstlight.image.anew;

import firstlight.image.Disk;
import firstlight.image.view.Medium;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** An exFAT volume, written anew: with the clusters that it had, where sectors are not larger than these. */
final class ExfatAnew implements Anew {
    /** Lengths are tried, and heaps aligned, by MiB. */
    private static final long STEP = 1L << 20;
    /** Clusters that a table can number (section 3.1.9 of the specification: 2^32 - 11). */
    private static final long MOST = 0xFFFF_FFF5L;
    /**
     * Sectors of a boot region (section 3.1): boot sector, 8 extended ones,
     * OEM parameters, a reserved one, the checksum. A backup follows it.
     */
    private static final int REGION = 12;
    /** Octets of the bitmap that are written at once. */
    private static final int PIECE = 1 << 18;

    private final ExfatVolume old;
    private final Needs needs;
    /** The old root folder, whole; and its up-case table, which goes along octet for octet. */
    private final byte[] root;

    private final byte[] capitals;

    private ExfatAnew(ExfatVolume old, Needs needs, byte[] root, byte[] capitals) {
        this.old = old;
        this.needs = needs;
        this.root = root;
        this.capitals = capitals;
    }

    static ExfatAnew of(Disk disk) throws IOException {
        ExfatVolume old = ExfatVolume.open(disk);
        byte[] root = old.root();
        if (ExfatVolume.bitmap(root) < 0 || ExfatVolume.upCase(root) < 0) {
            throw new MalformedVolume("its root lacks the bitmap or the table of capitals");
        }
        long upCase = little(root).getLong(ExfatVolume.upCase(root) + 24);
        if (upCase <= 0 || upCase > 1 << 20) {
            throw new MalformedVolume("its table of capitals has " + upCase + " octets");
        }
        byte[] capitals = old.directory(upCase(root));
        if (capitals.length < upCase) {
            throw new MalformedVolume("its table of capitals is cut short");
        }
        return new ExfatAnew(old, Needs.of(old, true), root, Arrays.copyOf(capitals, (int) upCase));
    }

    private static ByteBuffer little(byte[] octets) {
        return ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Where things lie in the new volume, in octets. */
    private record Layout(int sector, int clusterSize, long table, long tableLength, long heap, long clusters) {
        long offset(long cluster) {
            return heap + (cluster - 2) * clusterSize;
        }

        long bitmapLength() {
            return Math.ceilDiv(clusters, 8);
        }
    }

    private Layout layout(int sector, long length) {
        int clusterSize = Math.max(old.clusterSize(), sector);
        long table = Math.ceilDiv(
                        Math.max(
                                2L * REGION * sector,
                                Integer.toUnsignedLong(old.boot().getInt(80)) * old.sector()),
                        sector)
                * sector;
        long most = Math.clamp(length / clusterSize, 0, MOST);
        long tableLength = Math.ceilDiv((most + 2) * 4, sector) * sector;
        // As well aligned as it was, for the sake of flash.
        long alignment = Math.max(clusterSize, Math.min(STEP, Long.lowestOneBit(old.heap())));
        long heap = Math.ceilDiv(table + tableLength, alignment) * alignment;
        return new Layout(
                sector, clusterSize, table, tableLength, heap, Math.clamp((length - heap) / clusterSize, 0, MOST));
    }

    private boolean fits(Layout layout) {
        return layout.clusters()
                >= needs.clusters(layout.clusterSize())
                        + Math.ceilDiv(layout.bitmapLength(), layout.clusterSize())
                        + Math.ceilDiv(capitals.length, layout.clusterSize());
    }

    @Override
    public long octets() {
        return needs.octets();
    }

    @Override
    public long shortest(int sectorSize) {
        long length = needs.clusters(Math.max(old.clusterSize(), sectorSize))
                * (long) Math.max(old.clusterSize(), sectorSize)
                / STEP
                * STEP;
        for (length = Math.max(length, STEP); !fits(layout(sectorSize, length)); ) {
            length += STEP;
        }
        return length;
    }

    @Override
    public void write(Target target, Heard copied, Heard verified) throws IOException {
        Disk disk = target.disk();
        Layout layout = layout(disk.sectorSize(), disk.size());
        if (!fits(layout)) {
            throw new IOException("the volume does not fit " + disk.size() + " octets");
        }
        VolumeCopy.Sink sink = (first, inside, octets) -> disk.write(layout.offset(first) + inside, octets);
        VolumeCopy copy = new VolumeCopy(old, layout.clusterSize(), sink, List.of(), copied);
        int bitmap = copy.allocate(Math.ceilDiv(layout.bitmapLength(), layout.clusterSize()));
        int upCase = copy.allocate(Math.ceilDiv(capitals.length, layout.clusterSize()));
        long rootClusters = Math.ceilDiv(Math.max(1, needs.rootOctets()), layout.clusterSize());
        int rootFirst = copy.allocate(rootClusters);
        int chains = copy.next();
        byte[] fresh = copy.directory(root, 0, 0);
        ByteBuffer entries = little(fresh);
        int at = ExfatVolume.bitmap(fresh);
        entries.putInt(at + 20, bitmap).putLong(at + 24, layout.bitmapLength());
        at = ExfatVolume.upCase(fresh);
        entries.putInt(at + 20, upCase).putLong(at + 24, capitals.length);
        copy.place(fresh, rootFirst, rootClusters);
        copy.place(capitals, upCase, Math.ceilDiv(capitals.length, layout.clusterSize()));
        bitmap(disk, layout, copy.next(), layout.offset(bitmap));
        table(disk, layout, copy, chains);
        // Last: a volume that was cut off before it has none, and is not taken for whole.
        boot(target, layout, rootFirst, copy.next());
        disk.flush();
        ExfatVolume volume = ExfatVolume.open(new Medium(disk));
        new VolumeCopy(volume, layout.clusterSize(), (first, inside, octets) -> {}, copy.hashes(), verified)
                .directory(volume.root(), 0, 0);
    }

    private static Child upCase(byte[] root) {
        ByteBuffer in = little(root);
        int at = ExfatVolume.upCase(root);
        return new Child(at, "table of capitals", true, Integer.toUnsignedLong(in.getInt(at + 20)), 0, 0, false);
    }

    /** One bit a cluster: the first ones are taken, the others free. */
    private static void bitmap(Disk disk, Layout layout, int next, long place) throws IOException {
        long taken = next - 2L;
        long length = Math.ceilDiv(layout.bitmapLength(), layout.clusterSize()) * layout.clusterSize();
        for (long at = 0; at < length; at += PIECE) {
            byte[] piece = new byte[(int) Math.min(PIECE, length - at)];
            for (int i = 0; i < piece.length && (at + i) * 8 < taken; i++) {
                long bits = Math.min(8, taken - (at + i) * 8);
                piece[i] = (byte) ((1 << bits) - 1);
            }
            disk.write(place + at, ByteBuffer.wrap(piece));
        }
    }

    /** Files and folders lie side by side and have no chain; only what has no entry to say so needs one. */
    private static void table(Disk disk, Layout layout, VolumeCopy copy, int chains) throws IOException {
        disk.zero(layout.table(), layout.tableLength());
        ByteBuffer table = ByteBuffer.allocate(Math.ceilDiv(chains * 4, layout.sector()) * layout.sector())
                .order(ByteOrder.LITTLE_ENDIAN);
        table.putInt(0xFFFF_FFF8).putInt(-1);
        for (int cluster = 2; cluster < chains; cluster++) {
            table.putInt(copy.isLast(cluster) ? -1 : cluster + 1);
        }
        disk.write(layout.table(), table.rewind());
    }

    /**
     * Fields by their offsets in the specification's section 3.1: 64 the volume's place on the disk, 72 its length, 80 and 84 the
     * table, 88 and 92 the heap, 96 the root, 108 and 109 the logarithms of sector and cluster, 112 percent in use.
     */
    private void boot(Target target, Layout layout, int rootFirst, int next) throws IOException {
        int sector = layout.sector();
        ByteBuffer region = ByteBuffer.allocate(REGION * sector).order(ByteOrder.LITTLE_ENDIAN);
        if (sector == old.sector()) {
            region.put(ClusterVolume.octets(old.disk(), 0, region.capacity()));
        } else {
            region.put(0, old.boot().array());
            for (int i = 1; i <= 8; i++) {
                // Sectors of another length: the extended boot sectors get their signature alone, and no code.
                region.putInt((i + 1) * sector - 4, 0xAA55_0000);
            }
        }
        Disk disk = target.disk();
        region.putLong(64, target.follow(region.getLong(64)));
        region.putLong(72, disk.size() / sector);
        region.putInt(80, (int) (layout.table() / sector)).putInt(84, (int) (layout.tableLength() / sector));
        region.putInt(88, (int) (layout.heap() / sector)).putInt(92, (int) layout.clusters());
        region.putInt(96, rootFirst);
        region.put(108, (byte) Integer.numberOfTrailingZeros(sector));
        region.put(109, (byte) Integer.numberOfTrailingZeros(layout.clusterSize() / sector));
        region.put(112, (byte) ((next - 2L) * 100 / layout.clusters()));
        int sum = 0;
        for (int i = 0; i < 11 * sector; i++) {
            // VolumeFlags and PercentInUse change while it is mounted, and are left out of the sum (section 3.4).
            if (i != 106 && i != 107 && i != 112) {
                sum = Integer.rotateRight(sum, 1) + (region.get(i) & 0xFF);
            }
        }
        for (int i = 11 * sector; i < REGION * sector; i += 4) {
            region.putInt(i, sum);
        }
        disk.write((long) REGION * sector, region.duplicate().rewind());
        disk.write(0, region.rewind());
    }
}
