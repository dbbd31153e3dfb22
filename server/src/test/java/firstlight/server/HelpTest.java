package firstlight.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What every command's {@code --help} tells. */
class HelpTest {
    /** Its commands have examples of their own group only. */
    private static final Set<String> WITHOUT_EACH = Set.of("image");

    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");

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
                .filter(name -> WITHOUT_EACH.stream().noneMatch(group -> name.startsWith("firstlight " + group)))
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
        for (String example : all) {
            List<String> words = new ArrayList<>();
            // Two blanks begin a remark, '>' sends the output elsewhere.
            Matcher matcher = WORD.matcher(example.strip().split(" {2,}| > ", 2)[0]);
            while (matcher.find()) {
                words.add(matcher.group().replaceAll("^['\"]|['\"]$", ""));
            }
            assertThatCode(() ->
                            Main.commandLine().parseArgs(words.stream().skip(1).toArray(String[]::new)))
                    .as(example)
                    .doesNotThrowAnyException();
        }
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
}
