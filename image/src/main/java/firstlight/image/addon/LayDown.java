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
     * Checks that {@code place} can take all of it, writes it, and reads it back. Doing it again does the same.
     *
     * @throws ImageFailure when it cannot take it, with nothing written; or when what was read back is wrong
     */
    public void lay(AddOn addOn, AddOnPlace place, Progress progress) throws IOException {
        Keeping keeping = Keeping.of(place.system()).orElseThrow(() -> unwritable(place));
        LayPlan plan;
        Map<String, Bytes> digests;
        try (MountedSystem mounted = Lent.mounted(place, MountedSystem.Use.WRITE);
                ContentReader content = new ContentReader(addOn.content(), source)) {
            plan = LayPlan.of(addOn, mounted.tree(), keeping, place.toString());
            digests = new Laying(addOn, plan, mounted.tree(), keeping, content).lay(progress);
        }
        try (MountedSystem mounted = Lent.mounted(place, MountedSystem.Use.READ)) {
            new LaidCheck(addOn, plan, mounted.tree(), keeping, digests).compare(progress);
        }
    }

    static ImageFailure unwritable(AddOnPlace place) {
        return new ImageFailure(
                "The add-on was not laid down",
                place + " has a file system that is not written to",
                "Choose a partition with ext4, XFS, Btrfs, NTFS, FAT or exFAT");
    }
}
