package firstlight.image.windows;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The computer's name in an answer file of Windows Setup ({@code unattend.xml}): a Windows that was generalized takes it from there. */
public final class AnswerFile {
    /** In place of a name: Windows draws one. */
    public static final String ANY = "*";

    /** Matches comments too, and first: Setup does not read a name that stands in one. */
    private static final Pattern NAME = Pattern.compile(
            "<!--.*?-->|<ComputerName\\s*/>|(<ComputerName\\s*>)[^<]*</ComputerName\\s*>", Pattern.DOTALL);

    /** What is in a comment, or in a pass that Setup has been through, as it notes in the copy that it keeps. */
    private static final Pattern UNREAD = Pattern.compile(
            "<!--.*?-->|<settings\\b[^>]*\\bwasPassProcessed\\s*=\\s*[\"']true[\"'][^>]*>.*?</settings\\s*>",
            Pattern.DOTALL);

    private AnswerFile() {}

    /** Whether Setup takes a name from there yet. */
    public static boolean isToName(byte[] file) {
        return NAME.matcher(UNREAD.matcher(new String(file, charset(file))).replaceAll(""))
                .find();
    }

    /** Whether it is one of {@link #of}, of whatever name. */
    public static boolean isOwn(byte[] file) {
        return named(file, ANY).filter(any -> Arrays.equals(any, of(ANY))).isPresent();
    }

    /** The file with {@code name} in it; empty where it has no place for one. */
    public static Optional<byte[]> named(byte[] file, String name) {
        Charset charset = charset(file);
        Matcher found = NAME.matcher(new String(file, charset));
        StringBuilder text = new StringBuilder();
        boolean any = false;
        while (found.find()) {
            boolean comment = found.group().startsWith("<!--");
            any |= !comment;
            String element = comment ? found.group() : "<ComputerName>" + name + "</ComputerName>";
            found.appendReplacement(text, Matcher.quoteReplacement(element));
        }
        found.appendTail(text);
        return any ? Optional.of(text.toString().getBytes(charset)) : Optional.empty();
    }

    /** One that says nothing but the name, for whichever processor. */
    public static byte[] of(String name) {
        StringBuilder components = new StringBuilder();
        for (String processor : List.of("amd64", "arm64", "x86")) {
            components.append("""
                        <component name="Microsoft-Windows-Shell-Setup" processorArchitecture="%s" publicKeyToken="31bf3856ad364e35"\
                     language="neutral" versionScope="nonSxS">
                          <ComputerName>%s</ComputerName>
                        </component>
                    """.formatted(processor, name));
        }
        return """
                <?xml version="1.0" encoding="utf-8"?>
                <unattend xmlns="urn:schemas-microsoft-com:unattend">
                  <settings pass="specialize">
                %s  </settings>
                </unattend>
                """.formatted(components).getBytes(StandardCharsets.UTF_8);
    }

    /** One octet a character will do for UTF-8 as well: what is not the name stays as it is. */
    private static Charset charset(byte[] file) {
        if (file.length >= 2 && file[0] == (byte) 0xFF && file[1] == (byte) 0xFE) {
            return StandardCharsets.UTF_16LE;
        }
        if (file.length >= 2 && file[0] == (byte) 0xFE && file[1] == (byte) 0xFF) {
            return StandardCharsets.UTF_16BE;
        }
        return StandardCharsets.ISO_8859_1;
    }
}
