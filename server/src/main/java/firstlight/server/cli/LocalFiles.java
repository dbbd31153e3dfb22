package firstlight.server.cli;

import firstlight.image.ImageFailure;
import firstlight.image.files.ImageVolume;
import firstlight.image.files.ImageVolumes;
import firstlight.image.files.MountedTree;
import firstlight.image.luks.Passphrases;
import firstlight.image.store.StoreReader;
import firstlight.model.IoReason;
import firstlight.server.operator.OperatorError;
import firstlight.server.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What commands have in common that look into images: the words by which a person names a file in one. They read the store themselves,
 * which needs root: a kernel mounts what is looked into.
 */
final class LocalFiles {
    static final String WHERE = "PARTITION:/PATH, such as 3:/etc, disk2p1:/ or vg0/home:/anna (see 'image ls IMAGE'); "
            + "/PATH alone is in the partition that holds the system.";

    private LocalFiles() {}

    interface OnVolumes {
        void use(ImageVolumes volumes) throws IOException;
    }

    interface OnTree {
        /** @param path in {@code tree}, as it was typed */
        void use(MountedTree tree, ImageVolume volume, String path) throws IOException;
    }

    interface OnChosen {
        void use(LocalStore.Chosen chosen, ImageVolumes volumes) throws IOException;
    }

    static void volumes(LocalStore local, String image, OnVolumes work) {
        chosen(local, image, (_, volumes) -> work.use(volumes));
    }

    static void chosen(LocalStore local, String image, OnChosen work) {
        try (StoreReader store = local.open()) {
            LocalStore.Chosen chosen = local.find(store, image);
            if (chosen.manifest().addOn().isPresent()) {
                throw new OperatorError(
                        chosen.name() + " is an add-on: it has files, and no partitions",
                        "firstlight image show NAME@VERSION lists them");
            }
            if (!chosen.manifest().lost().isEmpty()) {
                local.warn(chosen.name() + ": " + chosen.manifest().lost() + " (firstlight image show " + chosen.name()
                        + " tells where)");
            }
            try (ImageVolumes volumes = ImageVolumes.of(chosen.manifest(), store.source(), passphrases(local.data()))) {
                work.use(chosen, volumes);
            }
        } catch (IOException failed) {
            throw failure(failed);
        }
    }

    /** NoSuchFileException with a reason comes from a name that a person typed; without one something of ours is missing. */
    static OperatorError failure(IOException failed) {
        return switch (failed) {
            case ImageFailure failure ->
                new OperatorError(failure.what() + ": " + failure.cause(), failure.cure(), failure);
            case NoSuchFileException absent
            when absent.getReason() != null ->
                new OperatorError(String.valueOf(absent.getReason()), "see firstlight image ls", absent);
            default -> new OperatorError("the image cannot be read: " + IoReason.withFile(failed), "", failed);
        };
    }

    /** @param where as {@link #WHERE} says */
    static void tree(LocalStore local, String image, String where, OnTree work) {
        volumes(local, image, volumes -> {
            int colon = where.indexOf(':');
            String path = where.substring(colon + 1);
            if (colon >= 0 && !where.substring(0, colon).startsWith("/")) {
                ImageVolume volume = volumes.find(where.substring(0, colon));
                try (MountedTree tree = volumes.mount(volume)) {
                    use(local, tree, volume, path, work);
                }
            } else {
                inTheSystem(local, volumes, image, where, work);
            }
        });
    }

    private static void inTheSystem(LocalStore local, ImageVolumes volumes, String image, String path, OnTree work)
            throws IOException {
        List<ImageVolume> all =
                volumes.all().stream().filter(ImageVolume::holdsFiles).toList();
        List<ImageFailure> unread = new ArrayList<>();
        for (ImageVolume volume : all) {
            MountedTree tree;
            try {
                tree = volumes.mount(volume);
            } catch (ImageFailure damaged) {
                unread.add(damaged);
                if (all.size() > 1) { // the system may be in it, and another one behind it
                    warn(local, volume, damaged);
                }
                continue;
            }
            try (tree) {
                if (all.size() == 1 || holdsSystem(tree.root())) {
                    use(local, tree, volume, path, work);
                    return;
                }
            }
        }
        if (!unread.isEmpty() && unread.size() == all.size()) {
            throw unread.getFirst(); // for want of something on this host, more likely than all of them damaged
        }
        throw new OperatorError(
                "it is not clear in which partition '" + path + "' is"
                        + (unread.isEmpty() ? "" : ", and not all can be read"),
                "write PARTITION:/PATH; firstlight image ls " + image + " lists the partitions");
    }

    /** Not where its files cannot be read, which is said. */
    static boolean holdsSystem(LocalStore local, ImageVolumes volumes, ImageVolume volume) throws IOException {
        try (MountedTree tree = volumes.mount(volume)) {
            return holdsSystem(tree.root());
        } catch (ImageFailure unreadable) {
            warn(local, volume, unreadable);
            return false;
        }
    }

    private static void warn(LocalStore local, ImageVolume volume, ImageFailure unreadable) {
        local.warn("partition " + volume.name() + ": " + unreadable.getMessage());
    }

    private static boolean holdsSystem(Path root) {
        return List.of("etc/fstab", "etc/os-release", "etc/passwd", "Windows/System32").stream()
                .anyMatch(each -> Files.exists(root.resolve(each), LinkOption.NOFOLLOW_LINKS));
    }

    private static void use(LocalStore local, MountedTree tree, ImageVolume volume, String path, OnTree work)
            throws IOException {
        if (!tree.note().isEmpty()) {
            local.warn("partition " + volume.name() + ": " + tree.note());
        }
        work.use(tree, volume, path);
    }

    /** Of the vault in {@code data}. */
    static Passphrases passphrases(Path data) {
        return uuid -> {
            try {
                return new Vault(data).opening().of(uuid);
            } catch (IOException unreadable) {
                throw new OperatorError(
                        "the vault cannot be read: " + IoReason.withFile(unreadable), "run as root", unreadable);
            }
        };
    }
}
