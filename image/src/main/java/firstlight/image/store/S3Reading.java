package firstlight.image.store;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Objects of a bucket that a server keeps, as they are now, for somebody who reads beside it: what would be written or deleted is not.
 *
 * @param sizes of objects that were listed
 */
record S3Reading(S3Bucket bucket, ReadAhead readAhead, Map<String, Long> sizes) implements Shelf {
    static S3Reading of(S3Settings settings) throws IOException {
        return of(S3Bucket.connect(settings));
    }

    static S3Reading of(S3Bucket bucket) {
        return new S3Reading(bucket, new ReadAhead(), new ConcurrentHashMap<>());
    }

    @Override
    public List<String> list(String folder) throws IOException {
        Map<String, Long> found = bucket.list(folder);
        sizes.putAll(found);
        return List.copyOf(found.keySet());
    }

    @Override
    public byte[] read(String name) throws IOException {
        return bucket.get(name);
    }

    @Override
    public void write(String name, byte[] content) {
        // the server does it
    }

    @Override
    public void delete(String name) {
        // the server does it
    }

    @Override
    public Pack create(String name) throws IOException {
        throw new IOException(this + " is open for reading only");
    }

    @Override
    public Pack open(String name) {
        return S3Pack.uploaded(name, bucket, readAhead, sizes.getOrDefault(name, 0L));
    }

    @Override
    public long packSize() {
        return 0;
    }

    @Override
    public String roomCure() {
        return "Nothing is written here";
    }

    @Override
    public void close() throws IOException {
        bucket.close();
    }

    @Override
    public String toString() {
        return bucket.settings().toString();
    }
}
