package firstlight.image.store;

import firstlight.image.ImageFailure;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Set;

/**
 * Names that FAT and exFAT, which media have, take for one: they tell no upper from lower case and drop dots at a name's end. The
 * files of one image would replace the other's.
 */
final class Spelling {
    private Spelling() {}

    /** @throws ImageFailure when the files of an image that is not there yet would be those of another one */
    static void check(ImageName image, Set<VersionKey> known, Shelf shelf) throws IOException {
        if (known.stream().anyMatch(key -> key.image().equals(image))) {
            return;
        }
        for (VersionKey key : known) {
            VersionKey same = new VersionKey(image, key.number());
            if (folded(key.image()).equals(folded(image))
                    && (isThere(shelf, same.manifest()) || isThere(shelf, same.notes()))) {
                throw new ImageFailure(
                        "The image '" + image + "' cannot lie beside '" + key.image() + "'",
                        "the file system of " + shelf + " takes both names for the same",
                        "Give it another name, or make it a version of '" + key.image() + "'");
            }
        }
    }

    private static String folded(ImageName image) {
        return image.text().toLowerCase(Locale.ROOT).replaceAll("\\.+$", "");
    }

    private static boolean isThere(Shelf shelf, String file) throws IOException {
        try {
            var _ = shelf.read(file);
            return true;
        } catch (NoSuchFileException none) {
            return false;
        }
    }
}
