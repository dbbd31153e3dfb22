package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BodyTest {
    @Test
    void aPasswordIsTakenWithItsBlanksAndATextWithout() throws Exception {
        Body body = new Body("", Json.object().put("password", " a secret ").put("none", "  "));
        assertThat(body.secret("password")).isEqualTo(" a secret ");
        assertThat(body.text("password")).isEqualTo("a secret");
        assertThatThrownBy(() -> body.secret("none")).hasMessage("'none' is missing");
    }
}
