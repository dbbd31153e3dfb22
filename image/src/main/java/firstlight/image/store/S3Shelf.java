package firstlight.image.store;

import firstlight.image.ImageFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * Objects of a bucket. A pack is written to the spool directory first and becomes an object when it is synced; each of 64 MiB
 * is put in one request, so that a crash leaves no unfinished upload behind.
 */
final class S3Shelf implements Shelf {
    /** An object, and a file of the spool: random, and the same in both for the one server that may write. */
    private static final String OWNER = "owner";

    private final S3Bucket bucket;
    private final S3Reading reading;
    private final DiskShelf spool;

    private S3Shelf(S3Bucket bucket, DiskShelf spool) {
        this.bucket = bucket;
        this.reading = S3Reading.of(bucket);
        this.spool = spool;
    }

    /**
     * Closes {@code bucket} when it fails.
     *
     * @param directory the spool, on this server's disk: a pack grows there, and is uploaded as a whole
     */
    static S3Shelf open(S3Bucket bucket, Path directory) throws IOException {
        try {
            DiskShelf spool = DiskShelf.open(directory);
            try {
                for (String left : spool.list("packs")) {
                    spool.delete(left); // never uploaded, so no manifest names what is in it
                }
                own(bucket, spool);
                return new S3Shelf(bucket, spool);
            } catch (IOException refused) {
                spool.close();
                throw refused;
            }
        } catch (IOException refused) {
            bucket.close();
            throw refused;
        }
    }

    /** Two servers in one store would collect each other's chunks. */
    private static void own(S3Bucket bucket, DiskShelf spool) throws IOException {
        byte[] own;
        try {
            own = spool.read(OWNER);
        } catch (NoSuchFileException first) {
            own = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
            spool.write(OWNER, own);
        }
        byte[] there;
        try {
            there = bucket.get(OWNER);
        } catch (NoSuchFileException nobody) {
            bucket.putFirst(OWNER, own);
            there = bucket.get(OWNER);
        }
        if (!Arrays.equals(own, there)) {
            throw new ImageFailure(
                    "The image store " + bucket.settings() + " belongs to another server",
                    "its object '" + bucket.settings().prefix() + OWNER + "' names that one",
                    "Give this server a prefix of its own; if the other one is gone for good, remove that object");
        }
    }

    @Override
    public List<String> list(String folder) throws IOException {
        return reading.list(folder);
    }

    @Override
    public byte[] read(String name) throws IOException {
        return reading.read(name);
    }

    @Override
    public void write(String name, byte[] content) throws IOException {
        bucket.put(name, content);
    }

    @Override
    public void delete(String name) throws IOException {
        bucket.delete(name);
        reading.sizes().remove(name);
        reading.readAhead().forget(name);
    }

    @Override
    public Pack create(String name) throws IOException {
        Path file = spool.directory().resolve(name);
        Files.deleteIfExists(file); // of an upload that failed
        return S3Pack.spooled(name, bucket, reading.readAhead(), spool.create(name), file);
    }

    @Override
    public Pack open(String name) {
        return reading.open(name);
    }

    @Override
    public long packSize() {
        return 64L << 20;
    }

    @Override
    public String roomCure() {
        return "Check that the S3 server runs and has room, and that this server's disk has some for its spool";
    }

    @Override
    public void close() throws IOException {
        try (spool) {
            bucket.close();
        }
    }

    @Override
    public String toString() {
        return reading.toString();
    }
}
