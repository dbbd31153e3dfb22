package firstlight.image.files;

import firstlight.image.ImageFailure;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Finds a path in a {@link MountedTree}. Links lead to what they lead to on the PC: never out of the tree. */
public final class ImagePath {
    private static final int MOST_LINKS = 40; // as Linux

    private final MountedTree tree;
    /** Names that are still to be followed, a link's put before the rest; {@link #done} are the folders on the way here. */
    private final Deque<Path> todo = new ArrayDeque<>();

    private final List<Path> done = new ArrayList<>();
    private int links;

    private ImagePath(MountedTree tree) {
        this.tree = tree;
    }

    /**
     * @param text with {@code /} between names, in the form of {@link FileName}; on NTFS, FAT and exFAT in any case
     * @param follow whether a link at the end is followed as well
     * @throws NoSuchFileException when a name is not there, in words that say where
     */
    public static Path find(MountedTree tree, String text, boolean follow) throws IOException {
        ImagePath path = new ImagePath(tree);
        for (String name : text.split("/", -1)) {
            if (!name.isEmpty()) {
                path.todo.add(FileName.path(name));
            }
        }
        while (!path.todo.isEmpty()) {
            path.step(text, follow);
        }
        return path.here();
    }

    private Path here() {
        return done.isEmpty() ? tree.root() : done.getLast();
    }

    /** One name further. As in Linux the folder above the top is the top. */
    private void step(String text, boolean follow) throws IOException {
        Path name = todo.removeFirst();
        String word = FileName.text(name);
        if (word.equals(".")) {
            return;
        }
        if (word.equals("..")) {
            if (!done.isEmpty()) {
                done.removeLast();
            }
            return;
        }
        Path next = entry(here(), name, text);
        if (!Files.isSymbolicLink(next) || (todo.isEmpty() && !follow)) {
            done.add(next);
            return;
        }
        if (++links > MOST_LINKS) {
            throw new ImageFailure(
                    "'" + text + "' cannot be followed", "its links lead in a circle", "Name the file itself");
        }
        follow(Files.readSymbolicLink(next));
    }

    /** An absolute one is meant within the image. */
    private void follow(Path target) {
        if (target.isAbsolute()) {
            done.clear();
        }
        List<Path> names = new ArrayList<>();
        Junction.within(target).forEach(names::add);
        for (Path name : names.reversed()) {
            if (!name.toString().isEmpty()) {
                todo.addFirst(name);
            }
        }
    }

    private Path entry(Path folder, Path name, String text) throws IOException {
        Path exact = folder.resolve(name);
        if (Files.exists(exact, LinkOption.NOFOLLOW_LINKS)) {
            return exact;
        }
        if (tree.ignoresCase() && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    if (FileName.text(entry).equalsIgnoreCase(FileName.text(name))) {
                        return entry;
                    }
                }
            }
        }
        throw new NoSuchFileException(text, null, "there is no '" + FileName.text(name) + "' in " + shown(folder));
    }

    private String shown(Path folder) {
        StringBuilder shown = new StringBuilder();
        for (Path each : tree.root().relativize(folder)) {
            shown.append('/').append(FileName.text(each));
        }
        return shown.length() < 2 ? "the top folder" : shown.toString();
    }
}
