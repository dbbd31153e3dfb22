package firstlight.image.tree;

import firstlight.image.ImageFailure;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The kernel's names are octets; ours are text. */
final class Utf8 {
    private Utf8() {}

    /** The string that ends with a zero. */
    static String of(MemorySegment from, long offset, String folder) throws ImageFailure {
        long end = offset;
        while (from.get(ValueLayout.JAVA_BYTE, end) != 0) {
            end++;
        }
        byte[] octets = from.asSlice(offset, end - offset).toArray(ValueLayout.JAVA_BYTE);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets))
                    .toString();
        } catch (CharacterCodingException other) {
            throw new ImageFailure(
                    "A file's name in '" + (folder.isEmpty() ? "/" : folder) + "' is no UTF-8",
                    "it reads as '" + new String(octets, StandardCharsets.ISO_8859_1) + "' in Latin-1",
                    "Rename it, or leave it out");
        }
    }
}
