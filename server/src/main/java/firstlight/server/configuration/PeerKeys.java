package firstlight.server.configuration;

import firstlight.model.IoReason;
import firstlight.server.sites.Hours;
import firstlight.server.sites.PeerSettings;
import firstlight.server.sites.Wanted;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code images.peers}: the servers that this one may pull images from. */
final class PeerKeys {
    private PeerKeys() {}

    /** In the order of the file; each name once. */
    static List<PeerSettings> read(Keys images) throws InvalidConfiguration {
        List<PeerSettings> peers = new ArrayList<>();
        for (Keys keys : images.list("peers")) {
            PeerSettings peer = peer(keys);
            if (peers.stream().anyMatch(other -> other.name().equals(peer.name()))) {
                throw keys.wrong("name", peer.name(), "another one for each server");
            }
            peers.add(peer);
        }
        return peers;
    }

    private static PeerSettings peer(Keys keys) throws InvalidConfiguration {
        String name = keys.text("name", "");
        // Persons write it: image pull NAME --from SERVER.
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,39}")) {
            throw keys.wrong("name", name, "up to 40 letters, digits, dots, dashes and underscores");
        }
        String url = keys.text("url", "");
        if (!url.matches("https://[^/]+/?")) {
            throw keys.wrong("url", url, "https://HOST:PORT, where that server's api.listen is open");
        }
        URI uri = AccessKeys.uri(keys, "url", url.replaceAll("/$", ""));
        // With colons between the octets, as openssl prints it, or without.
        Optional<String> pin = keys.text("pin").map(text -> text.replaceFirst("^sha256:", ""));
        if (pin.isPresent() && !pin.get().replace(":", "").matches("[0-9A-Fa-f]{64}")) {
            throw keys.wrong("pin", pin.get(), "64 hexadecimal digits: that server's start prints it");
        }
        PeerSettings peer = new PeerSettings(
                name,
                uri,
                pin.map(text -> text.replace(":", "").toLowerCase(Locale.ROOT)).orElse(""),
                token(keys),
                wanted(keys),
                hours(keys),
                keys.number("mbit", 0, 0, 1_000_000),
                keys.flag("on-demand", true));
        keys.end();
        return peer;
    }

    /** From a file, so that the configuration can be shown around. */
    private static String token(Keys keys) throws InvalidConfiguration {
        String file = keys.text("token-file", "");
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw keys.wrong("token-file", file, "a file with a token of that server: " + IoReason.of(e));
        }
    }

    private static List<Wanted> wanted(Keys keys) throws InvalidConfiguration {
        List<Wanted> wanted = new ArrayList<>();
        for (String text : keys.texts("pull")) {
            Optional<Wanted> wish = Wanted.parse(text);
            if (wish.isEmpty()) {
                throw keys.wrong("pull", text, "like room12, lab-*, lab-*@golden, room12@3 or room12@*");
            }
            wanted.add(wish.get());
        }
        return wanted;
    }

    private static Hours hours(Keys keys) throws InvalidConfiguration {
        List<String> texts = keys.texts("hours");
        Optional<Hours> hours = Hours.parse(texts);
        if (hours.isEmpty()) {
            throw keys.unfit(
                    "hours",
                    texts.toString(),
                    "a list like [\"22:00-06:00\", \"sat,sun 00:00-24:00\", \"mon-fri 12:00-13:00\"]");
        }
        return hours.get();
    }
}
