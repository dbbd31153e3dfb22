package firstlight.image.disk;

import static firstlight.image.disk.NativeFiles.call;
import static firstlight.image.disk.NativeFiles.must;
import static firstlight.image.disk.NativeFiles.text;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The names of a file's extended attributes on XFS, however many: listxattr(2) gives up beyond 64 KiB, the calls that xfsdump has
 * list on from a cursor (xfs_fs.h: XFS_IOC_PATH_TO_HANDLE, XFS_IOC_ATTRLIST_BY_HANDLE).
 */
final class XfsAttributeNames {
    private static final long PATH_TO_HANDLE = 0xC038_5869L;
    private static final long LIST_BY_HANDLE = 0x4058_587AL;
    private static final int HANDLE_REQUEST = 56;
    private static final int LIST_REQUEST = 88;
    private static final int HANDLE = 64;
    private static final int LARGEST_LIST = 1 << 16;

    /** XFS_IOC_ATTR_ROOT, XFS_IOC_ATTR_SECURE. */
    private static final int TRUSTED = 0x2;

    private static final int SECURE = 0x8;

    private XfsAttributeNames() {}

    /**
     * As listxattr(2) would list them.
     *
     * @param folder a descriptor on the same file system
     * @param path to the file; a link is not followed
     * @throws IOException also where the file system is none of XFS
     */
    static List<String> of(int folder, byte[] path, byte[] name) throws IOException {
        List<String> names = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(LIST_REQUEST, 8);
            handle(request, folder, path, name, arena);
            MemorySegment list = arena.allocate(LARGEST_LIST, 8);
            request.set(ValueLayout.JAVA_INT, 76, LARGEST_LIST);
            request.set(ValueLayout.ADDRESS, 80, list);
            list(request, list, 0, "user.", folder, name, names);
            list(request, list, SECURE, "security.", folder, name, names);
            list(request, list, TRUSTED, "trusted.", folder, name, names);
        }
        return names;
    }

    /** Turns {@code request} into one for the file at {@code path}. */
    private static void handle(MemorySegment request, int folder, byte[] path, byte[] name, Arena arena)
            throws IOException {
        MemorySegment handle = arena.allocate(HANDLE, 8);
        MemorySegment length = arena.allocate(ValueLayout.JAVA_INT);
        MemorySegment asked = request.asSlice(0, HANDLE_REQUEST);
        asked.set(ValueLayout.ADDRESS, 8, text(arena, path));
        asked.set(ValueLayout.ADDRESS, 40, handle);
        asked.set(ValueLayout.ADDRESS, 48, length);
        must("list the many attributes of", name, call((state, inner) ->
                (int) NativeFiles.FLAGS.invokeExact(state, folder, PATH_TO_HANDLE, asked)));
        request.set(ValueLayout.ADDRESS, 24, handle);
        request.set(ValueLayout.JAVA_INT, 32, length.get(ValueLayout.JAVA_INT, 0));
    }

    private static void list(
            MemorySegment request,
            MemorySegment list,
            int space,
            String prefix,
            int folder,
            byte[] name,
            List<String> names)
            throws IOException {
        request.asSlice(HANDLE_REQUEST, 16).fill((byte) 0); // the cursor, at the start
        request.set(ValueLayout.JAVA_INT, 72, space);
        boolean more = true;
        while (more) {
            must("list the many attributes of", name, call((state, inner) ->
                    (int) NativeFiles.FLAGS.invokeExact(state, folder, LIST_BY_HANDLE, request)));
            int count = list.get(ValueLayout.JAVA_INT, 0);
            more = list.get(ValueLayout.JAVA_INT, 4) != 0;
            for (int i = 0; i < count; i++) {
                long at = list.get(ValueLayout.JAVA_INT, 8 + 4L * i) + 4L; // behind the value's length
                names.add(word(prefix + list.getString(at, StandardCharsets.ISO_8859_1)));
            }
        }
    }

    /** Access lists have a name of their own for everybody else. */
    private static String word(String name) {
        return switch (name) {
            case "trusted.SGI_ACL_FILE" -> "system.posix_acl_access";
            case "trusted.SGI_ACL_DEFAULT" -> "system.posix_acl_default";
            default -> name;
        };
    }
}
