package firstlight.lab;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Octets of a serial console -> lines. OVMF and GRUB repaint with escape sequences, which are taken out; a prompt ends no line,
 * so text that has not grown for {@value #QUIET_LOOKS} looks is handed out as a line as well, once.
 */
final class ConsoleText {
    /** {@link FileTail} looks every 40 ms: some 160 ms without an octet. */
    static final int QUIET_LOOKS = 4;
    /** ANSI's: colours and cursor (CSI), character sets, single letters, a terminal's title (OSC). */
    private static final Pattern ESCAPE =
            Pattern.compile("\u001B(\\[[0-9;?=]*[A-Za-z]|[()][A-Za-z0-9]|[=>78cM]|\\][^\u0007]*\u0007)");

    /** What came since the last end of a line. A prompt that was handed out stays: with the rest of its line it is handed out again. */
    private final StringBuilder pending = new StringBuilder();

    private final CharsetDecoder utf8 = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    /** The octets of a character whose others come with the next look. */
    private byte[] half = new byte[0];

    private int quiet;

    /**
     * @param octets what is new; empty says that a look found nothing
     * @return whole lines without blanks at their end; blank ones are left out
     */
    List<String> feed(byte[] octets) {
        List<String> lines = new ArrayList<>();
        if (octets.length == 0) {
            if (++quiet == QUIET_LOOKS) {
                keep(lines, pending.toString());
            }
            return lines;
        }
        quiet = 0;
        pending.append(decoded(octets));
        int end;
        while ((end = pending.indexOf("\n")) >= 0) {
            keep(lines, pending.substring(0, end));
            pending.delete(0, end + 1);
        }
        return lines;
    }

    private CharBuffer decoded(byte[] octets) {
        ByteBuffer all = ByteBuffer.allocate(half.length + octets.length)
                .put(half)
                .put(octets)
                .flip();
        CharBuffer text = CharBuffer.allocate(all.remaining()); // no octet becomes two characters
        CoderResult _ = utf8.decode(all, text, false);
        half = new byte[all.remaining()];
        all.get(half);
        return text.flip();
    }

    private static void keep(List<String> lines, String raw) {
        String text = ESCAPE.matcher(raw).replaceAll("").replace("\r", "").stripTrailing();
        if (!text.isBlank()) {
            lines.add(text);
        }
    }
}
