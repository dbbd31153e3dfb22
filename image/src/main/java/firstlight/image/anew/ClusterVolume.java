package firstlight.image.anew;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What FAT and exFAT have in common for whoever walks through their files. */
interface ClusterVolume {
    /** Octets of a folder at most: exFAT's limit; FAT's is 2 MiB. */
    long FOLDER = 1L << 28;

    Disk disk();

    int clusterSize();

    long clusters();

    /** Octets from the start of the volume to {@code cluster}; the first one has the number 2. */
    long offset(long cluster);

    /** What the table says follows {@code cluster}; 0 at the chain's end. */
    long next(long cluster) throws IOException;

    byte[] root() throws IOException;

    List<Child> children(byte[] directory) throws MalformedVolume;

    /** Makes the entry of {@code child} point to {@code first}, where its content lies side by side. */
    void point(byte[] directory, Child child, long first, long clusters, int clusterSize);

    /** Makes a folder's entries for itself and for the folder above point to them. */
    void own(byte[] directory, long first, long parent);

    /**
     * Where the content lies, as pairs of a first cluster and a count.
     *
     * @param wanted clusters that the content must have; 0 for as many as the chain has
     */
    default List<long[]> runs(Child child, long wanted) throws IOException {
        List<long[]> runs = new ArrayList<>();
        long most = wanted == 0 ? Math.min(clusters(), FOLDER / clusterSize()) : clusters();
        long count = 0;
        long cluster = child.first();
        while (cluster != 0 && (wanted == 0 || count < wanted)) {
            if (cluster < 2 || cluster >= clusters() + 2 || count > most) { // in a circle, too
                throw new MalformedVolume("the clusters of '" + child.name() + "' lead astray at " + cluster);
            }
            long[] last = runs.isEmpty() ? new long[] {0, 0} : runs.getLast();
            if (last[0] + last[1] == cluster) {
                last[1]++;
            } else {
                runs.add(new long[] {cluster, 1});
            }
            count++;
            cluster = child.contiguous() ? (count < wanted ? cluster + 1 : 0) : next(cluster);
        }
        if (count < wanted) {
            throw new MalformedVolume(
                    "'" + child.name() + "' has " + count + " clusters where its size needs " + wanted);
        }
        return runs;
    }

    /** How many clusters of {@code clusterSize} octets the content of {@code child} takes. */
    default long clustersOf(Child child, int size) throws IOException {
        if (child.directory() && child.size() == 0) {
            long octets = runs(child, 0).stream().mapToLong(run -> run[1]).sum() * clusterSize();
            return Math.ceilDiv(octets, size);
        }
        return child.first() == 0 ? 0 : Math.ceilDiv(child.size(), size);
    }

    /** A folder's entries. */
    default byte[] directory(Child child) throws IOException {
        List<long[]> runs = runs(child, child.contiguous() ? Math.ceilDiv(child.size(), clusterSize()) : 0);
        long clusters = runs.stream().mapToLong(run -> run[1]).sum();
        if (clusters * clusterSize() > FOLDER) {
            throw new MalformedVolume("the folder '" + child.name() + "' has " + clusters + " clusters");
        }
        ByteBuffer octets = ByteBuffer.allocate((int) clusters * clusterSize());
        for (long[] run : runs) {
            octets.limit(octets.position() + (int) run[1] * clusterSize());
            disk().read(offset(run[0]), octets);
        }
        return octets.array();
    }

    static byte[] octets(Disk disk, long offset, int length) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(length);
        disk.read(offset, octets);
        return octets.array();
    }
}
