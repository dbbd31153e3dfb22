package firstlight.image.anew;

import firstlight.image.ImageFailure;
import firstlight.image.work.CellReader;
import firstlight.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Goes through a FAT or exFAT volume in its own order, and lays each file and folder side by side from cluster 2 on. Entries
 * stay octet for octet but for where they point to: names, long and short, times, attributes and their order are the old ones.
 */
final class VolumeCopy {
    /** Deeper than any path that Windows or Linux accepts. */
    private static final int DEEPEST = 1024;

    /** Octets that are kept of a SHA-256: each file and folder of the volume has one. */
    private static final int HASH = 16;

    private final ClusterVolume from;
    private final int clusterSize;
    private final Sink sink;
    private final Anew.Heard heard;
    private final List<byte[]> expected;
    private final List<byte[]> hashes = new ArrayList<>();
    private final ByteBuffer buffer = CellReader.alignedBuffer();
    /** Clusters that end a chain. */
    private final BitSet ends = new BitSet();

    private int next = 2;

    /** Takes what goes to the clusters from {@code first} on. */
    @FunctionalInterface
    interface Sink {
        /**
         * @param inside octets behind the start of cluster {@code first}, whole sectors of 512
         * @param octets whole sectors too, with zeros behind a file's end
         */
        void write(long first, long inside, ByteBuffer octets) throws IOException;
    }

    /**
     * @param expected hashes that an earlier walk through the same files found; empty for the first one
     * @param heard hears of octets that were read
     */
    VolumeCopy(ClusterVolume from, int clusterSize, Sink sink, List<byte[]> expected, Anew.Heard heard) {
        this.from = from;
        this.clusterSize = clusterSize;
        this.sink = sink;
        this.expected = List.copyOf(expected);
        this.heard = heard;
    }

    /** Sets {@code count} clusters aside and returns the first. */
    int allocate(long count) {
        int first = next;
        next = Math.toIntExact(next + count);
        ends.set(next - 1);
        return first;
    }

    /** Before this cluster all are taken, behind it none. */
    int next() {
        return next;
    }

    boolean isLast(int cluster) {
        return ends.get(cluster);
    }

    /** A hash for each folder and file, in the order of the walk. */
    List<byte[]> hashes() {
        return hashes;
    }

    /**
     * Writes all that lies below the folder of {@code octets}, and returns the folder itself with what it points to now.
     *
     * @param own where it comes to lie
     * @param parent where the one above does; 0 for the root, as FAT calls it, whatever its cluster
     */
    byte[] directory(byte[] octets, long own, long parent) throws IOException {
        return directory("/", octets, own, parent, 0);
    }

    private byte[] directory(String name, byte[] octets, long own, long parent, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new MalformedVolume("its folders are more than " + DEEPEST + " deep");
        }
        byte[] fresh = Arrays.copyOf(octets, Needs.usedOctets(octets));
        List<Child> children = from.children(octets);
        hash(name, ByteBuffer.wrap(masked(fresh, children)));
        from.own(fresh, own, parent);
        long[] counts = new long[children.size()];
        int[] firsts = new int[children.size()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = from.clustersOf(children.get(i), clusterSize);
            firsts[i] = counts[i] == 0 ? 0 : allocate(counts[i]);
            from.point(fresh, children.get(i), firsts[i], counts[i], clusterSize);
        }
        for (int i = 0; i < counts.length; i++) {
            Child child = children.get(i);
            if (child.directory() && counts[i] > 0) {
                String path = name + child.name() + "/";
                byte[] below = directory(path, from.directory(child), firsts[i], own, depth + 1);
                place(below, firsts[i], counts[i]);
            } else if (!child.directory()) {
                file(name, child, firsts[i], counts[i]);
            }
        }
        return fresh;
    }

    /** What must be the same before and after. */
    private byte[] masked(byte[] octets, List<Child> children) {
        byte[] masked = octets.clone();
        from.own(masked, 0, 0);
        children.forEach(child -> from.point(masked, child, 0, 0, 0));
        return masked;
    }

    /** Writes a folder, with zeros behind its last entry. */
    void place(byte[] octets, long first, long clusters) throws IOException {
        byte[] whole = Arrays.copyOf(octets, Math.toIntExact(clusters * clusterSize));
        sink.write(first, 0, ByteBuffer.wrap(whole));
    }

    private void file(String folder, Child child, long first, long count) throws IOException {
        MessageDigest digest = Sha256.fresh();
        long left = count == 0 ? 0 : Math.min(child.valid(), child.size());
        long done = 0;
        long wanted = Math.ceilDiv(left, from.clusterSize());
        for (long[] run : wanted == 0 ? List.<long[]>of() : from.runs(child, wanted)) {
            long end = Math.min(run[1] * from.clusterSize(), left);
            for (long at = 0; at < end; ) {
                int length = (int) Math.min(end - at, buffer.capacity());
                // Whole clusters are read and written: fewer would be no whole sectors at a file's end.
                int whole = Math.ceilDiv(length, 512) * 512;
                buffer.clear().limit(length);
                from.disk().read(from.offset(run[0]) + at, buffer);
                digest.update(buffer.flip());
                buffer.limit(whole);
                while (buffer.hasRemaining()) {
                    buffer.put((byte) 0);
                }
                sink.write(first, done, buffer.flip());
                at += length;
                done += length;
                heard.octets(length);
            }
            left -= end;
        }
        hash(folder + child.name(), ByteBuffer.wrap(digest.digest()));
    }

    private void hash(String name, ByteBuffer what) throws ImageFailure {
        MessageDigest digest = Sha256.fresh();
        digest.update(what);
        byte[] hash = Arrays.copyOf(digest.digest(), HASH);
        boolean differs = hashes.size() < expected.size() && !Arrays.equals(hash, expected.get(hashes.size()));
        if (differs) {
            throw new ImageFailure(
                    "The disk does not hold what was written to it",
                    "'" + name + "' of " + from.disk().name() + " reads back differently",
                    "Replace the disk, or check the PC's memory and cables; what was restored is not to be used");
        }
        hashes.add(hash);
    }
}
