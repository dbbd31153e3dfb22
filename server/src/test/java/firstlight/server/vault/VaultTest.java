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

    private static List<String> passphrases(Vault vault) throws IOException {
        return vault.find(_ -> true).passphrases();
    }

    @Test
    void whatWasKeptIsReadAfterARestartAndStandsNowhereInClear() throws IOException {
        assertThat(passphrases(new Vault(data))).isEmpty();
        new Vault(data).put("room12", "correct horse");
        new Vault(data).put("laptops", "ä battery");
        Vault vault = new Vault(data);
        assertThat(vault.names()).containsExactly("laptops", "room12");
        assertThat(passphrases(vault)).containsExactly("ä battery", "correct horse");
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
        assertThat(passphrases(vault)).isEqualTo(List.of("ä battery"));
    }

    @Test
    void whatCannotBeKeptLeavesNothingBehind() throws IOException {
        Vault vault = new Vault(data);
        vault.put("all", "correct horse");
        Files.createDirectories(data.resolve("vault/room.secret/full"));
        assertThatThrownBy(() -> vault.put("room", "battery")).isInstanceOf(IOException.class);
        Files.createDirectories(data.resolve("vault/all.for"));
        assertThatThrownBy(() -> vault.put("all", "battery", List.of("group:Room 12")))
                .isInstanceOf(IOException.class);
        try (Stream<Path> files = Files.list(data.resolve("vault"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("all.secret", "all.for", "key", "room.secret");
        }
    }

    @Test
    void oneThatIsForSomePcsGoesToThoseAloneAndNobodyMakesItEverybodys() throws IOException {
        Vault vault = new Vault(data);
        vault.put("all", "correct horse");
        vault.put("room", "battery", List.of("group:Room 12", "device:PC-3"));
        assertThat(vault.names()).containsExactly("all", "room");
        assertThat(vault.whom("room")).containsExactly("group:Room 12", "device:PC-3");
        assertThat(vault.find("device:PC-4"::equals).passphrases()).containsExactly("correct horse");
        assertThat(vault.find("device:PC-3"::equals).passphrases()).containsExactly("correct horse", "battery");
        assertThat(passphrases(vault)).containsExactly("correct horse", "battery");
        assertThatThrownBy(() -> vault.put("x", "y", List.of("Room 12")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'Room 12' is neither group:NAME nor device:NAME");

        Files.move(data.resolve("vault/room.for"), data.resolve("vault/room.old"));
        assertThat(vault.find(_ -> true).passphrases()).containsExactly("correct horse");
        assertThat(vault.find(_ -> true).unfit())
                .containsExactly(
                        "the vault's room.secret does not fit its key; firstlight vault remove room, then vault add it anew");
        assertThatThrownBy(vault::opening).hasMessageContaining("room.secret does not fit its key");
        vault.put("room", "battery", List.of("group:Room 12"));
        vault.put("room", "staple");
        assertThat(vault.find(_ -> false).passphrases()).containsExactly("correct horse", "staple");
    }

    @Test
    void aChangedFileOrOneUnderAnotherNameIsRefused() throws IOException {
        Vault vault = new Vault(data);
        vault.put("a", "secret");
        Files.move(data.resolve("vault/a.secret"), data.resolve("vault/b.secret"));
        assertThatThrownBy(vault::opening).hasMessageContaining("b.secret does not fit its key");
        Files.write(data.resolve("vault/b.secret"), new byte[3]);
        assertThatThrownBy(vault::opening).hasMessageContaining("b.secret is damaged");
        assertThatThrownBy(() -> vault.put("../x", "secret")).isInstanceOf(IllegalArgumentException.class);
    }
}
