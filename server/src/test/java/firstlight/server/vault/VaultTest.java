package firstlight.server.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaultTest {
    @TempDir
    Path data;

    @Test
    void whatWasKeptIsReadAfterARestartAndStandsNowhereInClear() throws IOException {
        assertThat(new Vault(data).passphrases()).isEmpty();
        new Vault(data).put("room12", "correct horse");
        new Vault(data).put("laptops", "ä battery");
        Vault vault = new Vault(data);
        assertThat(vault.names()).containsExactly("laptops", "room12");
        assertThat(vault.passphrases()).containsExactly("ä battery", "correct horse");
        try (Stream<Path> files = Files.list(data.resolve("vault"))) {
            for (Path file : files.toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .doesNotContain("horse");
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------");
            }
        }
        assertThat(vault.remove("room12")).isTrue();
        assertThat(vault.remove("room12")).isFalse();
        assertThat(vault.passphrases()).isEqualTo(List.of("ä battery"));
    }

    @Test
    void oneThatIsForSomePcsGoesToThoseAloneAndNobodyMakesItEverybodys() throws IOException {
        Vault vault = new Vault(data);
        vault.put("all", "correct horse");
        vault.put("room", "battery", List.of("group:Room 12", "device:PC-3"));
        assertThat(vault.names()).containsExactly("all", "room");
        assertThat(vault.whom("room")).containsExactly("group:Room 12", "device:PC-3");
        assertThat(vault.passphrases("device:PC-4"::equals)).containsExactly("correct horse");
        assertThat(vault.passphrases("device:PC-3"::equals)).containsExactly("correct horse", "battery");
        assertThat(vault.passphrases()).containsExactly("correct horse", "battery");
        assertThatThrownBy(() -> vault.put("x", "y", List.of("Room 12")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'Room 12' is neither group:NAME nor device:NAME");

        Files.move(data.resolve("vault/room.for"), data.resolve("vault/room.old"));
        assertThatThrownBy(vault::passphrases).hasMessageContaining("room.secret does not fit its key");
        vault.put("room", "battery", List.of("group:Room 12"));
        vault.put("room", "staple");
        assertThat(vault.passphrases(_ -> false)).containsExactly("correct horse", "staple");
    }

    @Test
    void aChangedFileOrOneUnderAnotherNameIsRefused() throws IOException {
        Vault vault = new Vault(data);
        vault.put("a", "secret");
        Files.move(data.resolve("vault/a.secret"), data.resolve("vault/b.secret"));
        assertThatThrownBy(vault::passphrases).hasMessageContaining("b.secret does not fit its key");
        assertThatThrownBy(() -> vault.put("../x", "secret")).isInstanceOf(IllegalArgumentException.class);
    }
}
