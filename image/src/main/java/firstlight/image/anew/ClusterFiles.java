package firstlight.image.anew;

import firstlight.image.disk.ReadOnlyDisk;
import firstlight.image.disk.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Names of FAT's and exFAT's files, and where their content lies. Reads only; belongs to one thread. */
public final class ClusterFiles {
    private final ClusterVolume volume;
    private final boolean rootInClusters;
    private boolean proven;

    private ClusterFiles(ClusterVolume volume, boolean rootInClusters) {
        this.volume = volume;
        this.rootInClusters = rootInClusters;
    }

    public static ClusterFiles ofFat(Source source) throws IOException {
        FatVolume fat = FatVolume.open(new ReadOnlyDisk("volume", 512, source));
        return new ClusterFiles(fat, fat.layout().bits() == 32);
    }

    public static ClusterFiles ofExfat(Source source) throws IOException {
        return new ClusterFiles(ExfatVolume.open(new ReadOnlyDisk("volume", 512, source)), true);
    }

    /**
     * What is in a folder; nothing when it is none.
     *
     * @param path as its folders name it, with '/' before each name; empty for the root
     */
    public List<String> names(String path) throws IOException {
        return children(path).stream().map(Child::name).toList();
    }

    /**
     * Octets from the start of the volume, start and end each; none for what is no file.
     *
     * @throws MalformedVolume also when any two files share clusters: whose they are cannot be told then
     */
    public List<long[]> content(String path) throws IOException {
        if (!proven) {
            Needs.of(volume, rootInClusters);
            proven = true;
        }
        int last = path.lastIndexOf('/');
        List<long[]> content = new ArrayList<>();
        for (Child child : children(path.substring(0, last))) {
            boolean wanted = !child.directory() && child.name().equals(path.substring(last + 1));
            long clusters = wanted ? volume.clustersOf(child, volume.clusterSize()) : 0;
            for (long[] run : clusters == 0 ? List.<long[]>of() : volume.runs(child, clusters)) {
                long start = volume.offset(run[0]);
                content.add(new long[] {start, start + run[1] * volume.clusterSize()});
            }
        }
        return content;
    }

    private List<Child> children(String path) throws IOException {
        List<Child> children = volume.children(volume.root());
        for (String name :
                path.isEmpty() ? List.<String>of() : List.of(path.substring(1).split("/", -1))) {
            List<Child> named = children.stream()
                    .filter(child -> child.directory()
                            && child.first() != 0
                            && child.name().equals(name))
                    .toList();
            children = named.isEmpty() ? List.of() : volume.children(volume.directory(named.getFirst()));
        }
        return children;
    }
}
