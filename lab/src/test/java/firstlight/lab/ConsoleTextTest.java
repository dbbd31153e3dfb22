package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsoleTextTest {
    private final ConsoleText console = new ConsoleText();

    private List<String> feed(String text) {
        return console.feed(text.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> quiet(int looks) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < looks; i++) {
            lines.addAll(console.feed(new byte[0]));
        }
        return lines;
    }

    @Test
    void aLineIsHandedOutWhenItIsWhole() {
        assertThat(feed("Start")).isEmpty();
        assertThat(feed("ing\r\nNext")).containsExactly("Starting");
    }

    @Test
    void aPromptThatEndsNoLineIsHandedOutOnceItStandsStill() {
        feed("room12-pc07 login: ");
        assertThat(quiet(ConsoleText.QUIET_LOOKS - 1)).isEmpty();
        assertThat(quiet(20)).containsExactly("room12-pc07 login:");
    }

    @Test
    void escapeSequencesOfFirmwareAndGrubAreTakenOut() {
        assertThat(feed("\u001B[2J\u001B[01;01H\u001B[=3h>>Start PXE over IPv4.\u001B[0m\n"))
                .containsExactly(">>Start PXE over IPv4.");
    }

    @Test
    void aCharacterThatComesInPartsIsThatCharacter() {
        byte[] octets = "für 3 €\n".getBytes(StandardCharsets.UTF_8);
        List<String> lines = new ArrayList<>();
        for (byte octet : octets) {
            lines.addAll(console.feed(new byte[] {octet}));
        }
        assertThat(lines).containsExactly("für 3 €");
        assertThat(console.feed(new byte[] {(byte) 0xc3, 'a', '\n'})).containsExactly("\uFFFDa");
    }

    @Test
    void emptyLinesAreNothing() {
        assertThat(feed("\r\n \r\n\u001B[2J\n")).isEmpty();
    }
}
