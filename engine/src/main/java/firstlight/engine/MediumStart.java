package firstlight.engine;

import firstlight.image.ImageFailure;
import firstlight.model.FactName;
import firstlight.model.Facts;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An environment that a boot medium started has no token of a transaction: it asks the server as a preboot client does, and
 * reads from the answer what that client would have put on the kernel command line.
 */
final class MediumStart {
    private static final String WORD = "firstlight.ask=";
    /** How every answer of a server begins. */
    private static final String SCRIPT = "#!ipxe\n";

    private static final String PIN = "firstlight.pin=";
    /** To connect, and for an answer. */
    private static final int MILLIS = 10_000;

    /** What a person does whose medium has wrong settings. */
    static final String ANEW =
            "make the medium again (firstlight media usb|iso ... --server http://ADDRESS:8080 --address --netmask --gateway)";

    private MediumStart() {}

    /** The server that the medium's settings name, {@code http://ADDRESS:PORT}; empty when no medium started this. */
    static Optional<String> server(String commandLine) {
        return words(commandLine).stream()
                .filter(word -> word.startsWith(WORD + "http://"))
                .map(word -> word.substring(WORD.length()).replaceFirst("/+$", ""))
                .findFirst();
    }

    /** The certificate that the medium's settings name, {@code sha256:HEX}; empty when they name none. */
    static Optional<String> pin(String commandLine) {
        return words(commandLine).stream()
                .filter(word -> word.startsWith(PIN))
                .map(word -> word.substring(PIN.length()))
                .findFirst();
    }

    /**
     * {@code arguments} of an answer, which came by HTTP: nobody proved to be the server.
     *
     * @param pin the medium's; when it has one, the server must be that one
     */
    static String pinned(String arguments, Optional<String> pin) throws ImageFailure {
        String told = pin(arguments).orElse("");
        if (pin.isPresent() && !pin.get().equalsIgnoreCase(told)) {
            throw new ImageFailure(
                    "This is not the server that the medium was made for",
                    "its certificate has " + told + ", the medium names " + pin.get(),
                    "If the server has a new certificate, make the medium again (firstlight media usb|iso ... --server"
                            + " http://ADDRESS:8080); else look who answers there");
        }
        return arguments;
    }

    /** As {@link #question}, of a person at the prompt: the answer has a token, whether there is work or not. */
    static URI promptQuestion(String server, Facts facts) {
        return URI.create(question(server, facts) + "&prompt=1");
    }

    /**
     * As iPXE asks (docs/transaction-server.md): the server cannot tell the two apart, and need not.
     *
     * @param server {@code http://ADDRESS:PORT}
     */
    static URI question(String server, Facts facts) {
        Map<String, FactName> parameters = new LinkedHashMap<>();
        parameters.put("mac", FactName.MAC);
        parameters.put("uuid", FactName.UUID);
        parameters.put("serial", FactName.SERIAL);
        parameters.put("asset", FactName.ASSET_TAG);
        parameters.put("board", FactName.BOARD_SERIAL);
        parameters.put("manufacturer", FactName.MANUFACTURER);
        parameters.put("product", FactName.MODEL);
        StringBuilder query = new StringBuilder();
        parameters.forEach((name, fact) -> facts.first(fact)
                .ifPresent(value -> query.append(name)
                        .append('=')
                        .append(URLEncoder.encode(value, StandardCharsets.UTF_8))
                        .append('&')));
        boolean uefi = facts.first(FactName.FIRMWARE).orElse("").equals("uefi");
        String architecture = facts.first(FactName.ARCHITECTURE).orElse("x86_64");
        return URI.create(
                server + "/preboot?" + query + "platform=" + (uefi ? "efi" : "pcbios") + "&buildarch=" + architecture);
    }

    /** The arguments for work in {@code script}; empty when the server has none for this PC. */
    static Optional<String> arguments(String script) {
        return arguments(script, false);
    }

    /** @param maintenance those of the entry for maintenance, else those for work */
    static Optional<String> arguments(String script, boolean maintenance) {
        return script.lines()
                .filter(line ->
                        line.contains("firstlight.token=") && line.contains("firstlight.maintenance=1") == maintenance)
                .map(line -> String.join(
                        " ",
                        words(line).stream()
                                .filter(word -> word.startsWith("firstlight."))
                                .toList()))
                .findFirst();
    }

    /** Why the server decided as it did: the script's comments. */
    static List<String> reasons(String script) {
        return script.lines()
                .filter(line -> line.startsWith("# "))
                .map(line -> line.substring(2))
                .toList();
    }

    /**
     * @throws ImageFailure where something else answers: not to be tried again
     * @throws IOException where nothing does, or a server that is starting
     */
    static String get(URI question) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) question.toURL().openConnection();
        connection.setConnectTimeout(MILLIS);
        connection.setReadTimeout(MILLIS);
        int status = connection.getResponseCode();
        if (status >= 500) {
            throw new IOException("HTTP status " + status); // it may be starting
        }
        if (status != HttpURLConnection.HTTP_OK) {
            throw stranger(question, "HTTP status " + status);
        }
        try (InputStream in = connection.getInputStream()) {
            return script(question, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** A router's page, or a captive portal, is no word about work. */
    static String script(URI question, String answer) throws ImageFailure {
        if (!answer.startsWith(SCRIPT)) {
            throw stranger(question, "what it answers is no boot script");
        }
        return answer;
    }

    private static ImageFailure stranger(URI question, String why) {
        return new ImageFailure(
                "Something else than Firstlight answers at http://" + question.getAuthority(),
                why,
                "When that is not the server's address and HTTP port, " + ANEW);
    }

    private static List<String> words(String text) {
        return Arrays.asList(text.strip().split("\\s+", -1));
    }
}
