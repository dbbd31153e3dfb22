package firstlight.image.addon;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.manifest.AddOn;
import firstlight.image.tree.MountedSystem;
import firstlight.model.Bytes;
import java.io.IOException;
import java.util.Map;

/** Lays add-ons over restored systems. */
public final class LayDown {
    private final ChunkSource source;

    public LayDown(ChunkSource source) {
        this.source = source;
    }

    /**
     * Checks that {@code site} can take all of it, writes it, and reads it back. Doing it again does the same.
     *
     * @throws ImageFailure when it cannot take it, with nothing written; or when what was read back is wrong
     */
    public void lay(AddOn addOn, Site site, Progress progress) throws IOException {
        Keeping keeping = Keeping.of(site.system()).orElseThrow(() -> unwritable(site));
        LayPlan plan;
        Map<String, Bytes> digests;
        try (MountedSystem mounted = Lent.mounted(site, MountedSystem.Use.WRITE);
                ContentReader content = new ContentReader(addOn.content(), source)) {
            plan = LayPlan.of(addOn, mounted.tree(), keeping, site.toString());
            digests = new Laying(addOn, plan, mounted.tree(), keeping, content).lay(progress);
        }
        try (MountedSystem mounted = Lent.mounted(site, MountedSystem.Use.READ)) {
            new ReadBack(addOn, plan, mounted.tree(), keeping, digests).compare(progress);
        }
    }

    static ImageFailure unwritable(Site site) {
        return new ImageFailure(
                "The add-on was not laid down",
                site + " has a file system that is not written to",
                "Choose a partition with ext4, XFS, Btrfs, NTFS, FAT or exFAT");
    }
}
