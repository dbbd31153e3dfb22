package firstlight.policy.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserTest {
    @ParameterizedTest
    @ValueSource(strings = {"local", "Local", "server", "ENGINE"})
    void whoIsCalledAsTheServerCallsItselfIsNoNewUserAndWhoIsOneAlreadyCanBeRead(String name) {
        assertThat(User.isName(name)).isFalse();
        assertThat(new User(1, name, "", User.Origin.LOCAL, Role.VIEWER, Set.of(), "", true, Instant.EPOCH).name())
                .isEqualTo(name);
    }

    @Test
    void otherNamesAreNames() {
        assertThat(User.isName("locals")).isTrue();
        assertThat(User.isName("ann@school.example")).isTrue();
        assertThat(User.isName("-")).isFalse();
    }

    @Test
    void whatSomebodyTypedIsKeptAsOneShortLine() {
        assertThat(AuditEntry.typed("ann\n\u001b[2J")).isEqualTo("ann  [2J");
        assertThat(AuditEntry.typed("x".repeat(1000))).hasSize(103);
    }
}
