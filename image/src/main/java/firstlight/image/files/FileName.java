package firstlight.image.files;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Names of files as people read and write them: UTF-8, whatever this host's locale; octets that are none, and control
 * characters, as {@code \xNN}. A {@link Path} holds octets, but as text only in the locale's encoding; by way of a URI both
 * directions are exact.
 */
public final class FileName {
    private FileName() {}

    /** Of the last part of {@code path}. */
    public static String text(Path path) {
        byte[] octets = octets(path);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets))
                    .toString();
            if (text.chars().noneMatch(each -> Character.isISOControl(each) || each == '\\')) {
                return text;
            }
            octets = text.getBytes(StandardCharsets.UTF_8);
        } catch (CharacterCodingException notUtf8) {
            return escaped(octets, false);
        }
        return escaped(octets, true);
    }

    private static String escaped(byte[] octets, boolean utf8) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (byte octet : octets) {
            boolean plain = (octet >= ' ' && octet != 0x7F && octet != '\\') || (utf8 && octet < 0);
            text.writeBytes(
                    plain
                            ? new byte[] {octet}
                            : ("\\x" + HexFormat.of().toHexDigits(octet)).getBytes(StandardCharsets.US_ASCII));
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /** One part of a path, from what {@link #text} makes. */
    public static Path path(String text) {
        byte[] written = text.getBytes(StandardCharsets.UTF_8);
        StringBuilder uri = new StringBuilder("file:///");
        for (int i = 0; i < written.length; i++) {
            int octet = written[i] & 0xFF;
            if (octet == '\\' && text.indexOf("\\x") >= 0 && isEscape(written, i)) {
                octet = HexFormat.fromHexDigits(new String(written, i + 2, 2, StandardCharsets.US_ASCII));
                i += 3;
            }
            uri.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) octet));
        }
        return Objects.requireNonNull(Path.of(URI.create(uri.toString())).getFileName());
    }

    private static boolean isEscape(byte[] text, int at) {
        return at + 3 < text.length
                && text[at + 1] == 'x'
                && HexFormat.isHexDigit(text[at + 2])
                && HexFormat.isHexDigit(text[at + 3]);
    }

    /** Of the last part of {@code path}, as the file system has it. */
    static byte[] octets(Path path) {
        Path name = path.getFileName();
        // The path without a part would become the working directory.
        String raw =
                name == null || name.toString().isEmpty() ? "" : name.toUri().getRawPath();
        raw = raw.endsWith("/") ? raw.substring(0, raw.length() - 1) : raw;
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        for (int i = raw.lastIndexOf('/') + 1; i < raw.length(); i++) {
            if (raw.charAt(i) == '%') {
                octets.write(HexFormat.fromHexDigits(raw, i + 1, i + 3));
                i += 2;
            } else {
                octets.write(raw.charAt(i));
            }
        }
        return octets.toByteArray();
    }
}
