package firstlight.engine.img;

import firstlight.engine.BlockDevices.Device;
import firstlight.image.ImageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which disk images are read from or written to. It must not be one that is imaged itself: while an image is made of it nothing may write
 * to it (the kernel is told so, and what is mounted of it breaks), and a restore would overwrite what it reads.
 */
final class PlaceOfImages {
    private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");

    private PlaceOfImages() {}

    /**
     * Refuses {@code place} on one of {@code disks}. A share, and what lies in memory, is on none.
     *
     * @param root in place of {@code /}, for tests
     * @throws ImageFailure when it is on one
     */
    static void mustBeApart(Place place, List<Device> disks, Path root) throws IOException {
        Optional<Path> device = device(place, root);
        Optional<Device> disk = on(device, disks, root);
        if (disk.isPresent()) {
            throw new ImageFailure(
                    "The images cannot be there",
                    device.orElseThrow() + " is on the disk " + disk.get().node() + ", which is to be imaged itself",
                    "Take another disk for the images, or a share, or the server");
        }
    }

    /** Which of this PC's disks {@code place} is on; empty for a share, or a folder in memory. */
    static Optional<Device> disk(Place place, List<Device> all, Path root) throws IOException {
        return on(device(place, root), all, root);
    }

    private static Optional<Path> device(Place place, Path root) throws IOException {
        return switch (place) {
            case Place.Partition(Path node, String _) -> Optional.of(Files.exists(node) ? node.toRealPath() : node);
            case Place.Folder(Path folder) -> mountedFrom(folder, root);
            case Place.Server _ -> Optional.empty();
        };
    }

    private static Optional<Device> on(Optional<Path> device, List<Device> disks, Path root) {
        String name = device.map(Path::getFileName).map(Path::toString).orElse("");
        return disks.stream()
                .filter(disk -> name.equals(disk.name())
                        || (!name.isEmpty()
                                && Files.isDirectory(root.resolve("sys/block")
                                        .resolve(disk.name())
                                        .resolve(name))))
                .findFirst();
    }

    /** By the kernel's list of mounts: the one that is nearest to {@code folder}, the last of those at one place. */
    private static Optional<Path> mountedFrom(Path folder, Path root) throws IOException {
        Path mounts = root.resolve("proc/self/mounts");
        if (!Files.isReadable(mounts)) {
            return Optional.empty();
        }
        Path there = Files.exists(folder)
                ? folder.toRealPath()
                : folder.toAbsolutePath().normalize();
        String device = "";
        int nearest = -1;
        for (String line : Files.readAllLines(mounts)) {
            String[] words = line.split(" ", -1);
            String place = words.length > 1 ? plain(words[1]) : "";
            if (!place.isEmpty() && there.startsWith(place) && place.length() >= nearest) {
                nearest = place.length();
                device = plain(words[0]);
            }
        }
        return Optional.of(device).filter(name -> name.startsWith("/dev/")).map(Path::of);
    }

    /** The kernel writes blank, tab, line feed and backslash as octal numbers there (proc_pid_mounts(5), getmntent(3)). */
    private static String plain(String word) {
        return ESCAPED.matcher(word)
                .replaceAll(found -> Matcher.quoteReplacement(Character.toString(Integer.parseInt(found.group(1), 8))));
    }
}
