package firstlight.image.files;

import firstlight.image.ImageFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Copies a file or a folder out of an image, by GNU tar, which keeps hard links, holes, owners, times, ACLs and extended
 * attributes. We tell it by name what to take: devices and sockets stay behind, for they would be this host's.
 */
public final class TreeCopy {
    private static final List<String> PROPERTIES =
            List.of("--numeric-owner", "--acls", "--xattrs", "--xattrs-include=*");

    private final Path folder;
    private final byte[] names;
    private final long octets;
    private final List<String> leftOut;
    private final LargeStreams streams;
    private final Path streamsFolder;

    private TreeCopy(
            Path folder, byte[] names, long octets, List<String> leftOut, LargeStreams streams, Path streamsFolder) {
        this.folder = folder;
        this.names = names;
        this.octets = octets;
        this.leftOut = leftOut;
        this.streams = streams;
        this.streamsFolder = streamsFolder;
    }

    /** @param source in {@code tree}; a folder with all that is in it */
    public static TreeCopy of(MountedTree tree, Path source) throws IOException {
        LargeStreams streams = new LargeStreams(tree);
        boolean whole = Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS);
        Path base = whole ? source : Objects.requireNonNull(source.getParent());
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        long[] octets = new long[1];
        List<String> leftOut = new ArrayList<>();
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) throws IOException {
                return add(path, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                return add(path, attributes);
            }

            private FileVisitResult add(Path path, BasicFileAttributes attributes) throws IOException {
                if (attributes.isOther() && !isPipe(path)) {
                    leftOut.add(FileName.text(path));
                } else {
                    byte[] name = name(base.relativize(path));
                    names.writeBytes(name);
                    names.write(0);
                    if (!path.equals(tree.root())) { // no name stands before a stream of the top folder
                        streams.look(path, name, attributes);
                    }
                    octets[0] += attributes.isRegularFile() ? attributes.size() : 0;
                }
                return FileVisitResult.CONTINUE;
            }
        });
        Path large = streams.words().isEmpty() ? base : tree.withStreams(base);
        return new TreeCopy(base, names.toByteArray(), octets[0] + streams.octets(), leftOut, streams, large);
    }

    private static byte[] name(Path relative) {
        ByteArrayOutputStream name = new ByteArrayOutputStream();
        name.write('.');
        for (Path part : relative) {
            byte[] octets = FileName.octets(part);
            if (octets.length > 0) { // of the folder itself
                name.write('/');
                name.writeBytes(octets);
            }
        }
        return name.toByteArray();
    }

    private static boolean isPipe(Path path) {
        try {
            return FileEntry.of(path).kind().equals("pipe");
        } catch (IOException gone) {
            return false;
        }
    }

    /** Of all files' content, with holes. */
    public long octets() {
        return octets;
    }

    /** Names of devices and sockets, which are not copied. */
    public List<String> leftOut() {
        return List.copyOf(leftOut);
    }

    /** Named streams that are files of their own in the copy, as {@code NAME:STREAM}: too long for an attribute. */
    public List<String> streams() {
        return List.copyOf(streams.words());
    }

    /** Named streams that are not copied. */
    public List<String> missingStreams() {
        return List.copyOf(streams.missing());
    }

    /**
     * Writes a tar to {@code into}.
     *
     * @param written hears how many octets of the tar there are so far
     */
    public void write(OutputStream into, LongConsumer written) throws IOException {
        create(List.of(), into, written);
    }

    /**
     * Makes {@code target}, which must not be there: under another name until all of it is. Programs lose what would give
     * their caller another's rights on this host: set-user-ID, set-group-ID and capabilities.
     */
    public void to(Path target, LongConsumer written) throws IOException {
        Path absolute = target.toAbsolutePath();
        Path parent = Objects.requireNonNull(absolute.getParent());
        if (Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
            throw new ImageFailure(
                    target + " is not written", "it is there already", "Name another folder, or move it");
        }
        Files.createDirectories(parent);
        Path part = parent.resolve("." + absolute.getFileName() + ".firstlight-part");
        Scratch.remove(part); // of an earlier attempt that was killed
        Files.createDirectory(part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Thread interrupted = Thread.ofPlatform().unstarted(() -> Scratch.remove(part));
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            extract(part, written);
            String only = new String(names, StandardCharsets.ISO_8859_1);
            boolean file = !only.startsWith(".\0");
            if (file) {
                moveFile(part, absolute);
            } else {
                Files.move(part, absolute);
            }
        } finally {
            Scratch.remove(part);
            Runtime.getRuntime().removeShutdownHook(interrupted);
        }
    }

    /** With its large streams beside it, the file itself last: when it is there, all is. */
    private void moveFile(Path part, Path target) throws IOException {
        List<Path> inside;
        try (Stream<Path> all = Files.list(part)) { // its own name is the shortest
            inside = all.sorted(Comparator.comparingInt(path -> -FileName.octets(path).length))
                    .toList();
        }
        int own = FileName.text(inside.getLast()).length();
        for (Path each : inside) {
            String stream = FileName.text(each).substring(own);
            Files.move(each, target.resolveSibling(FileName.path(FileName.text(target) + stream)));
        }
    }

    private void extract(Path part, LongConsumer written) throws IOException {
        List<String> command = new ArrayList<>(List.of("tar", "--extract", "--preserve-permissions", "--same-owner"));
        command.addAll(PROPERTIES);
        command.addAll(List.of("--directory", part.toString()));
        Process tar = start(command, ProcessBuilder.Redirect.DISCARD);
        try (OutputStream into = tar.getOutputStream()) {
            create(List.of("--mode=u-s,g-s", "--xattrs-exclude=security.capability"), into, written);
        }
        end(tar);
    }

    private void create(List<String> options, OutputStream into, LongConsumer written) throws IOException {
        List<String> command = new ArrayList<>(List.of("tar", "--create", "--sparse"));
        command.addAll(PROPERTIES);
        command.addAll(options);
        command.addAll(Junction.forTar());
        command.addAll(List.of("--directory", folder.toString(), "--null", "--verbatim-files-from"));
        command.addAll(List.of("--no-recursion", "--files-from", "-"));
        Path list = Files.createTempFile("firstlight-", ".streams");
        try {
            if (!streams.words().isEmpty()) {
                Files.write(list, streams.names());
                command.addAll(List.of("--directory", streamsFolder.toString(), "--files-from", list.toString()));
            }
            tar(command, into, written);
        } finally {
            Files.delete(list);
        }
    }

    private void tar(List<String> command, OutputStream into, LongConsumer written) throws IOException {
        Process tar = start(command, ProcessBuilder.Redirect.PIPE);
        Thread feed = Thread.ofVirtual().start(() -> {
            try (OutputStream list = tar.getOutputStream()) {
                list.write(names);
            } catch (IOException ended) {
                return; // its exit status tells
            }
        });
        try (InputStream out = tar.getInputStream()) {
            byte[] buffer = new byte[1 << 18];
            long done = 0;
            for (int count = out.read(buffer); count >= 0; count = out.read(buffer)) {
                into.write(buffer, 0, count);
                done += count;
                written.accept(done);
            }
            into.flush();
            feed.join();
            end(tar);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stop);
        } finally {
            tar.destroyForcibly();
        }
    }

    private static Process start(List<String> command, ProcessBuilder.Redirect output) throws IOException {
        return new ProcessBuilder(command)
                .redirectOutput(output)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void end(Process tar) throws IOException {
        try {
            if (tar.waitFor() != 0) {
                throw new ImageFailure(
                        "The files could not all be copied",
                        "tar ended with status " + tar.exitValue(),
                        "Its reason is above; 'firstlight image verify' tells whether the image is damaged");
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stop);
        }
    }
}
