package firstlight.image.windows;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnswerFileTest {
    private static Optional<String> named(String text, Charset charset) {
        return AnswerFile.named(text.getBytes(charset), "PC-7").map(octets -> new String(octets, charset));
    }

    @Test
    void theNameTakesTheFormersPlaceAndAllElseStays() {
        assertThat(named("<a>Ä</a>\r\n<ComputerName>*</ComputerName>\r\n<b/>", UTF_8))
                .hasValue("<a>Ä</a>\r\n<ComputerName>PC-7</ComputerName>\r\n<b/>");
        assertThat(named("<ComputerName />", UTF_8)).hasValue("<ComputerName>PC-7</ComputerName>");
        assertThat(named("\uFEFF<ComputerName>gold</ComputerName>Ä", UTF_16LE))
                .hasValue("\uFEFF<ComputerName>PC-7</ComputerName>Ä");
    }

    @Test
    void aCommentGivesNoName() {
        String comment = "<!-- <ComputerName>\r\n*</ComputerName> -->";
        assertThat(named(comment, UTF_8)).isEmpty();
        assertThat(named(comment + "<ComputerName>x</ComputerName>", UTF_8))
                .hasValue(comment + "<ComputerName>PC-7</ComputerName>");
    }

    @Test
    void aPassThatSetupHasBeenThroughIsToNameNothing() {
        String name = "<ComputerName>x</ComputerName></settings>";
        String processed = "<settings pass=\"specialize\" wasPassProcessed='true'>" + name;
        assertThat(AnswerFile.isToName(processed.getBytes(UTF_8))).isFalse();
        assertThat(AnswerFile.isToName((processed + "<settings pass=\"specialize\">" + name).getBytes(UTF_8)))
                .isTrue();
        assertThat(AnswerFile.isToName(processed.replace("true", "false").getBytes(UTF_8)))
                .isTrue();
        assertThat(AnswerFile.isToName(("\uFEFF" + processed).getBytes(UTF_16LE)))
                .isFalse();
    }

    @Test
    void aFileOfOnesOwnIsKnownWhomeverItNames() {
        assertThat(AnswerFile.isOwn(AnswerFile.of("PC-7"))).isTrue();
        assertThat(AnswerFile.isOwn("<ComputerName>PC-7</ComputerName>".getBytes(UTF_8)))
                .isFalse();
    }

    @Test
    void aFileOfOnesOwnNamesTheComputerForEachProcessor() {
        String file = new String(AnswerFile.of("PC-7"), UTF_8);
        assertThat(file.split("<ComputerName>PC-7</ComputerName>", -1)).hasSize(4);
        assertThat(file).contains("pass=\"specialize\"", "amd64", "arm64", "x86");
    }
}
