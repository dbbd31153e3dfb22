package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.FactName;
import firstlight.model.Facts;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MediumStartTest {
    private static final String SCRIPT = """
            #!ipxe
            # transaction 7
            # work 1 (inventory) is assigned to 'pc-1'
            goto automatic
            :automatic
            imgfree
            initrd http://10.0.0.1:8080/environment/initramfs.zst || goto failed
            kernel http://10.0.0.1:8080/environment/vmlinuz initrd=initramfs.zst ${updates} quiet \
            firstlight.server=https://10.0.0.1:8443 firstlight.token=abc firstlight.pin=sha256:00%s || goto failed
            boot || goto failed
            """;

    @Test
    void theMediumSaysWhomToAsk() {
        assertThat(MediumStart.server("quiet firstlight.ask=http://10.0.0.1:8080/ x=y\n"))
                .contains("http://10.0.0.1:8080");
        assertThat(MediumStart.server("quiet firstlight.alone=1")).isEmpty();
    }

    @Test
    void asksAsAPrebootClientDoes() {
        Facts facts = Facts.NONE
                .with(FactName.MAC, "52:54:00:00:00:01", "52:54:00:00:00:02")
                .with(FactName.MODEL, "Lab PC & more")
                .with(FactName.FIRMWARE, "uefi");
        assertThat(MediumStart.question("http://10.0.0.1:8080", facts))
                .hasToString("http://10.0.0.1:8080/preboot?mac=52%3A54%3A00%3A00%3A00%3A01&product=Lab+PC+%26+more"
                        + "&platform=efi&buildarch=x86_64");
    }

    @Test
    void takesItsOwnArgumentsFromTheAnswerAndTellsTheReasons() {
        assertThat(MediumStart.arguments(SCRIPT.formatted("")))
                .contains("firstlight.server=https://10.0.0.1:8443 firstlight.token=abc firstlight.pin=sha256:00");
        assertThat(MediumStart.reasons(SCRIPT)).contains("work 1 (inventory) is assigned to 'pc-1'");
    }

    @Test
    void withoutWorkThereIsNothingToTake() {
        assertThat(MediumStart.arguments(SCRIPT.formatted(" firstlight.maintenance=1")))
                .isEmpty();
        assertThat(MediumStart.arguments("#!ipxe\ngoto local\n")).isEmpty();
    }

    @Test
    void whoAnswersWithSomethingElseIsNotTakenForAServerWithoutWork() throws Exception {
        URI question = URI.create("http://10.0.0.1:8080/preboot?mac=x");
        assertThat(MediumStart.script(question, SCRIPT)).isEqualTo(SCRIPT);
        assertThatThrownBy(() -> MediumStart.script(question, "<html>Router login</html>"))
                .hasMessageStartingWith(
                        "Something else than Firstlight answers at http://10.0.0.1:8080: what it answers is no"
                                + " boot script")
                .hasMessageContaining("make the medium again (firstlight media");
    }

    @Test
    void aServerWithAnotherCertificateIsToldWithBothFingerprintsAndTheCure() {
        String told = "firstlight.pin=sha256:" + "bb".repeat(32);
        assertThatThrownBy(() -> MediumStart.pinned(told, Optional.of("sha256:" + "aa".repeat(32))))
                .hasMessageContaining("its certificate has sha256:bbbb")
                .hasMessageContaining("the medium names sha256:aaaa")
                .hasMessageContaining("make the medium again (firstlight media");
    }
}
