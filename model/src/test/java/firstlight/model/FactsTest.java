package firstlight.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FactsTest {
    @Test
    void aValueIsOneLineOfPrintableCharacters() {
        Facts facts = new Facts(Map.of(
                FactName.SERIAL, List.of("x\n12:00 INFO\u001b[2J\u009b2J"),
                FactName.MODEL, List.of(" OptiPlex\t7010\0\0", "Größe"),
                FactName.ASSET_TAG, List.of("\0\0 \n")));
        assertThat(facts.all(FactName.SERIAL)).containsExactly("x 12:00 INFO [2J 2J");
        assertThat(facts.all(FactName.MODEL)).containsExactly("OptiPlex 7010", "Größe");
        assertThat(facts.all(FactName.ASSET_TAG)).isEmpty();
    }

    @Test
    void ofEndlessMacAddressesTheLatestAreKept() {
        Facts facts = Facts.NONE;
        for (int i = 0; i < 500; i++) {
            facts = facts.mergedWith(Facts.NONE.with(FactName.MAC, "mac-" + i));
        }
        assertThat(facts.all(FactName.MAC))
                .hasSize(129)
                .startsWith("mac-499", "mac-498")
                .endsWith("mac-371");
        assertThat(facts.mergedWith(Facts.NONE.with(FactName.MAC, "mac-499"))).isSameAs(facts);
    }
}
