package firstlight.netboot.preboot;

import firstlight.model.PrebootAnswer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** Makes text harmless for the place where it is going to stand. Names and reasons can hold what a peer once said. */
final class Escape {
    private Escape() {}

    /** Printable ASCII on one line: serial consoles, BIOS fonts and old parsers know nothing else. */
    static String line(String text) {
        StringBuilder plain = new StringBuilder();
        text.codePoints().forEach(c -> plain.append(c >= 0x20 && c < 0x7F ? (char) c : '?'));
        return plain.toString().strip();
    }

    /**
     * Text in an iPXE script. Its parser expands settings before it splits words, again and again until none is left, and
     * has no quotes: so an opening brace after a dollar, the operators and a comment's start cannot be escaped, only avoided; nor can a backslash
     * at a line's end, which joins it with the next.
     */
    static String ipxe(String text) {
        return line(text)
                .replace("${", "$(")
                .replaceAll("(?<=^|\\s)(\\|\\||&&|;)(?=\\s|$)", "-")
                .replaceAll("(?<=^|\\s)#", "-#")
                .replaceAll("\\\\+$", "/");
    }

    /**
     * The transaction and its reasons, as the comments with which scripts and configuration files begin.
     *
     * @param line makes a reason harmless there
     */
    static String comments(PrebootAnswer answer, UnaryOperator<String> line) {
        StringBuilder comments = new StringBuilder("# transaction " + answer.transaction() + "\n");
        answer.reasons()
                .forEach(reason ->
                        comments.append("# ").append(line.apply(reason)).append('\n'));
        return comments.toString();
    }

    /** A word within GRUB's single quotes, where nothing but the quote itself means anything. */
    static String grub(String text) {
        return "'" + line(text).replace("'", "'\\''") + "'";
    }

    /** Text behind a keyword of a syslinux configuration, which goes to the end of the line; {@code ^} would mark a key. */
    static String syslinux(String text) {
        return line(text).replace("^", "");
    }

    /** The path of a URL (RFC 3986 pchar), its slashes kept. */
    static String path(String name) {
        StringBuilder path = new StringBuilder();
        for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xFF);
            boolean letterOrDigit = c < 0x80 && Character.isLetterOrDigit(c);
            boolean plain = letterOrDigit || "/-._~+,=@".indexOf(c) >= 0;
            path.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
        }
        return path.toString();
    }
}
