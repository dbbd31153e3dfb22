package firstlight.image.store;

import firstlight.image.ImageFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * Files below a directory, for one process at a time.
 *
 * @param reserve what it leaves free for others
 * @param lock empty for one that reads beside that process, and for which writing and deleting do nothing
 */
record DiskShelf(Path directory, Optional<FileChannel> lock, Optional<Reserve> reserve) implements Shelf {
    static DiskShelf open(Path directory) throws IOException {
        return open(directory, false);
    }

    /**
     * Makes the folders, and removes what a crash left half written.
     *
     * @throws ImageFailure when another process has it
     */
    static DiskShelf open(Path directory, boolean keepsRoom) throws IOException {
        Durable.createDirectory(directory);
        FileChannel lock = lock(directory);
        try {
            Durable.createDirectory(directory.resolve("packs"));
            Durable.createDirectory(directory.resolve("manifests"));
            Durable.sweep(directory);
            return new DiskShelf(
                    directory, Optional.of(lock), keepsRoom ? Optional.of(Reserve.at(directory)) : Optional.empty());
        } catch (IOException broken) {
            lock.close();
            throw broken;
        }
    }

    /** What is there now; nothing is written. Packs that are collected meanwhile can still be read. */
    static DiskShelf openForReading(Path directory) {
        return new DiskShelf(directory, Optional.empty(), Optional.empty());
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException mine) {
            // the same answer as for another process: below
        }
        channel.close();
        throw new ImageFailure(
                "The image store " + directory + " is in use",
                "another process has it open",
                "Stop the other Firstlight, or give this one another data directory");
    }

    @Override
    public void keepRoom() throws IOException {
        if (reserve.isPresent()) {
            reserve.get().check();
        }
    }

    @Override
    public boolean hasRoomFor(long octets) {
        return reserve.isEmpty() || reserve.get().isLeftAfter(octets);
    }

    @Override
    public List<String> list(String folder) throws IOException {
        try (var paths = Files.walk(directory.resolve(folder))) {
            return paths.filter(path -> Files.isRegularFile(path) && !Durable.isUnfinished(path))
                    .map(path -> directory.relativize(path).toString())
                    .toList();
        } catch (UncheckedIOException unreadable) { // or gone, beside a server that collects
            throw unreadable.getCause();
        }
    }

    @Override
    public byte[] read(String name) throws IOException {
        return Files.readAllBytes(directory.resolve(name));
    }

    @Override
    public void write(String name, byte[] content) throws IOException {
        if (lock.isEmpty()) {
            return;
        }
        Path file = directory.resolve(name);
        Durable.createDirectory(file.resolveSibling(""));
        Durable.write(file, content);
    }

    @Override
    public void delete(String name) throws IOException {
        Path file = directory.resolve(name);
        if (lock.isPresent() && Files.deleteIfExists(file)) {
            Durable.syncDirectory(file.resolveSibling(""));
        }
    }

    @Override
    public Pack create(String name) throws IOException {
        Path file = directory.resolve(name);
        PackFile pack = PackFile.create(name, file);
        Durable.syncDirectory(file.resolveSibling(""));
        return pack;
    }

    @Override
    public Pack open(String name) throws IOException {
        return PackFile.open(name, directory.resolve(name));
    }

    @Override
    public long packSize() {
        return 1L << 30;
    }

    @Override
    public String roomCure() {
        return "Free some space on its file system (df -h; firstlight image gc), or give the server another data directory";
    }

    @Override
    public void close() throws IOException {
        if (lock.isPresent()) {
            lock.get().close();
        }
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
