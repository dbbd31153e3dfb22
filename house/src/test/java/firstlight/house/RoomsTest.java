package firstlight.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds ARCHITECTURE.md, the poms and the code against each other. */
class RoomsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern LINE = Pattern.compile("^([a-z]+) {2,}.*may use: (.*)$");
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("firstlight");

    /** Room name to the rooms that its line in ARCHITECTURE.md names. */
    private static Map<String, Set<String>> rooms() throws IOException {
        Map<String, Set<String>> rooms = new LinkedHashMap<>();
        for (String line : Files.readAllLines(ROOT.resolve("ARCHITECTURE.md"))) {
            var matcher = LINE.matcher(line);
            if (matcher.matches()) {
                String uses = matcher.group(2).strip();
                rooms.put(
                        matcher.group(1), uses.equals("-") ? Set.of() : new TreeSet<>(Arrays.asList(uses.split(" "))));
            }
        }
        return rooms;
    }

    @Test
    void architectureNamesTheModulesOfTheBuildInTheirOrder() throws IOException {
        List<String> modules = new ArrayList<>();
        var matcher = Pattern.compile("<module>(.*?)</module>").matcher(Files.readString(ROOT.resolve("pom.xml")));
        while (matcher.find()) {
            modules.add(matcher.group(1));
        }
        assertThat(rooms().keySet()).containsExactlyElementsOf(modules);
    }

    @Test
    void aRoomUsesOnlyTheRoomsThatItsLineNames() throws IOException {
        Map<String, Set<String>> rooms = rooms();
        for (String room : rooms.keySet()) {
            if (room.equals("house")) {
                continue;
            }
            String[] forbidden = rooms.keySet().stream()
                    .filter(other -> !other.equals(room) && !rooms.get(room).contains(other))
                    .map(other -> "firstlight." + other + "..")
                    .toArray(String[]::new);
            ArchRuleDefinition.noClasses()
                    .that()
                    .resideInAPackage("firstlight." + room + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(forbidden)
                    .allowEmptyShould(true)
                    .because("ARCHITECTURE.md says what " + room + " may use")
                    .check(CLASSES);
        }
    }

    /** Circles between rooms are refused by Maven already. */
    @Test
    void noRoomHasPackagesThatUseEachOtherInACircle() throws IOException {
        for (String room : rooms().keySet()) {
            SlicesRuleDefinition.slices()
                    .matching("firstlight.(**)")
                    .should()
                    .beFreeOfCycles()
                    .allowEmptyShould(true)
                    .because("of a circle no package can be understood alone")
                    .check(CLASSES.that(JavaClass.Predicates.resideInAPackage("firstlight." + room + "..")));
        }
    }

    @Test
    void vocabularyCodecsAndDecisionsKnowNoClockSocketLogOrThread() {
        ArchRuleDefinition.noClasses()
                .that()
                .resideInAnyPackage("firstlight.model..", "firstlight.wire..", "firstlight.policy..")
                .should()
                .dependOnClassesThat(
                        new DescribedPredicate<JavaClass>("are sockets, channels, threads, clocks or loggers") {
                            @Override
                            public boolean test(JavaClass type) {
                                String name = type.getName();
                                return name.equals("java.lang.Thread")
                                        || name.equals("java.time.Clock")
                                        || name.startsWith("java.nio.channels")
                                        || name.startsWith("java.net.Datagram")
                                        || name.startsWith("java.net.Socket")
                                        || name.startsWith("java.net.ServerSocket")
                                        || name.startsWith("java.util.concurrent")
                                        || name.startsWith("org.slf4j")
                                        || name.startsWith("java.util.logging");
                            }
                        })
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .because("data goes one way and time is an argument")
                .check(CLASSES);
    }

    @Test
    void implementationsOfSealedInterfacesAreRecordsEnumsOrSealedThemselves() {
        for (JavaClass type : CLASSES) {
            Class<?> reflected = type.reflect();
            if (reflected.isInterface() && reflected.isSealed()) {
                for (Class<?> permitted : reflected.getPermittedSubclasses()) {
                    assertThat(permitted.isRecord() || permitted.isEnum() || permitted.isSealed())
                            .as("%s implements %s", permitted, reflected)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void namesSayWhatAThingIs() {
        List<String> vague = CLASSES.stream()
                .map(JavaClass::getSimpleName)
                .filter(name -> name.matches(".*(Manager|Helper|Utils?|Impl)|Abstract.*"))
                .toList();
        assertThat(vague).isEmpty();
    }

    @Test
    void everyDecisionStandsInTheIndex() throws IOException {
        Path decisions = ROOT.resolve("docs/adr");
        String index = Files.readString(decisions.resolve("README.md"));
        try (Stream<Path> pages = Files.list(decisions)) {
            assertThat(pages.map(page -> page.getFileName().toString())
                            .filter(name -> name.matches("[0-9]{4}-.*\\.md"))
                            .filter(name -> !index.contains("(" + name + ")")))
                    .isEmpty();
        }
    }

    @Test
    void noMainFileIsLongerThan400Lines() throws IOException {
        List<String> tooLong = new ArrayList<>();
        try (Stream<Path> files = Files.walk(ROOT)) {
            for (Path file : files.filter(path -> path.toString().contains("/src/main/java/")
                            && path.toString().endsWith(".java"))
                    .toList()) {
                try (Stream<String> lines = Files.lines(file)) {
                    long count = lines.count();
                    if (count > 400) {
                        tooLong.add(ROOT.relativize(file) + ": " + count);
                    }
                }
            }
        }
        assertThat(tooLong).isEmpty();
    }
}
