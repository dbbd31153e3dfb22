package firstlight.image.files;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a file system tells of a file.
 *
 * @param name in the form of {@link FileName}
 * @param mode type and permissions as Linux has them in {@code st_mode}
 * @param size in octets
 * @param target of a symbolic link, as it is written there; else empty
 */
public record FileEntry(
        String name,
        int mode,
        int uid,
        int gid,
        int links,
        long size,
        Instant modified,
        Instant changed,
        String target) {
    private static final int TYPE = 0170000;

    /** Of {@code path} itself, if it is a link. */
    public static FileEntry of(Path path) throws IOException {
        Map<String, Object> all = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
        StringBuilder target = new StringBuilder();
        if (Files.isSymbolicLink(path)) {
            Path link = Junction.told(Files.readSymbolicLink(path));
            link.forEach(part -> target.append(target.isEmpty() && !link.isAbsolute() ? "" : "/")
                    .append(FileName.text(part)));
        }
        return new FileEntry(
                FileName.text(path),
                (int) attribute(all, "mode"),
                (int) attribute(all, "uid"),
                (int) attribute(all, "gid"),
                (int) attribute(all, "nlink"),
                (long) attribute(all, "size"),
                ((FileTime) attribute(all, "lastModifiedTime")).toInstant(),
                ((FileTime) attribute(all, "ctime")).toInstant(),
                target.toString());
    }

    private static Object attribute(Map<String, Object> all, String name) {
        return Objects.requireNonNull(all.get(name), name);
    }

    /** What is in a folder, by name. */
    public static List<FileEntry> in(Path folder) throws IOException {
        List<FileEntry> entries = new ArrayList<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
            for (Path path : paths) {
                entries.add(of(path));
            }
        }
        entries.sort(Comparator.comparing(FileEntry::name));
        return entries;
    }

    /** {@code file}, {@code folder}, {@code link}, {@code pipe}, {@code socket} or {@code device}. */
    public String kind() {
        return switch (mode & TYPE) {
            case 0100000 -> "file";
            case 0040000 -> "folder";
            case 0120000 -> "link";
            case 0010000 -> "pipe";
            case 0140000 -> "socket";
            default -> "device";
        };
    }

    /** As {@code ls -l} writes it. */
    public String permissions() {
        String bits = "rwxrwxrwx";
        StringBuilder text = new StringBuilder(
                switch (mode & TYPE) {
                    case 0100000 -> "-";
                    case 0040000 -> "d";
                    case 0020000 -> "c";
                    case 0060000 -> "b";
                    default -> kind().substring(0, 1); // l, p, s
                });
        for (int i = 0; i < 9; i++) {
            text.append((mode & 0400 >> i) != 0 ? bits.charAt(i) : '-');
        }
        if ((mode & 04000) != 0) {
            text.setCharAt(3, (mode & 0100) != 0 ? 's' : 'S');
        }
        if ((mode & 02000) != 0) {
            text.setCharAt(6, (mode & 0010) != 0 ? 's' : 'S');
        }
        if ((mode & 01000) != 0) {
            text.setCharAt(9, (mode & 0001) != 0 ? 't' : 'T');
        }
        return text.toString();
    }
}
