package firstlight.netboot.files;

import firstlight.netboot.files.Finding.Absent;
import firstlight.netboot.files.Finding.OnDisk;
import firstlight.netboot.files.Finding.Refused;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

/** The namespace over a directory: generated entries first, then what is really inside the root. */
public final class BootRoot implements BootFiles {
    private final Path root;
    private final boolean ignoreCase;
    private final List<GeneratedEntries> generated;

    private BootRoot(Path root, boolean ignoreCase, List<GeneratedEntries> generated) {
        this.root = root;
        this.ignoreCase = ignoreCase;
        this.generated = List.copyOf(generated);
    }

    /**
     * @param root where files lie; links in it may lead about within it
     * @param ignoreCase find {@code BOOT\BCD} where the disk has {@code Boot/bcd}, as WDS clients expect
     * @param generated asked in this order, before the disk: a file of the same name there is not seen
     * @throws IOException when {@code root} is no directory that can be read; the message names it
     */
    public static BootRoot open(Path root, boolean ignoreCase, List<GeneratedEntries> generated) throws IOException {
        if (!Files.isDirectory(root) || !Files.isReadable(root)) {
            throw new FileSystemException("boot-file root " + root + " is not a directory that can be read");
        }
        return new BootRoot(root.toRealPath(), ignoreCase, generated);
    }

    @Override
    public Finding find(String name, Requester requester) {
        Optional<BootPath> path = BootPath.parse(name);
        if (path.isEmpty()) {
            return new Refused("a name that leads nowhere inside the boot-file root");
        }
        for (GeneratedEntries entries : generated) {
            Optional<Finding> made = entries.find(path.get(), requester);
            if (made.isPresent()) {
                return made.get();
            }
        }
        return onDisk(path.get());
    }

    private Finding onDisk(BootPath path) {
        try {
            Optional<Path> located = locate(path);
            if (located.isEmpty()) {
                return new Absent();
            }
            // Symbolic links may point about inside the root, never out of it.
            Path real = located.get().toRealPath();
            if (!real.startsWith(root)) {
                return new Refused(path + " is a link out of the boot-file root");
            }
            BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                return new Absent();
            }
            if (!Files.isReadable(real)) {
                return new Refused("no permission to read " + real);
            }
            return new OnDisk(
                    real, attributes.size(), attributes.lastModifiedTime().toInstant());
        } catch (NoSuchFileException | InvalidPathException e) { // in the locale C only ASCII makes a path
            return new Absent();
        } catch (AccessDeniedException e) {
            return new Refused("no permission to read " + e.getFile());
        } catch (IOException e) {
            return new Refused("cannot read " + path + ": " + e.getMessage());
        }
    }

    private Optional<Path> locate(BootPath path) throws IOException {
        Path exact = root.resolve(path.toString());
        if (Files.exists(exact)) {
            return Optional.of(exact);
        }
        if (!ignoreCase) {
            return Optional.empty();
        }
        Path at = root;
        for (String part : path.parts()) {
            Optional<Path> next = child(at, part);
            if (next.isEmpty()) {
                return Optional.empty();
            }
            at = next.get();
        }
        return Optional.of(at);
    }

    private static Optional<Path> child(Path directory, String part) throws IOException {
        Path exact = directory.resolve(part);
        if (Files.exists(exact)) {
            return Optional.of(exact);
        }
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            for (Path child : children) {
                if (child.getFileName().toString().equalsIgnoreCase(part)) {
                    return Optional.of(child);
                }
            }
            return Optional.empty();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }
}
