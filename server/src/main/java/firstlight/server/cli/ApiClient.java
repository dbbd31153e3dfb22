package firstlight.server.cli;

import firstlight.server.access.Pin;
import firstlight.server.operator.OperatorError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks the running server. HttpURLConnection, for a command should not wait for a client that takes half a second to start. What the
 * server refuses, and what the network does, is thrown as an {@link OperatorError} with the server's own cure.
 */
final class ApiClient {
    static final JsonMapper JSON = new JsonMapper();
    /** Milliseconds; the kernel tries for two minutes, without a word. A host that is there answers within one second. */
    private static final int CONNECT = 15_000;
    /** Milliseconds without an octet of the answer. */
    private static final int PATIENCE = 120_000;
    /** The stream says something every 15 s. Milliseconds: three of those may be lost. */
    private static final int SILENCE = 45_000;

    private final Target target;

    ApiClient(Target target) {
        this.target = target;
    }

    /** @param path below {@code /api/}, encoded, with its query */
    JsonNode get(String path) {
        return json(open("GET", path), "", "");
    }

    /** All pages of a list, as one array. */
    ArrayNode all(String path) {
        ArrayNode all = JSON.createArrayNode();
        String after = "";
        do {
            JsonNode page = get(path + after);
            page.path("items").forEach(all::add);
            String next = page.path("next").asString("");
            after = next.isEmpty() ? "" : (path.contains("?") ? "&" : "?") + "after=" + part(next);
        } while (!after.isEmpty());
        return all;
    }

    /**
     * @param body empty for none
     * @return an empty object where the server answers nothing
     */
    JsonNode ask(String method, String path, ObjectNode body) {
        return json(open(method, path), body.isEmpty() ? "" : body.toString(), "application/json");
    }

    JsonNode send(String path, String text, String type) {
        return json(open("POST", path), text, type);
    }

    String text(String path) {
        return exchange(open("GET", path), "", "");
    }

    /**
     * Server-sent events, by name and data, until the server ends or goes silent; returns the last event's number.
     *
     * @param lastEvent after which it begins; empty for what happens from now on
     * @param event hears the name and the data, on this thread
     * @throws IOException when the connection breaks
     */
    String follow(String lastEvent, BiConsumer<String, String> event) throws IOException {
        HttpURLConnection connection = open("GET", "events/stream");
        connection.setReadTimeout(SILENCE);
        connection.setRequestProperty("Accept", "text/event-stream");
        if (!lastEvent.isEmpty()) {
            connection.setRequestProperty("Last-Event-ID", lastEvent);
        }
        String last = lastEvent;
        if (connection.getResponseCode() != 200) {
            throw refused(connection);
        }
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            String name = "message";
            String data = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    if (!data.isEmpty()) {
                        event.accept(name, data);
                    }
                    name = "message";
                    data = "";
                } else if (line.startsWith("event:")) {
                    name = line.substring(6).strip();
                } else if (line.startsWith("data:")) {
                    data += line.substring(5).strip();
                } else if (line.startsWith("id:")) {
                    last = line.substring(3).strip();
                }
            }
        } catch (SocketTimeoutException e) {
            // asked again from where it was
        }
        return last;
    }

    /** @throws IOException of {@code into}; what the network does is told as the server's */
    void download(String path, OutputStream into) throws IOException {
        HttpURLConnection connection = open("GET", path);
        try (InputStream in = answer(connection)) {
            byte[] buffer = new byte[1 << 18];
            for (int count = read(in, buffer); count >= 0; count = read(in, buffer)) {
                into.write(buffer, 0, count);
            }
        }
    }

    private InputStream answer(HttpURLConnection connection) {
        try {
            if (connection.getResponseCode() != 200) {
                throw refused(connection);
            }
            return connection.getInputStream();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private int read(InputStream in, byte[] buffer) {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /**
     * @param sent hears how many octets have gone
     * @throws IOException of {@code file}; what the network does is told as the server's
     */
    JsonNode upload(String path, Path file, LongConsumer sent) throws IOException {
        HttpURLConnection connection = open("POST", path);
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/octet-stream");
        connection.setFixedLengthStreamingMode(Files.size(file));
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 18];
            long done = 0;
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                write(connection, buffer, count);
                done += count;
                sent.accept(done);
            }
        }
        return json(connection, "", "");
    }

    private void write(HttpURLConnection connection, byte[] buffer, int count) {
        try {
            connection.getOutputStream().write(buffer, 0, count);
        } catch (IOException e) {
            if (connection.getErrorStream() == null) {
                throw broken(e);
            }
            throw refusal(connection); // meanwhile
        }
    }

    private OperatorError refusal(HttpURLConnection connection) {
        try {
            return refused(connection);
        } catch (IOException e) {
            return broken(e);
        }
    }

    /** What the network, or the server, does to a request. */
    private OperatorError broken(IOException e) {
        String url = target.url();
        return switch (e) {
            case ConnectException refused ->
                new OperatorError(
                        "no server answers at " + url, "start it with firstlight serve, or name its --data", refused);
            case UnknownHostException unknown ->
                new OperatorError(
                        "there is no host '"
                                + Optional.ofNullable(URI.create(url).getHost()).orElse(url) + "'",
                        "see the name in " + url,
                        unknown);
            case NoRouteToHostException unreachable ->
                new OperatorError(
                        url + " cannot be reached: " + unreachable.getMessage(),
                        "see that its host is on, and the network and firewalls between",
                        unreachable);
            case SocketTimeoutException silent ->
                new OperatorError(
                        "the server at " + url + " does not answer", "see that its host is on, and its log", silent);
            case SSLHandshakeException strange ->
                new OperatorError(
                        "the certificate of " + url + " is not believed: " + strange.getMessage(),
                        "firstlight sign-in --server " + url + " shows it; --pin names it",
                        strange);
            case SSLException plain
            when String.valueOf(plain.getMessage()).contains("Unsupported or unrecognized") ->
                new OperatorError(url + " does not speak HTTPS", "see the port: the API's is 8444", plain);
            case IOException other ->
                new OperatorError("the server at " + url + " broke off: " + other.getMessage(), "see its log", other);
        };
    }

    HttpURLConnection open(String method, String path) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create(target.url() + "/api/" + path).toURL().openConnection();
            if (connection instanceof HttpsURLConnection tls && !target.pin().isEmpty()) {
                tls.setSSLSocketFactory(Pin.context(target.pin()).getSocketFactory());
                tls.setHostnameVerifier((host, session) -> true); // the pin says more than a name
            }
            if (method.equals("PATCH")) {
                // HttpURLConnection is older than PATCH; the server takes this header in its place.
                connection.setRequestMethod("POST");
                connection.setRequestProperty("X-HTTP-Method-Override", "PATCH");
            } else {
                connection.setRequestMethod(method);
            }
            connection.setConnectTimeout(CONNECT);
            connection.setReadTimeout(PATIENCE);
            if (!target.secret().isEmpty()) {
                connection.setRequestProperty("Authorization", "Bearer " + target.secret());
            }
            return connection;
        } catch (IOException | IllegalArgumentException e) {
            throw new OperatorError(
                    "'" + target.url() + "' is no server's URL: " + e.getMessage(), "write https://HOST:PORT", e);
        }
    }

    private JsonNode json(HttpURLConnection connection, String body, String type) {
        String text = exchange(connection, body, type);
        try {
            return text.isEmpty() ? JSON.createObjectNode() : JSON.readTree(text);
        } catch (JacksonException e) {
            throw noServer(e);
        }
    }

    private String exchange(HttpURLConnection connection, String body, String type) {
        try {
            if (!body.isEmpty()) {
                connection.setDoOutput(true);
                connection.setRequestProperty("Content-Type", type);
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(body.getBytes(StandardCharsets.UTF_8));
                }
            }
            if (connection.getResponseCode() / 100 != 2) {
                throw refused(connection);
            }
            try (InputStream in = connection.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private static OperatorError refused(HttpURLConnection connection) throws IOException {
        try (InputStream in = connection.getErrorStream()) {
            if (in == null) {
                return new OperatorError("the server answers " + connection.getResponseCode(), "see its log");
            }
            JsonNode problem = JSON.readTree(in);
            return new OperatorError(
                    problem.path("detail").stringValue("the server refuses"),
                    problem.path("cure").stringValue(""));
        } catch (JacksonException e) {
            return noServer(e);
        }
    }

    private static OperatorError noServer(JacksonException e) {
        return new OperatorError("this is no Firstlight server: it answers no JSON", "see the URL", e);
    }

    /** One segment of a path, or one value of a query. */
    static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
