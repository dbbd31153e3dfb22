package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.disk.Access;
import firstlight.image.disk.KernelDisk;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * resize2fs gives inodes that lie behind the new end new numbers, and each directory that names one of them the time of
 * day. Here directories get the times back that the image has.
 */
final class DirectoryTimes {
    private DirectoryTimes() {}

    /**
     * Times are no reason to give up a disk that was erased: this kernel need not mount what the tools can resize, such as
     * an ext4 with quotas where their module is missing.
     *
     * @return why they did not get them back; empty when they did
     */
    static Optional<String> copy(Disk from, Disk to) throws IOException {
        boolean[] mounted = {false};
        try (KernelDisk old = KernelDisk.attach(from, Access.READ);
                KernelDisk fresh = KernelDisk.attach(to, Access.READ_WRITE)) {
            FileSystemTool.mounted(
                    old.node(),
                    "ext4",
                    "ro,noload",
                    source -> FileSystemTool.mounted(fresh.node(), "ext4", "rw,noatime", target -> {
                        mounted[0] = true;
                        Files.walkFileTree(source, new Copying(source, target));
                        return 0L;
                    }));
            return Optional.empty();
        } catch (ImageFailure refused) {
            if (mounted[0]) {
                throw refused;
            }
            return Optional.of(refused.cause());
        }
    }

    private static final class Copying extends SimpleFileVisitor<Path> {
        private final Path source;
        private final Path target;

        Copying(Path source, Path target) {
            this.source = source;
            this.target = target;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
            Path same = target.resolve(source.relativize(folder));
            if (Files.isDirectory(same, LinkOption.NOFOLLOW_LINKS)) {
                Files.getFileAttributeView(same, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .setTimes(attributes.lastModifiedTime(), attributes.lastAccessTime(), null);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
