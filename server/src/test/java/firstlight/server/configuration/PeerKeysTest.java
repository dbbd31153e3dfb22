package firstlight.server.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.server.sites.Hours;
import firstlight.server.sites.PeerSettings;
import firstlight.server.sites.Wanted;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerKeysTest {
    private static final String PIN = "0123456789abcdef".repeat(4);

    @TempDir
    private Path directory;

    private Path token;

    @BeforeEach
    void token() throws Exception {
        token = Files.writeString(directory.resolve("token"), "flt_secret\n");
    }

    private Configuration.Images read(String peer) throws InvalidConfiguration {
        return ConfigurationFile.parse("images:\n  peers:\n    - {" + peer.replace("TOKEN", token.toString()) + "}\n")
                .images();
    }

    @Test
    void withoutTheKeyThereAreNoPeersAndNoLimit() throws Exception {
        assertThat(ConfigurationFile.parse("images: {verify-percent: 3}")
                        .images()
                        .peers())
                .isEmpty();
        assertThat(read("name: main, url: \"https://main:8444\", token-file: TOKEN")
                        .peers())
                .containsExactly(new PeerSettings(
                        "main", URI.create("https://main:8444"), "", "flt_secret", List.of(), Hours.ALWAYS, 0, true));
    }

    @Test
    void everyKeyIsRead() throws Exception {
        Configuration.Images images = ConfigurationFile.parse(
                        """
                images:
                  serve-mbit: 200
                  peers:
                    - name: main
                      url: https://main.school:8444/
                      pin: sha256:PIN
                      token-file: TOKEN
                      pull: [room12, "lab-*@golden"]
                      hours: ["22:00-06:00", "sat,sun 00:00-24:00"]
                      mbit: 50
                      on-demand: false
                """.replace("PIN", PIN).replace("TOKEN", token.toString()))
                .images();
        assertThat(images.serveMegabits()).isEqualTo(200);
        PeerSettings peer = images.peers().getFirst();
        assertThat(peer.url()).isEqualTo(URI.create("https://main.school:8444"));
        assertThat(peer.pin()).isEqualTo(PIN);
        assertThat(peer.wanted()).containsExactly(new Wanted("room12", ""), new Wanted("lab-*", "golden"));
        assertThat(peer.hours().windows()).hasSize(2);
        assertThat(peer.megabits()).isEqualTo(50);
        assertThat(peer.onDemand()).isFalse();
        assertThat(peer.toString()).doesNotContain("flt_secret");
    }

    @Test
    void whatIsWrongIsNamedWithWhatIsRight() {
        refuses("name: main, url: \"https://main\", token-file: TOKEN, speed: 3", "images.peers[1].speed", "mbit");
        refuses("name: main, url: \"http://main\", token-file: TOKEN", "url", "https://HOST:PORT");
        refuses("name: ma in, url: \"https://main\", token-file: TOKEN", "name", "letters");
        refuses("name: main, url: \"https://main\", token-file: /nowhere/x", "token-file", "/nowhere/x");
        refuses("name: main, url: \"https://main\", token-file: TOKEN, pin: abc", "pin", "64 hexadecimal");
        refuses("name: main, url: \"https://main\", token-file: TOKEN, pull: [\"a b\"]", "pull", "lab-*");
        refuses("name: main, url: \"https://main\", token-file: TOKEN, hours: [nightly]", "hours", "22:00-06:00");
    }

    private void refuses(String peer, String key, String cure) {
        assertThatThrownBy(() -> read(peer))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining(key)
                .hasMessageContaining(cure);
    }
}
