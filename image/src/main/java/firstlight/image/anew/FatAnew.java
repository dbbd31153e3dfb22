package firstlight.image.anew;

import firstlight.image.Disk;
import firstlight.image.view.Medium;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A FAT12, FAT16 or FAT32 volume, written anew. */
final class FatAnew implements Anew {
    /** Lengths are tried by MiB. */
    private static final long STEP = 1L << 20;
    /** Offsets of the boot sector (Microsoft's FAT specification 1.03, "Boot Sector and BPB"). */
    private static final int OEM = 3;

    private static final String SYSLINUX = "SYSLINUX";
    private static final int TOTAL_16 = 19;
    private static final int HIDDEN = 28;
    private static final int TOTAL_32 = 32;
    /** What FAT12's and FAT16's fixed root usually has; a FAT32 that becomes one of them gets so many at least. */
    private static final int ROOT_ENTRIES = 512;
    /** In place of a number that is not known: whoever mounts it counts. */
    private static final int NO_SUM = 0xFFFF_FFFF;
    /** Octets of the table that are written at once: whole entries of 12, 16 and 32 bits. */
    private static final int PIECE = 3 << 16;

    private final FatVolume old;
    private final Needs needs;

    private FatAnew(FatVolume old, Needs needs) {
        this.old = old;
        this.needs = needs;
    }

    static FatAnew of(Disk disk) throws IOException {
        FatVolume old = FatVolume.open(disk);
        return new FatAnew(old, Needs.of(old, true));
    }

    /** SYSLINUX's installer writes its name there; its loader has a list of its sectors, which are others then. */
    @Override
    public Optional<String> loader() {
        String maker = new String(old.boot(), OEM, SYSLINUX.length(), StandardCharsets.US_ASCII);
        return Optional.of(maker).filter(SYSLINUX::equals);
    }

    /** Less than {@code length} where the type's most clusters end before. */
    @Override
    public long fills(int sectorSize, long length) {
        return layout(sectorSize, length)
                .map(layout -> layout.sectors() * sectorSize)
                .orElse(length);
    }

    @Override
    public long octets() {
        return needs.octets();
    }

    @Override
    public long shortest(int sectorSize) {
        long high = STEP;
        while (layout(sectorSize, high).isEmpty()) {
            high *= 2;
            // 32 TiB: no FAT32 is as long, so no length will do.
            if (high > 1L << 45) {
                return Long.MAX_VALUE;
            }
        }
        long low = high / 2;
        while (high - low > STEP) {
            long middle = (low + high) / 2 / STEP * STEP;
            if (layout(sectorSize, middle).isPresent()) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }

    private Optional<FatLayout> layout(int sectorSize, long length) {
        int entries = old.layout().bits() == 32
                ? Math.max(ROOT_ENTRIES, needs.rootOctets() / FatLayout.ENTRY)
                : old.layout().rootEntries();
        return new FatGeometry(old.layout(), sectorSize, entries).of(length, needs);
    }

    @Override
    public void write(Target target, Heard copied, Heard verified) throws IOException {
        Disk disk = target.disk();
        FatLayout layout = layout(disk.sectorSize(), disk.size())
                .orElseThrow(() -> new IOException("the volume does not fit " + disk.size() + " octets"));
        VolumeCopy.Sink sink = (first, inside, octets) -> disk.write(layout.offset(first) + inside, octets);
        VolumeCopy copy = new VolumeCopy(old, layout.clusterSize(), sink, List.of(), copied);
        int rootLength = Math.max(1, needs.rootOctets());
        long rootClusters = layout.bits() == 32 ? Math.ceilDiv(rootLength, layout.clusterSize()) : 0;
        if (rootClusters > 0) {
            copy.allocate(rootClusters); // the first: cluster 2
        }
        byte[] root = copy.directory(old.root(), 0, 0);
        if (rootClusters > 0) {
            copy.place(root, 2, rootClusters);
        } else {
            ByteBuffer whole = ByteBuffer.allocate((int) layout.rootSectors() * layout.sector());
            whole.put(root).rewind();
            disk.write(layout.rootOffset(), whole);
        }
        tables(disk, layout, copy);
        reserved(target, layout, copy);
        disk.flush();
        FatVolume fresh = FatVolume.open(new Medium(disk));
        new VolumeCopy(fresh, layout.clusterSize(), (first, inside, octets) -> {}, copy.hashes(), verified)
                .directory(fresh.root(), 0, 0);
    }

    private void tables(Disk disk, FatLayout layout, VolumeCopy copy) throws IOException {
        long length = layout.fatSectors() * layout.sector();
        for (long at = 0; at < length; at += PIECE) {
            int octets = (int) Math.min(PIECE, length - at);
            long first = at * 8 / layout.bits();
            ByteBuffer piece = ByteBuffer.allocate(PIECE + 1).order(ByteOrder.LITTLE_ENDIAN);
            if (first < copy.next()) {
                entries(piece, layout.bits(), (int) first, copy);
            }
            for (int table = 0; table < layout.fats(); table++) {
                long place = (layout.reserved() + table * layout.fatSectors()) * layout.sector();
                disk.write(place + at, piece.slice(0, octets));
            }
        }
    }

    /** The copy lays each chain side by side: an entry names the next cluster, or the end. */
    private void entries(ByteBuffer piece, int bits, int first, VolumeCopy copy) {
        int end = 0x0FFF_FFFF >> (28 - Math.min(28, bits));
        long count = PIECE * 8L / bits;
        for (int i = 0; i < count && first + i < copy.next(); i++) {
            int cluster = first + i;
            int value = switch (cluster) {
                case 0 -> (end & ~0xFF) | (old.boot()[21] & 0xFF); // the kind of medium
                case 1 -> end; // unmounted cleanly, and no sector was bad
                default -> copy.isLast(cluster) ? end : cluster + 1;
            };
            int place = (int) (i * (long) bits / 8);
            switch (bits) {
                case 12 -> piece.putShort(place, (short) (piece.getShort(place) | (i % 2 == 0 ? value : value << 4)));
                case 16 -> piece.putShort(place, (short) value);
                default -> piece.putInt(place, value);
            }
        }
    }

    /** Boot sector and boot code of old, with what is different now; FAT32's count of free clusters, and its backup. */
    private void reserved(Target target, FatLayout layout, VolumeCopy copy) throws IOException {
        FatLayout was = old.layout();
        int sector = layout.sector();
        ByteBuffer sectors = ByteBuffer.allocate(layout.reserved() * sector).order(ByteOrder.LITTLE_ENDIAN);
        boolean same = sector == was.sector() && layout.bits() == was.bits();
        sectors.put(same ? ClusterVolume.octets(old.disk(), 0, sectors.capacity()) : old.boot());
        if (layout.bits() != was.bits() && was.bits() == 32) {
            byte[] boot = old.boot();
            sectors.put(36, boot, 64, 26).put(62, new byte[448]); // its boot code would look for FAT32
            sectors.put(0, new byte[] {(byte) 0xEB, 0x3C, (byte) 0x90});
        }
        if (layout.bits() != 32 && sectors.get(38) == 0x29) {
            sectors.put(54, ("FAT" + layout.bits() + "   ").getBytes(StandardCharsets.US_ASCII));
        }
        parameters(sectors, target, layout);
        if (layout.bits() == 32) {
            information(sectors, layout, copy);
        }
        target.disk().write(0, sectors.rewind());
    }

    /**
     * The BPB's fields by their offsets: 11 octets a sector, 13 sectors a cluster, 14 reserved sectors, 17 entries of the root,
     * 22 sectors of a table; of FAT32 36 the latter, 40 which table is active, 44 the root's cluster.
     */
    private static void parameters(ByteBuffer boot, Target target, FatLayout layout) {
        boot.putShort(11, (short) layout.sector());
        boot.put(13, (byte) layout.clusterSectors());
        boot.putShort(14, (short) layout.reserved());
        boot.putShort(17, (short) layout.rootEntries());
        boolean few = layout.bits() != 32 && layout.sectors() < 0x10000;
        boot.putShort(TOTAL_16, few ? (short) layout.sectors() : 0);
        boot.putShort(22, layout.bits() == 32 ? 0 : (short) layout.fatSectors());
        boot.putInt(HIDDEN, (int) target.follow(Integer.toUnsignedLong(boot.getInt(HIDDEN))));
        boot.putInt(TOTAL_32, few ? 0 : (int) layout.sectors());
        if (layout.bits() == 32) {
            boot.putInt(36, (int) layout.fatSectors());
            boot.putShort(40, (short) 0); // all copies of the table are alike
            // The root of FAT32 comes first, in the first cluster there is.
            boot.putInt(44, 2);
        }
    }

    /**
     * FAT32's FSInfo sector, named at 48: signatures at 0, 484 and 508, free clusters at 488, where to look for one at 492; and
     * the backup at 50 of both.
     */
    private static void information(ByteBuffer sectors, FatLayout layout, VolumeCopy copy) {
        int sector = layout.sector();
        int place = Short.toUnsignedInt(sectors.getShort(48));
        if (place == 0 || place >= layout.reserved()) {
            place = 1;
            sectors.putShort(48, (short) 1);
        }
        int at = place * sector;
        sectors.putInt(at, 0x4161_5252).putInt(at + 484, 0x6141_7272);
        long free = layout.clusters() + 2 - copy.next();
        sectors.putInt(at + 488, free > 0 ? (int) free : NO_SUM).putInt(at + 492, free > 0 ? copy.next() : NO_SUM);
        sectors.putInt(at + 508, 0xAA55_0000);
        int backup = Short.toUnsignedInt(sectors.getShort(50));
        if (backup > place && backup + place < layout.reserved()) {
            sectors.put(backup * sector, sectors, 0, sector);
            sectors.put((backup + place) * sector, sectors, at, sector);
        }
    }
}
