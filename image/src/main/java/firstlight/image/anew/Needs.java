package firstlight.image.anew;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * What a FAT volume's files and folders take, in clusters of any size, and whether they are as they should be: each cluster belongs to
 * one of them. Reads folders and the table only.
 *
 * @param bySize element i: clusters of 512 << i octets that all needs but a root with a place of its own
 * @param rootOctets that the root's entries take
 * @param octets of all files' contents that were ever written
 */
record Needs(List<Long> bySize, int rootOctets, long files, long octets) implements FatGeometry.Needs {
    private static final int SIZES = 17; // exFAT's largest cluster has 32 MiB

    @Override
    public long clusters(int clusterSize) {
        return bySize.get(Integer.numberOfTrailingZeros(clusterSize) - 9);
    }

    /** @param rootInClusters whether the root is a chain like every folder */
    static Needs of(ClusterVolume volume, boolean rootInClusters) throws IOException {
        long[] bySize = new long[SIZES];
        BitSet taken = new BitSet();
        byte[] root = volume.root();
        int used = usedOctets(root);
        if (rootInClusters) {
            add(bySize, Math.max(1, used));
        }
        long files = 0;
        long octets = 0;
        Deque<Child> folders = new ArrayDeque<>();
        List<Child> children = volume.children(root);
        while (true) {
            for (Child child : children) {
                long clusters = volume.clustersOf(child, volume.clusterSize());
                for (long[] run : clusters == 0 ? List.<long[]>of() : volume.runs(child, clusters)) {
                    int from = Math.toIntExact(run[0]);
                    int to = Math.toIntExact(run[0] + run[1]);
                    int other = taken.nextSetBit(from);
                    if (other >= 0 && other < to) {
                        throw new MalformedVolume("'" + child.name() + "' shares clusters with another file");
                    }
                    taken.set(from, to);
                }
                if (child.directory()) {
                    folders.add(child);
                    add(bySize, clusters * volume.clusterSize());
                } else {
                    files++;
                    octets += clusters == 0 ? 0 : Math.min(child.valid(), child.size());
                    add(bySize, child.first() == 0 ? 0 : child.size());
                }
            }
            if (folders.isEmpty()) {
                return new Needs(Arrays.stream(bySize).boxed().toList(), used, files, octets);
            }
            children = volume.children(volume.directory(folders.poll()));
        }
    }

    private static void add(long[] bySize, long octets) {
        for (int i = 0; i < SIZES; i++) {
            bySize[i] += Math.ceilDiv(octets, 512L << i);
        }
    }

    /** Before the first entry that says that no other follows. */
    static int usedOctets(byte[] directory) {
        int at = 0;
        while (at < directory.length && directory[at] != 0) {
            at += FatLayout.ENTRY;
        }
        return at;
    }
}
