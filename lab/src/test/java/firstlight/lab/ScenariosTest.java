package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScenariosTest {
    @Test
    void theScenariosThatWereAskedForAreThere() {
        assertThat(Scenarios.all().stream().map(Scenario::name))
                .contains(
                        "bios-separate-dhcp",
                        "bios-same-host-dhcp",
                        "uefi-separate-dhcp",
                        "uefi-same-host-dhcp",
                        "bios-pxelinux",
                        "bios-menu-hotkey",
                        "no-work-local-boot",
                        "capture-restore-bios",
                        "capture-restore-uefi");
    }

    @Test
    void noScenarioLooksAtAPcBeforeItIsSwitchedOn() {
        for (Scenario scenario : Scenarios.all()) {
            scenario.steps().stream() // one that only acts looks at no PC
                    .filter(step -> !(step instanceof Step.Act))
                    .findFirst()
                    .ifPresent(firstLook ->
                            assertThat(firstLook).as(scenario.name()).isInstanceOf(Step.PowerOn.class));
        }
    }

    @Test
    void noTwoPcsOfAScenarioShareANumber() {
        for (Scenario scenario : Scenarios.all()) {
            Stream<String> numbers =
                    scenario.steps().stream() // a PC may be switched on twice, and another card be put in
                            .filter(Step.PowerOn.class::isInstance)
                            .map(step -> ((Step.PowerOn) step).pc())
                            .map(pc -> pc.name() + " " + pc.number())
                            .distinct()
                            .map(pc -> pc.replaceFirst(".* ", ""));
            assertThat(numbers).as(scenario.name()).doesNotHaveDuplicates();
        }
    }

    @Test
    void theLongestOfCiBeginAndAllOfThemArePlayedOnce() {
        assertThat(LabTest.longestFirst(Scenarios.always()).stream().map(Scenario::name))
                .startsWith(LabTest.LONGEST.toArray(String[]::new))
                .containsExactlyInAnyOrderElementsOf(
                        Scenarios.always().stream().map(Scenario::name).toList());
    }
}
