package firstlight.image.disk;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A disk that no kernel knows of, as a regular file that the kernel reads and writes through this process (FUSE, without a
 * library: one file needs few calls). Needs root. A loop device over it is what file systems' tools can work on.
 */
final class FuseFile implements AutoCloseable {
    private static final int THREADS = 3;

    private final Path path;
    private final int descriptor;
    private final List<Thread> threads = new ArrayList<>();

    private FuseFile(Path path, int descriptor) {
        this.path = path;
        this.descriptor = descriptor;
    }

    /** {@code disk} is not closed with the file. */
    static FuseFile present(Disk disk) throws IOException {
        int descriptor = Native.open("/dev/fuse", Native.O_RDWR);
        if (descriptor < 0) {
            throw failure("/dev/fuse", "errno " + -descriptor);
        }
        Path path = Files.createTempFile("firstlight-", ".disk");
        FuseFile file = new FuseFile(path, descriptor);
        String options = "fd=" + descriptor + ",rootmode=100600,user_id=0,group_id=0";
        int mounted = Native.mount("firstlight", path.toString(), "fuse", Native.MS_NOSUID_NODEV, options);
        if (mounted < 0) {
            Native.close(descriptor);
            Files.delete(path);
            throw failure(path.toString(), "errno " + -mounted);
        }
        FuseTalk talk = new FuseTalk(disk);
        for (int i = 0; i < THREADS; i++) {
            // Platform threads: they wait in the kernel.
            file.threads.add(Thread.ofPlatform().daemon().name("fuse-" + i).start(() -> file.serve(talk)));
        }
        return file;
    }

    private static ImageFailure failure(String what, String cause) {
        return new ImageFailure(
                "A disk cannot be presented to the kernel at " + what,
                cause,
                "Run as root on a kernel with FUSE (modprobe fuse)");
    }

    Path path() {
        return path;
    }

    private void serve(FuseTalk talk) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(FuseTalk.BUFFER, 8);
            while (true) {
                long count = Native.read(descriptor, buffer);
                if (count < 0) {
                    if (count == -Native.EINTR || count == -Native.ENOENT || count == -Native.EAGAIN) {
                        continue; // a request that was taken back
                    }
                    return; // ENODEV: unmounted
                }
                byte[] request = buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
                Optional<byte[]> answer = talk.answer(request);
                if (answer.isPresent()) {
                    byte[] octets = answer.get();
                    MemorySegment.copy(octets, 0, buffer, ValueLayout.JAVA_BYTE, 0, octets.length);
                    // ENOENT when who asked was interrupted meanwhile: nobody waits for it any more.
                    long ignored = Native.write(descriptor, buffer, octets.length);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        Native.unmount(path.toString(), Native.MNT_DETACH);
        try {
            for (Thread thread : threads) {
                thread.join(10_000);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        Native.close(descriptor);
        Files.deleteIfExists(path);
    }
}
