package firstlight.server.sites;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.image.store.ImageName;
import firstlight.model.Bytes;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which of what several servers have is meant. */
class OffersTest {
    private static Sites.Offer offer(String server, int number, String digest) {
        return new Sites.Offer(
                new PeerSettings(server, URI.create("https://" + server), "", "", List.of(), Hours.ALWAYS, 0, true),
                new RemoteVersion(
                        new ImageName("room12"),
                        number,
                        Bytes.ofHex(digest.repeat(64)),
                        1,
                        "",
                        Set.of(),
                        false,
                        Optional.empty()));
    }

    @Test
    void theNewestIsOneThatAllHaveAlike() throws ImageFailure {
        assertThat(Sites.newest(List.of(offer("main", 2, "a"), offer("branch", 3, "b"), offer("other", 3, "b")))
                        .peer()
                        .name())
                .isEqualTo("branch");
    }

    /** Each site has captured its own third version: whose a PC is to get nobody can guess. */
    @Test
    void twoDifferentOnesUnderOneNumberAreRefused() {
        assertThatThrownBy(() -> Sites.newest(List.of(offer("main", 3, "a"), offer("branch", 3, "b"))))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("room12@3 differs between main and branch");
    }
}
