package firstlight.image.addon;

import firstlight.image.manifest.AddOnEntry;
import firstlight.image.tree.FileStat;
import firstlight.image.tree.FileTree;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Adds up the room that files take while they are laid down, old ones beside the new ones that are to replace them. */
final class Need {
    /** Octets of which a file takes a whole number. */
    private final long block;

    private final Keeping keeping;
    private final FileTree tree;
    /** Octets more than at the beginning, below zero where more went than came; and the most that it was. */
    private long now;

    private long most;

    Need(long block, Keeping keeping, FileTree tree) {
        this.block = block;
        this.keeping = keeping;
        this.tree = tree;
    }

    void take(long octets) {
        now += octets;
        most = Math.max(most, now);
    }

    void gone(String path) throws IOException {
        Optional<FileStat> there = tree.stat(path);
        if (there.isPresent()) {
            give(there.get());
            if (there.get().isFolder()) {
                for (String name : tree.names(path)) {
                    gone(path + "/" + name);
                }
            }
        }
    }

    /** Not of a file with another name, whose octets stay. */
    private void give(FileStat stat) {
        now -= stat.names() == 1 ? stat.octets() : 0;
    }

    void batch(List<AddOnEntry.Plain> files) throws IOException {
        for (AddOnEntry.Plain file : files) {
            // FAT has no holes.
            long octets = keeping == Keeping.FAT || keeping == Keeping.EXFAT
                    ? file.length()
                    : file.data().octets();
            take((octets + block - 1) / block * block);
        }
        for (AddOnEntry.Plain file : files) {
            tree.stat(file.path())
                    .filter(stat -> stat.kind() == FileStat.Kind.PLAIN)
                    .ifPresent(this::give);
        }
    }

    long most() {
        return most;
    }
}
