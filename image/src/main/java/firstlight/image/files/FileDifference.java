package firstlight.image.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What files one tree has otherwise than another. Files whose size and both times of change are alike are not read;
 * others are, so that a file that was only touched is told from one that says something else.
 */
public final class FileDifference {
    private final Consumer<Change> found;

    private FileDifference(Consumer<Change> found) {
        this.found = found;
    }

    public enum Kind {
        ADDED,
        REMOVED,
        /** Content, or what a link leads to. */
        CHANGED,
        /** Owner, permissions, times. */
        PROPERTIES
    }

    /**
     * @param path from the top of both, in the form of {@link FileName}
     * @param before what it was; empty where it was added
     * @param now what it is; empty where it was removed
     */
    public record Change(Kind kind, String path, Optional<FileEntry> before, Optional<FileEntry> now) {}

    /** Tells changes by folder and name. Of a folder that was added or removed, all that is in it is told. */
    public static void between(Path before, Path now, Consumer<Change> found) throws IOException {
        new FileDifference(found).folders("", Optional.of(before), Optional.of(now));
    }

    private void folders(String prefix, Optional<Path> before, Optional<Path> now) throws IOException {
        Map<String, Path> old = entries(before);
        Map<String, Path> current = entries(now);
        Map<String, Path> all = new TreeMap<>(old);
        all.putAll(current);
        for (String name : all.keySet()) {
            entry(prefix + "/" + name, Optional.ofNullable(old.get(name)), Optional.ofNullable(current.get(name)));
        }
    }

    private static Map<String, Path> entries(Optional<Path> folder) throws IOException {
        TreeMap<String, Path> entries = new TreeMap<>();
        if (folder.isPresent()) {
            try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder.get())) {
                paths.forEach(path -> entries.put(FileName.text(path), path));
            } catch (DirectoryIteratorException unreadable) {
                throw unreadable.getCause();
            }
        }
        return entries;
    }

    private void entry(String path, Optional<Path> before, Optional<Path> now) throws IOException {
        Optional<FileEntry> old = before.isPresent() ? Optional.of(FileEntry.of(before.get())) : Optional.empty();
        Optional<FileEntry> current = now.isPresent() ? Optional.of(FileEntry.of(now.get())) : Optional.empty();
        if (old.isEmpty() || current.isEmpty()) {
            found.accept(new Change(old.isEmpty() ? Kind.ADDED : Kind.REMOVED, path, old, current));
        } else {
            changed(old.get(), current.get(), before.orElseThrow(), now.orElseThrow())
                    .ifPresent(kind -> found.accept(new Change(kind, path, old, current)));
        }
        Optional<Path> oldFolder = before.filter(each -> Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS));
        Optional<Path> folder = now.filter(each -> Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS));
        if (oldFolder.isPresent() || folder.isPresent()) {
            folders(path, oldFolder, folder);
        }
    }

    private static Optional<Kind> changed(FileEntry old, FileEntry now, Path before, Path after) throws IOException {
        if (!old.kind().equals(now.kind()) || !old.target().equals(now.target())) {
            return Optional.of(Kind.CHANGED);
        }
        boolean file = now.kind().equals("file");
        boolean sameTimes =
                old.modified().equals(now.modified()) && old.changed().equals(now.changed());
        if (file && (old.size() != now.size() || (!sameTimes && !sameContent(before, after)))) {
            return Optional.of(Kind.CHANGED);
        }
        boolean sameOwner = old.mode() == now.mode() && old.uid() == now.uid() && old.gid() == now.gid();
        // A folder's time tells only that something in it was made or taken away, which is told by itself.
        boolean sameTime = !file || old.modified().equals(now.modified());
        return sameOwner && sameTime ? Optional.empty() : Optional.of(Kind.PROPERTIES);
    }

    private static boolean sameContent(Path before, Path now) throws IOException {
        byte[] one = new byte[1 << 17];
        byte[] two = new byte[1 << 17];
        try (InputStream old = Files.newInputStream(before, LinkOption.NOFOLLOW_LINKS);
                InputStream current = Files.newInputStream(now, LinkOption.NOFOLLOW_LINKS)) {
            while (true) {
                int count = old.readNBytes(one, 0, one.length);
                int other = current.readNBytes(two, 0, two.length);
                if (count != other || !Arrays.equals(one, 0, count, two, 0, count)) {
                    return false;
                }
                if (count < one.length) {
                    return true;
                }
            }
        }
    }
}
