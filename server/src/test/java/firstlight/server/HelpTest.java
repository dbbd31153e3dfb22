package firstlight.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import firstlight.database.Topic;
import firstlight.policy.access.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What every command's {@code --help} tells. */
class HelpTest {
    private static final Path ROOT = Path.of("..");

    /** Commands of the launcher and of the lab, which is no part of this room. */
    private static final Set<String> ELSEWHERE = Set.of("test", "format", "demo", "lab", "bench");

    /** A line to copy, and no pattern such as {@code [--data DIR]} or {@code tftp|http}. */
    private static final Pattern COMMAND_LINE = Pattern.compile(" {4}(\\./)?firstlight [a-z][^|\\[]*");

    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");

    /** An option that a page names by itself, as in {@code `--force`}. */
    private static final Pattern NAMED_OPTION = Pattern.compile("`(--[a-z][a-z-]*)[^`]*`");

    /** Of the launcher, and {@code img}'s at the prompt in a PC. */
    private static final Set<String> OTHERS_OPTIONS = Set.of("--yes", "--erase", "--shell");

    /** The pages of those who run a server. */
    private static final List<String> OPERATORS = List.of(
            "README.md",
            "docs/access.md",
            "docs/api.md",
            "docs/configuration.md",
            "docs/images.md",
            "docs/manual.md",
            "docs/policy.md",
            "docs/running.md",
            "docs/sites.md",
            "docs/transaction-server.md");

    /** The year from which on work is to be done. */
    private static final Pattern NOT_BEFORE =
            Pattern.compile("(?:--at |\"at\": \"|Not before this time: )(\\d{4})-\\d\\d-\\d\\d");

    private final CommandLine root = Main.commandLine();

    private static Stream<CommandLine> below(CommandLine line) {
        return line.getSubcommands().values().stream()
                .flatMap(command -> Stream.concat(Stream.of(command), below(command)));
    }

    private static List<String> examples(CommandLine line) {
        return Arrays.stream(line.getCommandSpec().usageMessage().footer())
                .filter(text -> text.startsWith("  firstlight "))
                .toList();
    }

    private static boolean isBlank(String... texts) {
        return Arrays.stream(texts).allMatch(String::isBlank);
    }

    @Test
    void everyCommandOptionAndParameterIsDescribed() {
        List<String> silent = new ArrayList<>();
        below(root).map(CommandLine::getCommandSpec).forEach(command -> {
            if (isBlank(command.usageMessage().description())) {
                silent.add(command.qualifiedName());
            }
            for (OptionSpec option : command.options()) {
                if (!option.hidden() && isBlank(option.description())) {
                    silent.add(command.qualifiedName() + " " + option.longestName());
                }
            }
            for (PositionalParamSpec parameter : command.positionalParameters()) {
                if (isBlank(parameter.description())) {
                    silent.add(command.qualifiedName() + " " + parameter.paramLabel());
                }
            }
        });
        assertThat(silent).isEmpty();
    }

    @Test
    void everyCommandHasAnExample() {
        List<String> without = below(root)
                .filter(command -> examples(command).isEmpty())
                .map(CommandLine::getCommandSpec)
                .map(CommandSpec::qualifiedName)
                .toList();
        assertThat(without).isEmpty();
    }

    @Test
    void everyExampleIsACommandLineThatIsUnderstood() {
        List<String> all = Stream.concat(Stream.of(root), below(root))
                .flatMap(command -> examples(command).stream())
                .distinct()
                .toList();
        assertThat(all).hasSizeGreaterThan(50);
        all.forEach(example -> isUnderstood(words(example), example));
    }

    @Test
    void everyCommandLineOfTheDocumentsIsUnderstood() throws IOException {
        int lines = 0;
        for (Path page : pages()) {
            for (String shown : Files.readAllLines(page)) {
                if (!COMMAND_LINE.matcher(shown).matches()) {
                    continue;
                }
                for (String line : withoutRemark(shown).split("; ", -1)) {
                    List<String> words = words(line.replaceFirst("^\\./", ""));
                    if (!ELSEWHERE.contains(words.get(1))) {
                        isUnderstood(words, page + ": " + line);
                        lines++;
                    }
                }
            }
        }
        assertThat(lines).isGreaterThan(30);
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(Stream.of(ROOT.resolve("README.md")), docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList();
        }
    }

    /** Two blanks begin one. */
    private static String withoutRemark(String line) {
        return line.strip().split(" {2,}", 2)[0];
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        // '>' sends the output elsewhere.
        Matcher matcher = WORD.matcher(withoutRemark(line).split(" > ", 2)[0]);
        while (matcher.find()) {
            words.add(matcher.group().replaceAll("^['\"]|['\"]$", ""));
        }
        return words;
    }

    private void isUnderstood(List<String> words, String line) {
        assertThatCode(() -> root.parseArgs(words.stream().skip(1).toArray(String[]::new)))
                .as(line)
                .doesNotThrowAnyException();
    }

    @Test
    void aCommandsHelpShowsTheExamplesThatItsGroupHasOfIt() {
        String help = below(root)
                .filter(command -> command.getCommandSpec().qualifiedName().equals("firstlight work join"))
                .map(CommandLine::getUsageMessage)
                .findFirst()
                .orElseThrow();
        assertThat(help).contains("For example:", "firstlight work join \"group:Room 12\" monday");
        assertThat(help).doesNotContain("work wipe");
    }

    @Test
    void everyOptionThatAPageNamesIsOneOfACommand() throws IOException {
        Set<String> known = below(root)
                .flatMap(command -> command.getCommandSpec().optionsMap().keySet().stream())
                .collect(Collectors.toSet());
        known.addAll(OTHERS_OPTIONS);
        List<String> unknown = new ArrayList<>();
        for (String page : OPERATORS) {
            NAMED_OPTION
                    .matcher(Files.readString(ROOT.resolve(page)))
                    .results()
                    .filter(found -> !known.contains(found.group(1)))
                    .forEach(found -> unknown.add(page + ": " + found.group()));
        }
        assertThat(unknown).isEmpty();
    }

    /** Copied after that time, such a line would have PCs restored at once: whole rooms in class. */
    @Test
    void noExampleOfWorkHasATimeThatPasses() throws IOException {
        List<String> texts = new ArrayList<>();
        for (Path page : pages()) {
            texts.add(Files.readString(page));
        }
        below(root).map(CommandLine::getUsageMessage).forEach(texts::add);
        List<Integer> years = texts.stream()
                .flatMap(text -> NOT_BEFORE.matcher(text).results())
                .map(found -> Integer.parseInt(found.group(1)))
                .toList();
        assertThat(years).hasSizeGreaterThan(2).allMatch(year -> year >= 2099);
    }

    @Test
    void noHelpShowsHowAnOptionIsTakenApart() {
        assertThat(below(root).map(CommandLine::getUsageMessage)).noneMatch(help -> help.contains(" *, *"));
    }

    @Test
    void theHelpOfUsersNamesEveryRole() {
        for (String command : List.of("firstlight user", "firstlight user add", "firstlight user role")) {
            String help = below(root)
                    .filter(each -> each.getCommandSpec().qualifiedName().equals(command))
                    .map(each -> each.getUsageMessage().split("For example", 2)[0])
                    .findFirst()
                    .orElseThrow();
            for (Role role : Role.values()) {
                assertThat(help).as(command).contains(role.name().toLowerCase(Locale.ROOT));
            }
        }
    }

    @Test
    void thePageOfTheEventStreamNamesItsTopics() throws IOException {
        Matcher topics = Pattern.compile("what is to be read again \\(([a-z, ]+)\\)")
                .matcher(Files.readString(ROOT.resolve("docs/api.md")));
        assertThat(topics.find()).isTrue();
        assertThat(topics.group(1).split(", "))
                .containsExactlyInAnyOrder(Arrays.stream(Topic.values())
                        .map(topic -> topic.name().toLowerCase(Locale.ROOT))
                        .toArray(String[]::new));
    }

    /** systemd would start it every five seconds for ever. */
    @Test
    void theUnitForSystemdStartsAServerThatHasNoConfigurationFile() throws IOException {
        String start = Files.readAllLines(ROOT.resolve("docs/examples/firstlight.service")).stream()
                .filter(line -> line.startsWith("ExecStart="))
                .findFirst()
                .orElseThrow();
        isUnderstood(words(start.replaceFirst(".*/firstlight ", "firstlight ")), start);
        assertThat(start).doesNotContain("--config");
    }
}
