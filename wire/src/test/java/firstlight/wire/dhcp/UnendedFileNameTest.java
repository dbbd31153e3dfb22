package firstlight.wire.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Bytes;
import firstlight.testkit.Golden;
import org.junit.jupiter.api.Test;

class UnendedFileNameTest {
    /** An offer with these options behind the cookie. */
    private static boolean isIn(String options) {
        return UnendedFileName.isIn(Bytes.ofHex("02010600 13123456 00008000" + "00".repeat(16) + "525400123456"
                        + "00".repeat(202) + "63825363" + options)
                .toArray());
    }

    @Test
    void aNulWouldOverwriteTheNextOptionOrTheEnd() {
        assertThat(isIn("350102 4305612e656669 3604c0a80101 ff")).as("Kea").isTrue();
        assertThat(isIn("350102 00 4305612e656669 ff 000000"))
                .as("systemd-networkd")
                .isTrue();
    }

    @Test
    void aNameThatEndsWithANulOrBeforeAPadIsLeftAsItIs() {
        assertThat(isIn("350102 4306612e65666900 3604c0a80101 ff"))
                .as("dnsmasq")
                .isFalse();
        assertThat(isIn("350102 4305612e656669 00 ff")).isFalse();
        assertThat(isIn("350102 4300 ff")).as("an empty name").isFalse();
        assertThat(UnendedFileName.isIn(Golden.hex("dhcp/menu-offer.hex")))
                .as("none")
                .isFalse();
    }

    @Test
    void whatIsCutHasNothingToOverwrite() {
        assertThat(isIn("350102 4305612e656669")).isFalse();
        assertThat(isIn("350102 4305612e")).isFalse();
        assertThat(isIn("350102 43")).isFalse();
        assertThat(UnendedFileName.isIn(new byte[100])).isFalse();
    }
}
