package firstlight.policy.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import firstlight.model.FactName;
import firstlight.model.Facts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {
    private static final Facts PREBOOT = Facts.ofKeys(Map.of(
            "mac", List.of("18:66:da:00:00:01", "00:e0:4c:00:00:09"),
            "model", List.of("OptiPlex 7090"),
            "manufacturer", List.of("Dell Inc."),
            "firmware", List.of("uefi"),
            "subnet", List.of("10.1.5.0/24")));
    private static final Facts FULL = PREBOOT.mergedWith(Facts.ofKeys(Map.of(
            "memory-mib", List.of("8192"),
            "cpu-cores", List.of("8"),
            "disk", List.of("nvme0n1 256060514304 S3TWNX0K SAMSUNG MZ 256", "sda 500107862016 - ST500"),
            "secure-boot", List.of("off"))));

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            # condition                                                            | preboot | full
            always                                                                 | TRUE    | TRUE
            model = "optiplex 7090"                                                | TRUE    | TRUE
            model = OptiPlex                                                       | FALSE   | FALSE
            model != "OptiPlex 7090"                                               | FALSE   | FALSE
            model contains 'plex'                                                  | TRUE    | TRUE
            model starts with "Opti"                                               | TRUE    | TRUE
            model ENDS WITH "90"                                                   | TRUE    | TRUE
            model matches "opti.* 70[0-9]0"                                        | TRUE    | TRUE
            model matches "70[0-9]0"                                               | FALSE   | FALSE
            model in ("Latitude", "OptiPlex 7090")                                 | TRUE    | TRUE
            mac = 00-E0-4C-00-00-09                                                | TRUE    | TRUE
            mac != 00-e0-4c-00-00-09                                               | FALSE   | FALSE
            mac starts with 18:66                                                  | TRUE    | TRUE
            firmware = UEFI                                                        | TRUE    | TRUE
            firmware in (bios, uefi)                                               | TRUE    | TRUE
            subnet in 10.1.0.0/16                                                  | TRUE    | TRUE
            subnet in (192.168.0.0/16, 10.1.5.0/24)                                | TRUE    | TRUE
            subnet in 10.1.5.0/25                                                  | FALSE   | FALSE
            subnet = 10.1.5.0/24                                                   | TRUE    | TRUE
            memory >= 8 GiB                                                        | UNKNOWN | TRUE
            memory > 8GiB                                                          | UNKNOWN | FALSE
            memory < 8.5 GB                                                        | UNKNOWN | FALSE
            memory in (4 GiB, 8192 MiB)                                            | UNKNOWN | TRUE
            disk.size > 400 GB                                                     | UNKNOWN | TRUE
            disk.count = 2                                                         | UNKNOWN | TRUE
            disk.model contains "MZ 256"                                           | UNKNOWN | TRUE
            disk.serial = S3TWNX0K                                                 | UNKNOWN | TRUE
            disk.name starts with nvme                                             | UNKNOWN | TRUE
            gpu contains "10de"                                                    | UNKNOWN | FALSE
            not (gpu contains "10de")                                              | UNKNOWN | TRUE
            gpu != "10de:1b80"                                                     | UNKNOWN | TRUE
            gpu is known                                                           | UNKNOWN | FALSE
            not (gpu is known)                                                     | UNKNOWN | TRUE
            disk is known                                                          | error   | error
            serial is known                                                        | UNKNOWN | FALSE
            model contains "OptiPlex" and memory >= 8 GiB and not (subnet in 10.9.0.0/16) | UNKNOWN | TRUE
            model contains "Latitude" and memory >= 8 GiB                          | FALSE   | FALSE
            model contains "OptiPlex" or memory >= 16 GiB                          | TRUE    | TRUE
            serial in ("A1", "B2") or disk.size > 200 GB and firmware = uefi       | UNKNOWN | TRUE
            (serial = A1 or firmware = uefi) and cpu-cores > 4                     | UNKNOWN | TRUE
            """)
    void aConditionAsksForFacts(String text, String preboot, String full) throws InvalidCondition {
        if (preboot.equals("error")) {
            assertThatThrownBy(() -> Condition.parse(text)).isInstanceOf(InvalidCondition.class);
            return;
        }
        Condition condition = Condition.parse(text);

        assertThat(condition.evaluate(FactValues.of(PREBOOT))).isEqualTo(Truth.valueOf(preboot));
        assertThat(condition.evaluate(FactValues.of(FULL))).isEqualTo(Truth.valueOf(full));
        assertThat(Condition.parse(condition.toString()))
                .as(condition.toString())
                .isEqualTo(condition);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            # text                        | at | message
            ``                            | 1  | the condition is empty; 'always' matches every device
            modell = "x"                  | 1  | there is no fact 'modell' (character 1); did you mean 'model'?
            firmware = uefi and disksize > 1 GB | 21 | there is no fact 'disksize' (character 21); did you mean 'disk.size'?
            model contains                | 15 | at character 15 there is the end, expected a text in quotes
            model contains OptiPlex 7090  | 25 | at character 25 there is '7090', expected 'and', 'or' or the end; a text of several words stands in quotes
            model "x"                     | 7  | at character 7 there is "x", expected '=', '!=', 'contains', 'starts with', 'ends with', 'matches', 'in', 'is known'
            model starts "x"              | 14 | at character 14 there is "x", expected 'with'
            (model = "x"                  | 13 | at character 13 there is the end, expected 'and', 'or' or ')'
            model = "x" )                 | 13 | at character 13 there is ')', expected 'and', 'or' or the end
            model = "x" and               | 16 | at character 16 there is the end, expected a fact, 'not' or '('
            model = "x                    | 9  | the quote at character 9 is not closed
            model ~ "x"                   | 7  | '~' at character 7 means nothing here; texts stand in quotes
            model < "x"                   | 7  | '<' at character 7 does not go with model; it takes '=', '!=', 'contains', 'starts with', 'ends with', 'matches', 'in', 'is known'
            model matches "(x"            | 15 | "(x" at character 15: no regular expression: Unclosed group
            model in "x"                  | 10 | at character 10 there is "x", expected '(' and a list
            model in ("x" "y")            | 15 | at character 15 there is "y", expected ',' or ')'
            model = ""                    | 9  | "" at character 9: a fact is never empty; write 'not (model is known)' for one that is missing
            memory > 8                    | 10 | '8' at character 10: expected a number with its unit, such as 8 GiB; units are B, KiB, MiB, GiB, TiB, KB, MB, GB, TB
            memory > 8 apples             | 10 | '8' at character 10: expected a number with its unit, such as 8 GiB; units are B, KiB, MiB, GiB, TiB, KB, MB, GB, TB
            cpu-cores > 2.5               | 13 | '2.5' at character 13: expected a whole number
            firmware = efi                | 12 | 'efi' at character 12: firmware is always bios or uefi
            subnet in 10.1.0.0/33         | 11 | '10.1.0.0/33' at character 11: expected an address or network, such as 10.1.0.0/16
            subnet in 10.1.0.1/16         | 11 | '10.1.0.1/16' at character 11: the address has bits beyond its prefix
            mac = 525400                  | 7  | '525400' at character 7: no MAC address; write it as 52:54:00:12:34:56
            """)
    void whatIsNoConditionIsRefusedWithItsPlace(String text, int position, String message) {
        InvalidCondition refused =
                catchThrowableOfType(InvalidCondition.class, () -> Condition.parse(text == null ? "" : text));

        assertThat(refused).hasMessage(message);
        assertThat(refused.position()).isEqualTo(position);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            firmware = bios and firmware = uefi           | firmware = bios and firmware = uefi (a device has one firmware)
            memory < 1 GiB and memory > 2 GiB             | memory < 1 GiB and memory > 2 GiB (a device has one memory)
            memory < 0 B                                  | no memory is so that memory < 0 B
            model = "a" and model = "b"                   | model = "a" and model = "b" (a device has one model)
            model in ("a", "b") and model in ("c", "d")   | model in ("a", "b") and model in ("c", "d") (a device has one model)
            model = "abc" and model contains "x"          | model = "abc" and model contains "x" (a device has one model)
            model starts with "A" and model starts with "B" | model starts with "A" and model starts with "B" (a device has one model)
            model contains "Opti" and not (model contains "pt") | model contains "Opti" and not (model contains "pt") (a device has one model)
            firmware != bios and firmware != uefi and firmware is known | not (firmware = bios) and not (firmware = uefi) and firmware is known (a device has one firmware)
            serial = A1 and not (serial is known)         | serial = "A1" and not (serial is known) (a device has one serial)
            subnet in 10.1.0.0/16 and subnet in 10.2.0.0/16 | subnet in 10.1.0.0/16 and subnet in 10.2.0.0/16 (a device has one subnet)
            subnet in 10.1.5.0/24 and not (subnet in 10.1.0.0/16) | subnet in 10.1.5.0/24 and not (subnet in 10.1.0.0/16) (a device has one subnet)
            gpu contains "10de" and not (gpu contains "10") | gpu contains "10de" and not (gpu contains "10")
            disk.count < 1 and disk.count > 0             | disk.count < 1 and disk.count > 0 (a device has one disk.count)
            not always                                    | 'not always' matches nothing
            not (firmware = bios or firmware != bios)     | not (firmware = bios) and firmware = bios (a device has one firmware)
            model = "x" and (memory < 1 GiB and memory > 2 GiB or firmware = bios and firmware = uefi) | memory < 1 GiB and memory > 2 GiB (a device has one memory)
            """)
    void aConditionThatCanNeverBeTrueIsRefusedWithTheReason(String text, String why) {
        InvalidCondition refused = catchThrowableOfType(InvalidCondition.class, () -> Condition.parse(text));

        assertThat(refused).as(text).isNotNull();
        assertThat(refused).hasMessage("this can never be true: " + why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpu contains \"a\" and gpu contains \"b\"",
                "disk.size < 1 GB and disk.size > 2 TB",
                "mac = 52:54:00:00:00:01 and mac = 52:54:00:00:00:02",
                "model starts with \"Opti\" and model starts with \"OptiPlex\"",
                "firmware = bios and firmware = uefi or model = \"x\"",
                "memory > 1 GiB and memory < 2 GiB and not (memory = 1.5 GiB)",
                "subnet in 10.1.0.0/16 and not (subnet in 10.1.5.0/24)",
                "firmware != bios and firmware != uefi",
                "not (serial is known) and serial != \"x\""
            })
    void whatADeviceMayMeetIsTaken(String text) throws InvalidCondition {
        assertThat(Condition.parse(text)).isNotNull();
    }

    @Test
    void eachComparisonIsToldWithWhatItWasComparedWith() throws InvalidCondition {
        Condition condition = Condition.parse("model contains 'OptiPlex' and not (memory < 8 GiB) and gpu is known");

        assertThat(condition.explain(FactValues.of(PREBOOT)))
                .containsExactly(
                        "model contains \"OptiPlex\": true (OptiPlex 7090)",
                        "memory < 8 GiB: unknown (not known yet)",
                        "gpu is known: unknown (not known yet)");
        assertThat(condition.explain(FactValues.of(FULL)))
                .containsExactly(
                        "model contains \"OptiPlex\": true (OptiPlex 7090)",
                        "memory < 8 GiB: false (8 GiB)",
                        "gpu is known: false (it has none)");
    }

    @Test
    void anExpressionThatNeverEndsIsNoMatch() throws InvalidCondition {
        Condition condition = Condition.parse("model matches \"(a+)+b\"");

        assertThat(condition.evaluate(FactValues.of(Facts.NONE.with(FactName.MODEL, "a".repeat(60)))))
                .isEqualTo(Truth.FALSE);
    }

    @Test
    void bracketsInBracketsEndSomewhere() {
        assertThatThrownBy(() -> Condition.parse("(".repeat(60) + "always" + ")".repeat(60)))
                .hasMessageContaining("more than 50 brackets");
    }
}
