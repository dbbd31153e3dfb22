package firstlight.image.tree;

import firstlight.image.ImageFailure;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The kernel's names are octets; ours are text. */
final class Utf8 {
    private Utf8() {}

    static String of(byte[] octets, String folder) throws ImageFailure {
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
