package firstlight.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LauncherTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern SETTING = Pattern.compile("-X[^ )]+");

    /** A benchmark is the engine without its PC: where Java works otherwise, it measures another engine. All but -Xms, of which a PC gives a share. */
    @Test
    void theBenchmarksRunWithTheEnginesSettingsOfJava() throws Exception {
        String engine = Files.readString(
                ROOT.resolve("environment/src/main/java/firstlight/environment/EnvironmentBuilder.java"));
        List<String> settings = Files.readAllLines(ROOT.resolve("firstlight")).stream()
                .filter(line -> line.startsWith("java_settings=") || line.contains("need \"the benchmarks\""))
                .flatMap(line -> SETTING.matcher(line).results())
                .map(MatchResult::group)
                .filter(setting -> !setting.startsWith("-Xms"))
                .toList();
        assertThat(settings)
                .hasSizeGreaterThanOrEqualTo(3)
                .allSatisfy(setting -> assertThat(engine).contains('"' + setting + '"'));
    }
}
