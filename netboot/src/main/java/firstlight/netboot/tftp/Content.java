package firstlight.netboot.tftp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The octets of a transfer in native memory, from where the kernel takes them. */
final class Content {
    final MemorySegment octets;
    private final Arena arena;

    /** Guarded by the {@link Contents} that made it. */
    int users;

    Content(MemorySegment octets, Arena arena) {
        this.octets = octets;
        this.arena = arena;
    }

    long size() {
        return octets.byteSize();
    }

    void free() {
        arena.close();
    }
}
