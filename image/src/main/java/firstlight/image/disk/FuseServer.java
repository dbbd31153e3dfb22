package firstlight.image.disk;

import firstlight.image.Disk;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers the kernel for one FUSE mount of one file, until it is unmounted. */
final class FuseServer implements AutoCloseable {
    private static final int THREADS = 3;

    private final int descriptor;
    private final List<Thread> threads = new ArrayList<>();

    /**
     * @param descriptor of {@code /dev/fuse}, mounted; closed with this
     * @param disk is not closed with this
     */
    FuseServer(int descriptor, Disk disk) {
        this.descriptor = descriptor;
        FuseTalk talk = new FuseTalk(disk);
        for (int i = 0; i < THREADS; i++) {
            // Platform threads: they wait in the kernel.
            threads.add(Thread.ofPlatform().daemon().name("fuse-" + i).start(() -> serve(talk)));
        }
    }

    private void serve(FuseTalk talk) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(FuseTalk.BUFFER, 8);
            while (true) {
                long count = Native.read(descriptor, buffer);
                if (count < 0) {
                    if (count == -Errno.EINTR || count == -Errno.ENOENT || count == -Errno.EAGAIN) {
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

    /** Only after the unmount: it is what ends the threads. */
    @Override
    public void close() {
        try {
            for (Thread thread : threads) {
                thread.join(10_000);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        Native.close(descriptor);
    }
}
