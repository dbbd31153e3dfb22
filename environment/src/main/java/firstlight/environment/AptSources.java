package firstlight.environment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The machine's own Debian archives, as deb822 stanzas of a private apt: the suites of the running release, with
 * non-free-firmware beside main. Other people's archives are left out; the machine's configuration is only read.
 */
final class AptSources {
    /** A line of sources.list(5): options in brackets, URI, suite, components. */
    private static final Pattern ONE_LINE = Pattern.compile("^deb\\s+(?:\\[(.*?)]\\s+)?(\\S+)\\s+(\\S+)\\s+(.+)$");

    private static final String SUITES_WITHOUT_RELEASE = "stable|oldstable|testing|unstable|sid";

    private AptSources() {}

    /**
     * The stanzas for the machine whose configuration is in {@code etc}: its octets as Latin-1, to be written so.
     *
     * @param firmware whether non-free-firmware is asked for; an archive without it fails apt's update
     */
    static String ofMachine(Path etc, boolean firmware) throws IOException {
        String codename = codename(Files.readString(etc.resolve("os-release")));
        List<String> stanzas = new ArrayList<>();
        for (Path file : files(etc.resolve("apt"))) {
            // Any octets: a comment in anybody's file need not be UTF-8.
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            stanzas.addAll(file.toString().endsWith(".sources") ? deb822(text) : oneLine(text));
        }
        return stanzas.stream()
                .map(stanza -> kept(stanza, codename, firmware))
                .filter(stanza -> !stanza.isEmpty())
                .collect(Collectors.joining("\n"));
    }

    /** {@code sid} where os-release names none. */
    static String codename(String osRelease) {
        return osRelease
                .lines()
                .filter(line -> line.startsWith("VERSION_CODENAME="))
                .map(line -> line.substring(line.indexOf('=') + 1).replace("\"", ""))
                .findFirst()
                .orElse("sid");
    }

    private static List<Path> files(Path apt) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isRegularFile(apt.resolve("sources.list"))) {
            files.add(apt.resolve("sources.list"));
        }
        if (Files.isDirectory(apt.resolve("sources.list.d"))) {
            try (Stream<Path> parts = Files.list(apt.resolve("sources.list.d"))) {
                parts.filter(part -> part.toString().matches(".*\\.(list|sources)"))
                        .sorted()
                        .forEach(files::add);
            }
        }
        return files;
    }

    private static List<String> deb822(String text) {
        String uncommented = text.lines().filter(line -> !line.startsWith("#")).collect(Collectors.joining("\n"));
        return Stream.of(uncommented.split("\n\\s*\n", -1))
                .map(String::strip)
                .filter(stanza -> !stanza.isEmpty())
                .toList();
    }

    private static List<String> oneLine(String text) {
        List<String> stanzas = new ArrayList<>();
        for (String line : text.lines().toList()) {
            Matcher entry = ONE_LINE.matcher(line.strip());
            if (!entry.matches()) {
                continue;
            }
            StringBuilder stanza = new StringBuilder("Types: deb\nURIs: " + entry.group(2) + "\nSuites: "
                    + entry.group(3) + "\nComponents: " + entry.group(4));
            if (entry.group(1) != null) {
                for (String option : entry.group(1).strip().split("\\s+", -1)) {
                    int equals = option.indexOf('=');
                    if (equals > 0) {
                        stanza.append('\n')
                                .append(field(option.substring(0, equals)))
                                .append(": ");
                        stanza.append(option.substring(equals + 1).replace(',', ' '));
                    }
                }
            }
            stanzas.add(stanza.toString());
        }
        return stanzas;
    }

    /** The deb822 name of an option in brackets. */
    private static String field(String option) {
        return switch (option) {
            case "arch" -> "Architectures";
            case "signed-by" -> "Signed-By";
            case "trusted" -> "Trusted";
            default -> option;
        };
    }

    /** {@code stanza} with the components that we use; empty when it is another release's or somebody else's archive. */
    private static String kept(String stanza, String codename, boolean firmware) {
        String suites = value(stanza, "Suites");
        boolean ours = Stream.of(suites.split("\\s+", -1))
                .allMatch(suite ->
                        (suite + "-").matches("(" + Pattern.quote(codename) + "|" + SUITES_WITHOUT_RELEASE + ")-.*"));
        boolean main = List.of(value(stanza, "Components").split("\\s+", -1)).contains("main");
        boolean off = value(stanza, "Enabled").toLowerCase(Locale.ROOT).equals("no");
        if (!ours || !main || off || !value(stanza, "Types").matches(".*\\bdeb\\b(?!-).*")) {
            return "";
        }
        String others = fields(stanza)
                .filter(each -> !each.matches("(?is)(Types|Components):.*"))
                .collect(Collectors.joining("\n"));
        return "Types: deb\nComponents: main" + (firmware ? " non-free-firmware" : "") + "\n" + others + "\n";
    }

    /** A field goes on in lines that begin with a blank; such as of a key, which must stay as they are. */
    private static Stream<String> fields(String stanza) {
        return Stream.of(stanza.split("\n(?![ \t])", -1));
    }

    private static String value(String stanza, String field) {
        return fields(stanza)
                .filter(each -> each.regionMatches(true, 0, field + ":", 0, field.length() + 1))
                .map(each ->
                        each.substring(field.length() + 1).replace('\n', ' ').strip())
                .findFirst()
                .orElse("");
    }
}
