package firstlight.wire.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Bytes;
import firstlight.testkit.Golden;
import org.junit.jupiter.api.Test;

class UnendedFileNameTest {
    /** An offer with these options behind the cookie. */
    private static boolean isIn(String options) {
        return UnendedFileName.isIn(Bytes.ofHex("02010600 13123456 00008000" + "00".repeat(16) + "525400123456"
                + "00".repeat(202) + "63825363" + options));
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
        assertThat(UnendedFileName.isIn(Bytes.of(Golden.hex("dhcp/menu-offer.hex"))))
                .as("none")
                .isFalse();
    }

    /** An offer with these octets in the fields sname and file, and these options behind the cookie. */
    private static boolean isIn(String sname, String file, String options) {
        String fields = padded(sname, 64) + padded(file, 128);
        return UnendedFileName.isIn(Bytes.ofHex("02010600 13123456 00008000" + "00".repeat(16) + "525400123456"
                + "00".repeat(10) + fields + "63825363" + options));
    }

    private static String padded(String octets, int length) {
        String bare = octets.replace(" ", "");
        return bare + "00".repeat(length - bare.length() / 2);
    }

    @Test
    void aNameInAFieldThatHoldsOptionsIsSpoiltAsWell() {
        assertThat(isIn("", "4305612e656669 ff", "350102 340101 ff")).as("file").isTrue();
        assertThat(isIn("0603 000000 4305612e656669 ff", "", "350102 340103 ff"))
                .as("sname")
                .isTrue();
        assertThat(isIn("", "43 7e" + "61".repeat(126), "350102 340101 ff"))
                .as("the cookie follows")
                .isTrue();
        assertThat(isIn("", "4306612e65666900 ff", "350102 340101 ff"))
                .as("a NUL")
                .isFalse();
        assertThat(isIn("", "4305612e656669 ff", "350102 ff"))
                .as("a field that holds a name")
                .isFalse();
        assertThat(isIn("", "4305612e656669 ff", "350102 340102 ff"))
                .as("the other field")
                .isFalse();
        assertThat(isIn("", "4305612e656669 ff", "350102 34")).as("cut").isFalse();
    }

    @Test
    void whatIsCutHasNothingToOverwrite() {
        assertThat(isIn("350102 4305612e656669")).isFalse();
        assertThat(isIn("350102 4305612e")).isFalse();
        assertThat(isIn("350102 43")).isFalse();
        assertThat(UnendedFileName.isIn(Bytes.of(new byte[100]))).isFalse();
    }
}
