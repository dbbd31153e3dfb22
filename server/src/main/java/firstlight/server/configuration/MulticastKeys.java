package firstlight.server.configuration;

import firstlight.model.Ipv4Address;
import firstlight.wire.multicast.StreamTicket;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code multicast}: how sessions are streamed. */
final class MulticastKeys {
    /** 224 to 239 begin with a 2; which of them may be used is StreamTicket's to say. */
    private static final Pattern NETWORK = Pattern.compile("(2\\d\\d(?:\\.\\d{1,3}){3})/(\\d{1,2})");

    private MulticastKeys() {}

    static Configuration.Multicast read(Keys keys) throws InvalidConfiguration {
        Configuration.Multicast usual = Configuration.Multicast.USUAL;
        String text = keys.text("groups", usual.groups() + "/" + usual.prefix());
        Matcher network = NETWORK.matcher(text);
        if (!network.matches()) {
            throw wrong(keys, text);
        }
        int prefix = Integer.parseInt(network.group(2));
        Ipv4Address groups;
        try {
            groups = Ipv4Address.parse(network.group(1));
        } catch (IllegalArgumentException e) {
            throw wrong(keys, text);
        }
        if (!StreamTicket.isGroup(groups) || prefix < 8 || prefix > 30) {
            throw wrong(keys, text);
        }
        Configuration.Multicast read = new Configuration.Multicast(
                keys.flag("enabled", usual.enabled()),
                groups,
                prefix,
                keys.number("port", usual.port(), 1, 65535),
                keys.number("ttl", usual.ttl(), 0, 255),
                keys.number("most-mbit", usual.fastest(), 0, 100_000));
        keys.end();
        return read;
    }

    private static InvalidConfiguration wrong(Keys keys, String text) {
        return keys.wrong("groups", text, "a network of multicast groups, such as 239.255.0.0/16 (prefix 8 to 30)");
    }
}
