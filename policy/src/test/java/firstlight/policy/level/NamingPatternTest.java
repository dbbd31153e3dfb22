package firstlight.policy.level;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.FactName;
import firstlight.model.Facts;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamingPatternTest {
    private static final Facts PC = Facts.ofKeys(Map.of(
            "mac", List.of("52:54:00:12:34:56"),
            "serial", List.of("/7CJR322/CN 1"),
            "asset-tag", List.of("INV-0001")));

    @ParameterizedTest
    @CsvSource({
        "room12-pc{number:02}, room12-pc01",
        "room12-pc{number}, room12-pc1",
        "{serial}, 7CJR322CN1",
        "{serial:4}, 2CN1",
        "pc-{mac}, pc-525400123456",
        "pc-{mac:6}, pc-123456",
        "{asset-tag}, INV0001",
        "a{asset-tag:4}-{number:3}, a0001-001",
    })
    void aPatternNamesADevice(String pattern, String name) {
        assertThat(new NamingPattern(pattern).name(PC, _ -> false)).contains(name);
    }

    @Test
    void numbersThatAreTakenArePassedOver() {
        NamingPattern pattern = new NamingPattern("pc{number:02}");

        assertThat(pattern.name(PC, Set.of("pc01", "pc02", "pc04")::contains)).contains("pc03");
    }

    @Test
    void ofManyNoneLooksAgainAtTheNumbersOfThoseBeforeIt() {
        NamingPattern pattern = new NamingPattern("a{asset-tag:4}-pc{number:02}");
        Map<String, Integer> counted = new HashMap<>();
        Set<String> given = new HashSet<>(Set.of("a0001-pc02"));
        AtomicInteger looks = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            pattern.name(
                            PC,
                            name -> {
                                looks.incrementAndGet();
                                return given.contains(name);
                            },
                            counted)
                    .ifPresent(given::add);
        }

        assertThat(given).hasSize(101).contains("a0001-pc01", "a0001-pc101");
        assertThat(looks).hasValue(101);
        assertThat(pattern.name(PC.with(FactName.ASSET_TAG, "0002"), given::contains, counted))
                .contains("a0002-pc01");
    }

    @Test
    void whatIsTakenOrUnknownOrNoNameIsLeftToAnotherWayOfNaming() {
        assertThat(new NamingPattern("pc-{mac:6}").name(PC, Set.of("pc-123456")::contains))
                .isEqualTo(Optional.empty());
        assertThat(new NamingPattern("{serial}").name(Facts.NONE, _ -> false)).isEmpty();
        assertThat(new NamingPattern("{mac}").name(PC, _ -> false))
                .as("Windows refuses names of digits alone")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            room12        | all devices would be named alike; put {number}, {mac}, {serial} or {asset-tag} into it
            pc{count}     | there is no field {count}; the fields are {number}, {mac}, {serial}, {asset-tag}
            pc_{number}   | a computer name has letters, digits and hyphens only, not 'pc_'
            pc{number     | a field is written as {number:02}, {mac:6}, {serial} or {asset-tag}
            pc{number:0}  | the width in {number:0} must be 1 to 32
            pc{number:}   | the width in {number:} must be 1 to 32
            """)
    void aPatternThatCannotNameEachDeviceIsRefused(String pattern, String why) {
        assertThatThrownBy(() -> new NamingPattern(pattern)).hasMessage("naming '" + pattern + "': " + why);
    }
}
