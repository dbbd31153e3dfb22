package firstlight.image.safe;

import firstlight.model.Ipv4Address;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The value of the key {@code network} in image-safe data: how the restored system gets its address. */
public sealed interface SafeNetwork {
    record Dhcp() implements SafeNetwork {}

    /**
     * @param prefix length of the network's prefix, 1 to 32
     * @param domain empty for none
     */
    record Fixed(
            Ipv4Address address, int prefix, Optional<Ipv4Address> gateway, List<Ipv4Address> dnsServers, String domain)
            implements SafeNetwork {
        public Fixed {
            dnsServers = List.copyOf(dnsServers);
        }
    }

    /**
     * Reads {@code dhcp}, or {@code ADDRESS/PREFIX [gateway ADDRESS] [dns ADDRESS,...] [domain NAME]}.
     *
     * @throws IllegalArgumentException when it is something else; its message names the form
     */
    static SafeNetwork parse(String text) {
        if (text.equals("dhcp")) {
            return new Dhcp();
        }
        Iterator<String> words = Arrays.asList(text.strip().split("\\s+", -1)).iterator();
        String[] address = words.next().split("/", -1);
        if (address.length != 2 || !address[1].matches("[1-9]|[12][0-9]|3[0-2]")) {
            throw unfit(text);
        }
        Optional<Ipv4Address> gateway = Optional.empty();
        List<Ipv4Address> dns = new ArrayList<>();
        String domain = "";
        while (words.hasNext()) {
            String word = words.next();
            String value = words.hasNext() ? words.next() : "";
            switch (word) {
                case "gateway" -> gateway = Optional.of(address(value, text));
                case "dns" -> Arrays.asList(value.split(",", -1)).forEach(server -> dns.add(address(server, text)));
                case "domain" -> domain = domain(value, text);
                default -> throw unfit(text);
            }
        }
        return new Fixed(address(address[0], text), Integer.parseInt(address[1]), gateway, dns, domain);
    }

    private static Ipv4Address address(String word, String text) {
        try {
            return Ipv4Address.parse(word);
        } catch (IllegalArgumentException none) {
            throw unfit(text);
        }
    }

    private static String domain(String word, String text) {
        if (!word.matches("[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")) {
            throw unfit(text);
        }
        return word;
    }

    private static IllegalArgumentException unfit(String text) {
        return new IllegalArgumentException(
                "'" + text
                        + "' are no network settings: dhcp, or ADDRESS/PREFIX [gateway ADDRESS] [dns ADDRESS,ADDRESS] [domain NAME]");
    }
}
