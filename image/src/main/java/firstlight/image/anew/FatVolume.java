package firstlight.image.anew;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A FAT12, FAT16 or FAT32 volume. Belongs to one thread. */
final class FatVolume implements ClusterVolume {
    /** Of the table, read at once: whole entries of 12, 16 and 32 bits. */
    private static final int PAGE = 3 << 16;

    /** Pages that are kept, those of the last use: several chains are followed by turns. */
    private static final int PAGES = 8;
    /** In place of a name's first character. */
    private static final int DELETED = 0xE5;
    /** Attributes that together mark a piece of a long name, in a mask of 0x3F. */
    private static final int LONG_NAME = 0x0F;

    private static final int LABEL = 0x08;
    private static final int DIRECTORY = 0x10;

    private final Disk disk;
    private final FatLayout layout;
    private final byte[] boot;
    private final Map<Long, ByteBuffer> pages = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, ByteBuffer> eldest) {
            return size() > PAGES;
        }
    };

    private FatVolume(Disk disk, byte[] boot, FatLayout layout) {
        this.disk = disk;
        this.boot = boot;
        this.layout = layout;
    }

    /** @throws MalformedVolume when its boot sector makes no sense */
    static FatVolume open(Disk disk) throws IOException {
        byte[] boot = ClusterVolume.octets(disk, 0, 512);
        FatVolume volume;
        try {
            volume = new FatVolume(disk, boot, FatLayout.decode(boot));
        } catch (IllegalArgumentException malformed) {
            throw new MalformedVolume(String.valueOf(malformed.getMessage()));
        }
        if (volume.active() >= volume.layout.fats()) { // its chains would be read from data
            throw new MalformedVolume(
                    "table " + volume.active() + " is the active one, and it has " + volume.layout.fats());
        }
        return volume;
    }

    FatLayout layout() {
        return layout;
    }

    /** The first 512 octets. */
    byte[] boot() {
        return boot.clone();
    }

    @Override
    public Disk disk() {
        return disk;
    }

    @Override
    public int clusterSize() {
        return layout.clusterSize();
    }

    @Override
    public long clusters() {
        return layout.clusters();
    }

    @Override
    public long offset(long cluster) {
        return layout.offset(cluster);
    }

    @Override
    public long next(long cluster) throws IOException {
        long bit = cluster * layout.bits();
        long at = bit / 8 / PAGE * PAGE;
        ByteBuffer page = pages.get(at);
        if (page == null) {
            long table = (layout.reserved() + active() * layout.fatSectors()) * layout.sector();
            int length = (int) Math.min(PAGE, layout.fatSectors() * layout.sector() - at);
            page = ByteBuffer.wrap(ClusterVolume.octets(disk, table + at, length))
                    .order(ByteOrder.LITTLE_ENDIAN);
            pages.put(at, page);
        }
        int place = (int) (bit / 8 - at);
        long value = switch (layout.bits()) {
            case 12 -> page.getShort(place) >> (bit % 8) & 0xFFF;
            case 16 -> page.getShort(place) & 0xFFFF;
            default -> page.getInt(place) & 0x0FFF_FFFF;
        };
        // The last eight values end a chain.
        return value >= (1L << Math.min(28, layout.bits())) - 8 ? 0 : value;
    }

    /** FAT32 can have one active copy in place of all being alike. */
    private long active() {
        int flags = layout.bits() == 32 ? boot[40] & 0xFF : 0;
        return (flags & 0x80) != 0 ? flags & 0xF : 0;
    }

    @Override
    public byte[] root() throws IOException {
        return layout.bits() == 32
                ? directory(new Child(0, "/", true, layout.root(), 0, 0, false))
                : ClusterVolume.octets(disk, layout.rootOffset(), layout.rootEntries() * FatLayout.ENTRY);
    }

    /** Without . and .., labels, deleted entries and pieces of names: these go along in the folder's own octets. */
    @Override
    public List<Child> children(byte[] directory) {
        ByteBuffer in = ByteBuffer.wrap(directory).order(ByteOrder.LITTLE_ENDIAN);
        List<Child> children = new ArrayList<>();
        for (int at = 0; at < directory.length && directory[at] != 0; at += FatLayout.ENTRY) {
            int attributes = directory[at + 11] & 0xFF;
            boolean counts = (directory[at] & 0xFF) != DELETED
                    && (attributes & 0x3F) != LONG_NAME
                    && (attributes & LABEL) == 0
                    && directory[at] != '.';
            if (counts) {
                long high = layout.bits() == 32 ? Short.toUnsignedLong(in.getShort(at + 20)) << 16 : 0;
                long size = Integer.toUnsignedLong(in.getInt(at + 28));
                boolean folder = (attributes & DIRECTORY) != 0;
                children.add(new Child(
                        at,
                        FatName.of(directory, at),
                        folder,
                        high | Short.toUnsignedLong(in.getShort(at + 26)),
                        folder ? 0 : size,
                        folder ? 0 : size,
                        false));
            }
        }
        return children;
    }

    @Override
    public void point(byte[] directory, Child child, long first, long clusters, int clusterSize) {
        point(directory, child.at(), first);
    }

    private void point(byte[] directory, int at, long first) {
        ByteBuffer in = ByteBuffer.wrap(directory).order(ByteOrder.LITTLE_ENDIAN);
        in.putShort(at + 26, (short) first);
        if (layout.bits() == 32) { // where FAT12 and FAT16 have nothing, or OS/2's extended attributes
            in.putShort(at + 20, (short) (first >> 16));
        }
    }

    /** The root is called cluster 0, also where it has another number. */
    @Override
    public void own(byte[] directory, long first, long parent) {
        for (int at = 0; at < directory.length && directory[at] != 0; at += FatLayout.ENTRY) {
            boolean deleted = (directory[at] & 0xFF) == DELETED;
            boolean longName = (directory[at + 11] & 0x3F) == LONG_NAME;
            if (deleted && !longName) {
                point(directory, at, 0); // it pointed to clusters that others have now
            } else if (directory[at] == '.' && !longName) {
                point(directory, at, directory[at + 1] == '.' ? parent : first);
            }
        }
    }
}
