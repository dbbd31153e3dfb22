package firstlight.engine;

import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What the server's boot script wrote on the kernel command line; docs/protocol/engine.md has the table. Of what the kernel shows in
 * /proc/cmdline, which every program in the environment can read.
 */
sealed interface CommandLine {
    /**
     * @param server {@code https://ADDRESS:PORT}
     * @param token of the transaction; whoever has it is this PC to the server
     * @param pin SHA-256 of the server's certificate, 64 hexadecimal digits
     * @param mac the NIC that booted; empty when the boot program did not say
     * @param diskPatience seconds, for {@link DiskSilence#patience}; empty when nobody said
     */
    record Given(URI server, String token, String pin, String mac, boolean maintenance, String diskPatience)
            implements CommandLine {
        /** The same without maintenance: work is asked for and done. */
        Given atWork() {
            return new Given(server, token, pin, mac, false, diskPatience);
        }

        /** Without the token: this is printed. */
        @Override
        public String toString() {
            return server + (maintenance ? ", maintenance" : "");
        }
    }

    /** No server can be asked. */
    record Unusable(String reason, boolean maintenance) implements CommandLine {}

    /** Words that are not ours are passed over: the kernel's own, and those of a site. */
    static CommandLine parse(String text) {
        Map<String, String> arguments = new HashMap<>();
        for (String word : text.strip().split("\\s+", -1)) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                // The last one counts, as with the kernel's own.
                arguments.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        String maintenanceWord = arguments.getOrDefault("firstlight.maintenance", "0");
        boolean maintenance = !maintenanceWord.equals("0");
        String server = arguments.getOrDefault("firstlight.server", "");
        String token = arguments.getOrDefault("firstlight.token", "");
        String pin = arguments.getOrDefault("firstlight.pin", "").toLowerCase(Locale.ROOT);
        if (!server.startsWith("https://")) {
            return new Unusable(named("firstlight.server", "https://ADDRESS:PORT", server), maintenance);
        }
        if (token.isEmpty()) {
            return new Unusable(named("firstlight.token", "the transaction's secret", token), maintenance);
        }
        if (!pin.matches("sha256:[0-9a-f]{64}")) {
            return new Unusable(named("firstlight.pin", "sha256: and 64 hexadecimal digits", pin), maintenance);
        }
        URI uri;
        try {
            uri = URI.create(server.replaceFirst("/+$", ""));
        } catch (IllegalArgumentException e) {
            return new Unusable(named("firstlight.server", "https://ADDRESS:PORT", server), maintenance);
        }
        String mac = arguments.containsKey("firstlight.mac")
                ? arguments.get("firstlight.mac")
                : ofBootIf(arguments.getOrDefault("BOOTIF", ""));
        return new Given(
                uri,
                token,
                pin.substring("sha256:".length()),
                mac.toLowerCase(Locale.ROOT),
                maintenance,
                arguments.getOrDefault("firstlight.disk-patience", ""));
    }

    private static String named(String argument, String expected, String found) {
        return "the kernel command line has "
                + (found.isEmpty() ? "no " + argument : argument + "=" + found)
                + "; it must be " + expected;
    }

    /** PXELINUX writes {@code 01-52-54-00-12-34-56}: the hardware type, then the address. */
    private static String ofBootIf(String text) {
        return text.matches("(?i)[0-9a-f]{2}(-[0-9a-f]{2}){6}")
                ? text.substring(3).replace('-', ':')
                : "";
    }
}
