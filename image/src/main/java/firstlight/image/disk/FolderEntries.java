package firstlight.image.disk;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** What getdents64(2) fills in, a part of a folder at a time: the kernel's struct linux_dirent64, one behind the other. */
public final class FolderEntries {
    /** Octets for a part of a folder. */
    private static final int ROOM = 1 << 16;

    private static final int LENGTH = 16; // behind the inode and the offset of the next
    private static final int NAME = 19; // behind the kind

    private final MemorySegment octets;

    public FolderEntries(Arena arena) {
        this.octets = arena.allocate(ROOM, 8);
    }

    /** For the call. */
    public MemorySegment octets() {
        return octets;
    }

    /**
     * Without {@code .} and {@code ..}.
     *
     * @param filled what the call returned; 0 is the folder's end
     */
    public List<byte[]> names(long filled) {
        List<byte[]> names = new ArrayList<>();
        for (long at = 0; at < filled; at += Short.toUnsignedInt(octets.get(ValueLayout.JAVA_SHORT, at + LENGTH))) {
            int end = 0;
            while (octets.get(ValueLayout.JAVA_BYTE, at + NAME + end) != 0) {
                end++;
            }
            byte[] name = octets.asSlice(at + NAME, end).toArray(ValueLayout.JAVA_BYTE);
            boolean dots = name[0] == '.' && (end == 1 || (end == 2 && name[1] == '.'));
            if (!dots) {
                names.add(name);
            }
        }
        return names;
    }
}
