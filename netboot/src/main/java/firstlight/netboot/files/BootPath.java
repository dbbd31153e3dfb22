package firstlight.netboot.files;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A clean name in the namespace: {@code /} between its parts, none of them empty, {@code .} or {@code ..}. */
public record BootPath(List<String> parts) {
    /** ROMs that take option 67 without its NUL send whatever followed the name, often the option end 255. */
    private static final char OPTION_END = 0xFF;

    private static final int LONGEST_SHOWN = 200;

    public BootPath {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a boot path has at least one part");
        }
    }

    /**
     * Reads a name as clients write it: Windows loaders write backslashes, loaders put directories together with double
     * slashes, and configurations name files from {@code ./} on. Empty when the name can mean nothing inside the root.
     *
     * @param name one char an octet (ISO 8859-1), as it came
     */
    public static Optional<BootPath> parse(String name) {
        int end = name.indexOf(OPTION_END);
        String cut =
                utf8(end < 0 ? name : name.substring(0, end)).stripTrailing().replace('\\', '/');
        List<String> parts = new ArrayList<>();
        for (String part : cut.split("/", -1)) {
            if (part.isEmpty() || part.equals(".")) {
                continue;
            }
            if (part.equals("..") || part.indexOf(':') >= 0 || hasControl(part)) {
                return Optional.empty();
            }
            parts.add(part);
        }
        return parts.isEmpty() || cut.endsWith("/") ? Optional.empty() : Optional.of(new BootPath(parts));
    }

    /** TFTP says nothing of characters beyond ASCII (RFC 1350 4): octets that are UTF-8 are taken for it, else for ISO 8859-1. */
    private static String utf8(String name) {
        if (name.chars().noneMatch(c -> c >= 0x80) || name.chars().anyMatch(c -> c > 0xFF)) {
            return name;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(name.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            return name;
        }
    }

    /** A name as it came, for one line of a log: a stranger's line ends, and kilobytes, stay out of it. */
    public static String shown(String name) {
        String cut = name.length() <= LONGEST_SHOWN ? name : name.substring(0, LONGEST_SHOWN) + "...";
        return hasControl(cut) ? cut.replaceAll("\\p{Cntrl}", "?") : cut;
    }

    private static boolean hasControl(String part) {
        return part.chars().anyMatch(c -> c < 0x20 || c == 0x7F);
    }

    /** The last part. */
    public String fileName() {
        return parts.getLast();
    }

    @Override
    public String toString() {
        return String.join("/", parts);
    }
}
