package firstlight.image.addon;

import firstlight.image.disk.Access;
import firstlight.image.disk.KernelDisk;
import firstlight.image.tree.MountedSystem;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The device of a {@link AddOnPlace}, for a while: of a logical volume, which nobody activates, it is made for that time.
 *
 * @param made what goes away again
 */
record Lent(Path node, Optional<KernelDisk> made) implements Closeable {
    static Lent of(AddOnPlace place, Access access) throws IOException {
        if (place.volume().isEmpty()) {
            return new Lent(place.node(), Optional.empty());
        }
        KernelDisk made = KernelDisk.attach(place.volume().get(), access);
        return new Lent(made.node(), Optional.of(made));
    }

    /** {@code place} mounted, on the device that is lent for as long. */
    static MountedSystem mounted(AddOnPlace place, MountedSystem.Use use) throws IOException {
        Lent lent = of(place, use == MountedSystem.Use.WRITE ? Access.READ_WRITE : Access.READ);
        try {
            return MountedSystem.open(lent.node(), place.system(), place.subvolume(), use, lent);
        } catch (IOException refused) {
            lent.close();
            throw refused;
        }
    }

    @Override
    public void close() throws IOException {
        if (made.isPresent()) {
            made.get().close();
        }
    }
}
