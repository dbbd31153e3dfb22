package firstlight.image.store;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSink;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.chunk.DamagedChunk;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.ManifestCodec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** Images in a directory: {@code packs/} holds the chunks, {@code manifests/NAME/} the versions of an image. */
public final class DiskStore implements ImageStore {
    private static final int TOLD_MISSING = 1000;

    private final FileChannel lock;
    private final Packs packs;
    private final Versions versions;
    private final ReentrantLock publishing = new ReentrantLock();

    private DiskStore(FileChannel lock, Packs packs, Versions versions) {
        this.lock = lock;
        this.packs = packs;
        this.versions = versions;
    }

    /** Opens the store in {@code directory}, or makes one there. One process at a time. */
    public static DiskStore open(Path directory) throws IOException {
        try {
            Durable.createDirectory(directory);
            FileChannel lock = lock(directory);
            return new DiskStore(
                    lock, Packs.open(directory.resolve("packs")), Versions.open(directory.resolve("manifests")));
        } catch (ImageFailure failure) {
            throw failure;
        } catch (IOException broken) {
            throw new ImageFailure(
                    "The image store " + directory + " cannot be opened",
                    broken.toString(),
                    "Check that the directory is there and writable, and that its file system has room");
        }
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
    public ChunkSink sink() {
        return new VerifyingSink(trustingSink());
    }

    @Override
    public ChunkSink trustingSink() {
        return new ChunkSink() {
            @Override
            public BitSet missing(List<ChunkId> ids) {
                BitSet missing = new BitSet(ids.size());
                for (int i = 0; i < ids.size(); i++) {
                    missing.set(i, !packs.has(ids.get(i)));
                }
                return missing;
            }

            @Override
            public void put(List<ChunkFrame> frames) throws IOException {
                packs.append(frames);
            }
        };
    }

    @Override
    public ChunkSource source() {
        return ids -> {
            List<byte[]> frames = new ArrayList<>(ids.size());
            for (ChunkId id : ids) {
                frames.add(packs.get(id));
            }
            return frames;
        };
    }

    @Override
    public Publication publish(ImageName image, Manifest manifest) throws IOException {
        Set<ChunkId> missing = new LinkedHashSet<>();
        manifest.forEachChunk(id -> {
            if (missing.size() < TOLD_MISSING && !packs.has(id)) {
                missing.add(id);
            }
        });
        if (!missing.isEmpty()) {
            return new Publication.Incomplete(List.copyOf(missing));
        }
        publishing.lock();
        try {
            packs.sync();
            return new Publication.Published(versions.add(image, manifest));
        } catch (ImageFailure failure) {
            throw failure;
        } catch (IOException broken) {
            throw new ImageFailure(
                    "Image " + image + " cannot be published",
                    broken,
                    "Free some space on the store's file system; the chunks are kept, so that trying again is quick");
        } finally {
            publishing.unlock();
        }
    }

    @Override
    public List<ImageVersion> list() throws IOException {
        return versions.list();
    }

    @Override
    public Optional<ImageVersion> find(ImageName image, int number) throws IOException {
        return versions.list().stream()
                .filter(version -> version.image().equals(image) && (number == 0 || version.number() == number))
                .reduce((earlier, later) -> later);
    }

    @Override
    public Manifest open(ImageVersion version) throws IOException {
        return ManifestCodec.decode(encoded(version));
    }

    @Override
    public byte[] encoded(ImageVersion version) throws IOException {
        return versions.read(version);
    }

    @Override
    public List<String> verify(ImageVersion version, Progress progress) throws IOException {
        Set<ChunkId> ids = new HashSet<>();
        open(version).forEachChunk(ids::add);
        List<String> damages = new ArrayList<>();
        byte[] content = new byte[Chunk.SIZE];
        long done = 0;
        try (ChunkCodec codec = new ChunkCodec(1)) {
            for (ChunkId id : ids) {
                try {
                    codec.unpack(id, packs.get(id), content, 0);
                } catch (DamagedChunk damaged) {
                    packs.lose(id);
                    damages.add(damaged.what() + ": " + damaged.cause());
                } catch (ImageFailure gone) {
                    damages.add(gone.what());
                }
                if (++done % 1024 == 0) {
                    progress.progress(Progress.Phase.VERIFYING, done * Chunk.SIZE, (long) ids.size() * Chunk.SIZE);
                }
            }
        }
        return damages;
    }

    @Override
    public void close() throws IOException {
        packs.close();
        lock.close();
    }
}
