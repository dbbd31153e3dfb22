package firstlight.server.sites;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.store.ImageName;
import firstlight.model.Bytes;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is pulled by itself, and when. */
class WishesTest {
    static RemoteVersion version(String image, int number, String... tags) {
        return new RemoteVersion(
                new ImageName(image),
                number,
                Bytes.ofHex(String.format("%064d", number)),
                1,
                "",
                Set.of(tags),
                false,
                Optional.empty());
    }

    private static List<String> chosen(String... wishes) {
        List<RemoteVersion> there = List.of(
                version("lab-a", 1, "golden"),
                version("lab-a", 2),
                version("lab-b", 7),
                version("office", 3, "golden"));
        return Wanted.of(
                        Arrays.stream(wishes)
                                .map(each -> Wanted.parse(each).orElseThrow())
                                .toList(),
                        there)
                .stream()
                .map(RemoteVersion::name)
                .toList();
    }

    @Test
    void aNameWantsTheNewestAnAtWantsTheRest() {
        assertThat(chosen("office")).containsExactly("office@3");
        assertThat(chosen("lab-*")).containsExactly("lab-a@2", "lab-b@7");
        assertThat(chosen("*@golden")).containsExactly("lab-a@1", "office@3");
        assertThat(chosen("lab-a@*", "lab-b@latest")).containsExactly("lab-a@1", "lab-a@2", "lab-b@7");
        assertThat(chosen("lab-a@1", "lab-a")).containsExactly("lab-a@1", "lab-a@2");
        assertThat(chosen("a", "lab.a", "*-c")).isEmpty();
        assertThat(Wanted.parse("lab a")).isEmpty();
        assertThat(Wanted.parse("lab@")).isEmpty();
    }

    private static boolean open(String window, String time) {
        return Hours.parse(List.of(window)).orElseThrow().isOpen(LocalDateTime.parse(time));
    }

    @Test
    void aWindowOverMidnightBelongsToTheDayOnWhichItBegins() { // 2026-11-27 is a Friday
        assertThat(open("22:00-06:00", "2026-11-27T22:00")).isTrue();
        assertThat(open("22:00-06:00", "2026-11-27T05:59")).isTrue();
        assertThat(open("22:00-06:00", "2026-11-27T06:00")).isFalse();
        assertThat(open("mon-fri 22:00-06:00", "2026-11-28T05:00")).isTrue();
        assertThat(open("mon-fri 22:00-06:00", "2026-11-28T23:00")).isFalse();
        assertThat(open("sat,sun 00:00-24:00", "2026-11-29T23:59")).isTrue();
        assertThat(open("fri-mon 12:00-13:00", "2026-11-30T12:30")).isTrue();
        assertThat(open("fri-mon 12:00-13:00", "2026-12-01T12:30")).isFalse();
        assertThat(Hours.ALWAYS.isOpen(LocalDateTime.parse("2026-11-27T12:00"))).isTrue();
        for (String wrong :
                List.of("22-6", "25:00-26:00", "10:00-10:00", "son 10:00-11:00", "mon 10:00", "24:00-01:00")) {
            assertThat(Hours.parse(List.of(wrong))).as(wrong).isEmpty();
        }
    }

    @Test
    void aRoundIsDueInItsHoursEveryQuarterOfAnHourAndOnlyWhenSomethingIsWanted() {
        Instant night = Instant.parse("2026-11-27T23:00:00Z");
        PeerSettings peer = peer(List.of(new Wanted("*", "")), "22:00-06:00");
        assertThat(Rounds.isDue(peer, Optional.empty(), night, ZoneOffset.UTC)).isTrue();
        assertThat(Rounds.isDue(peer, Optional.of(night), night.plusSeconds(899), ZoneOffset.UTC))
                .isFalse();
        assertThat(Rounds.isDue(peer, Optional.of(night), night.minusSeconds(1), ZoneOffset.UTC))
                .as("the clock was set back")
                .isTrue();
        assertThat(Rounds.isDue(peer, Optional.of(night), night.plusSeconds(900), ZoneOffset.UTC))
                .isTrue();
        assertThat(Rounds.isDue(peer, Optional.empty(), night.plusSeconds(10 * 3600), ZoneOffset.UTC))
                .isFalse();
        assertThat(Rounds.isDue(peer(List.of(), "22:00-06:00"), Optional.empty(), night, ZoneOffset.UTC))
                .isFalse();
    }

    private static PeerSettings peer(List<Wanted> wanted, String hours) {
        return new PeerSettings(
                "main",
                URI.create("https://main:8444"),
                "",
                "",
                wanted,
                Hours.parse(List.of(hours)).orElseThrow(),
                0,
                true);
    }
}
