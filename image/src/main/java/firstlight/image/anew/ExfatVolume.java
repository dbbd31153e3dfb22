package firstlight.image.anew;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An exFAT volume (Microsoft's exFAT specification, 2019). Belongs to one thread. */
final class ExfatVolume implements ClusterVolume {
    /** Octets of an entry; the kinds of entries that matter follow (section 7 of the specification). */
    private static final int ENTRY = 32;

    private static final int FILE = 0x85;
    private static final int STREAM = 0xC0;
    private static final int NAME = 0xC1;
    private static final int BITMAP = 0x81;
    private static final int UP_CASE = 0x82;
    private static final int VENDOR_ALLOCATION = 0xE1;
    /** Among a file's attributes. */
    private static final int DIRECTORY = 0x10;
    /** Of a stream: it may have clusters; and these lie side by side, without a chain in the table. */
    private static final int HAS_CLUSTERS = 1;

    private static final int SIDE_BY_SIDE = 2;
    /** Octets of the table that are read at once, and kept: chains mostly run on. */
    private static final int PAGE = 1 << 16;

    private final Disk disk;
    private final ByteBuffer boot;
    private ByteBuffer page = ByteBuffer.allocate(0);
    private long pageAt = -1;

    private ExfatVolume(Disk disk, byte[] boot) {
        this.disk = disk;
        this.boot = ByteBuffer.wrap(boot).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** @throws MalformedVolume when it is none, has two tables, or is longer than {@code disk} */
    static ExfatVolume open(Disk disk) throws IOException {
        byte[] boot = ClusterVolume.octets(disk, 0, 512);
        ExfatVolume volume = new ExfatVolume(disk, boot);
        boolean odd = !new String(boot, 3, 8, StandardCharsets.ISO_8859_1).equals("EXFAT   ")
                || boot[108] < 9
                || boot[108] > 12
                || boot[109] < 0
                || boot[108] + boot[109] > 25;
        if (odd) {
            throw new MalformedVolume("its boot sector makes no sense");
        }
        if (boot[110] != 1) {
            throw new MalformedVolume("it has " + boot[110] + " tables (TexFAT), which nothing here knows");
        }
        if (volume.offset(volume.clusters() + 2) > disk.size()) {
            throw new MalformedVolume("it is longer than its partition");
        }
        return volume;
    }

    /** The first 512 octets. */
    ByteBuffer boot() {
        return ByteBuffer.wrap(boot.array().clone()).order(ByteOrder.LITTLE_ENDIAN);
    }

    int sector() {
        return 1 << boot.get(108);
    }

    long heap() {
        return Integer.toUnsignedLong(boot.getInt(88)) * sector();
    }

    @Override
    public Disk disk() {
        return disk;
    }

    @Override
    public int clusterSize() {
        return sector() << boot.get(109);
    }

    @Override
    public long clusters() {
        return Integer.toUnsignedLong(boot.getInt(92));
    }

    @Override
    public long offset(long cluster) {
        return heap() + (cluster - 2) * clusterSize();
    }

    /** 0 behind the last one. A chain that leaves the volume is found by whoever follows it. */
    @Override
    public long next(long cluster) throws IOException {
        long table = Integer.toUnsignedLong(boot.getInt(80)) * sector();
        long at = cluster * 4 / PAGE * PAGE;
        if (at != pageAt) {
            int length = (int) Math.min(PAGE, (clusters() + 2) * 4 - at);
            page = ByteBuffer.wrap(ClusterVolume.octets(disk, table + at, length))
                    .order(ByteOrder.LITTLE_ENDIAN);
            pageAt = at;
        }
        long value = Integer.toUnsignedLong(page.getInt((int) (cluster * 4 - at)));
        return value >= 0xFFFF_FFF8L ? 0 : value;
    }

    @Override
    public byte[] root() throws IOException {
        return directory(new Child(0, "/", true, Integer.toUnsignedLong(boot.getInt(96)), 0, 0, false));
    }

    @Override
    public List<Child> children(byte[] directory) throws MalformedVolume {
        ByteBuffer in = ByteBuffer.wrap(directory).order(ByteOrder.LITTLE_ENDIAN);
        List<Child> children = new ArrayList<>();
        for (int at = 0; at < directory.length && directory[at] != 0; at += ENTRY) {
            int kind = directory[at] & 0xFF;
            // What is in its clusters would be lost; other benign entries go along octet for octet.
            if (kind == VENDOR_ALLOCATION) {
                throw new MalformedVolume("a vendor's extension has clusters of its own, which nothing here knows");
            }
            if (kind == FILE) {
                int entries = directory[at + 1] & 0xFF;
                if (at + (entries + 1) * ENTRY > directory.length || (directory[at + ENTRY] & 0xFF) != STREAM) {
                    throw new MalformedVolume("a folder's entry at " + at + " is torn");
                }
                children.add(child(in, at, entries));
            }
        }
        return children;
    }

    /**
     * Of a file entry (attributes at 4) and the stream entry behind it: flags at 1, length of the name at 3, valid data at 8,
     * first cluster at 20, length at 24.
     */
    private static Child child(ByteBuffer in, int at, int entries) throws MalformedVolume {
        int stream = at + ENTRY;
        if (in.getLong(stream + 8) < 0 || in.getLong(stream + 24) < 0) {
            throw new MalformedVolume("a folder's entry at " + at + " has a size below zero");
        }
        boolean folder = (in.getShort(at + 4) & DIRECTORY) != 0;
        boolean contiguous = (in.get(stream + 1) & SIDE_BY_SIDE) != 0;
        return new Child(
                at,
                name(in, at, entries),
                folder,
                Integer.toUnsignedLong(in.getInt(stream + 20)),
                in.getLong(stream + 24),
                folder ? in.getLong(stream + 24) : in.getLong(stream + 8),
                contiguous);
    }

    private static String name(ByteBuffer in, int at, int entries) {
        StringBuilder name = new StringBuilder();
        int length = in.get(at + ENTRY + 3) & 0xFF;
        for (int i = 2; i <= entries; i++) {
            int entry = at + i * ENTRY;
            for (int k = 0; (in.get(entry) & 0xFF) == NAME && k < 15 && name.length() < length; k++) {
                name.append(in.getChar(entry + 2 + 2 * k));
            }
        }
        return name.toString();
    }

    @Override
    public void point(byte[] directory, Child child, long first, long clusters, int clusterSize) {
        ByteBuffer in = ByteBuffer.wrap(directory).order(ByteOrder.LITTLE_ENDIAN);
        int stream = child.at() + ENTRY;
        in.putInt(stream + 20, (int) first);
        int flags = in.get(stream + 1) & ~SIDE_BY_SIDE;
        in.put(stream + 1, (byte) (clusters == 0 ? flags : flags | HAS_CLUSTERS | SIDE_BY_SIDE));
        if (child.directory()) { // a folder's length is that of its clusters
            in.putLong(stream + 8, clusters * clusterSize);
            in.putLong(stream + 24, clusters * clusterSize);
        }
        int length = ((directory[child.at() + 1] & 0xFF) + 1) * ENTRY;
        int sum = 0;
        for (int i = 0; i < length; i++) {
            if (i != 2 && i != 3) {
                // SetChecksum (section 6.3.3), over the file's whole set but for the field itself.
                sum = (((sum & 1) << 15 | sum >> 1) + (directory[child.at() + i] & 0xFF)) & 0xFFFF;
            }
        }
        in.putShort(child.at() + 2, (short) sum);
    }

    /** Folders do not name themselves; the root's bitmap and table of capitals come later. */
    @Override
    public void own(byte[] directory, long first, long parent) {
        for (int at : new int[] {bitmap(directory), upCase(directory)}) {
            if (at >= 0) {
                Arrays.fill(directory, at + 20, at + ENTRY, (byte) 0);
            }
        }
    }

    /** Where the root tells of the bitmap and of the table of capitals; negative when it does not. */
    static int bitmap(byte[] root) {
        return entry(root, BITMAP);
    }

    static int upCase(byte[] root) {
        return entry(root, UP_CASE);
    }

    private static int entry(byte[] root, int kind) {
        for (int at = 0; at < root.length && root[at] != 0; at += ENTRY) {
            if ((root[at] & 0xFF) == kind) {
                return at;
            }
        }
        return -1;
    }
}
