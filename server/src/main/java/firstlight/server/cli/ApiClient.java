package firstlight.server.cli;

import firstlight.server.DataDirectory;
import firstlight.server.OperatorError;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Asks the running server. HttpURLConnection, for a command should not wait for a client that takes half a second to start. */
final class ApiClient {
    static final JsonMapper JSON = new JsonMapper();
    private static final int PATIENCE = 60_000;

    private final DataDirectory.Api api;

    ApiClient(DataDirectory data) {
        this.api = data.api();
    }

    JsonNode get(String path) {
        return ask("GET", path, JSON.createObjectNode());
    }

    JsonNode ask(String method, String path, ObjectNode body) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create(api.url() + "/api/" + path).toURL().openConnection();
            connection.setRequestMethod(method);
            connection.setReadTimeout(PATIENCE);
            connection.setRequestProperty("Authorization", "Bearer " + api.token());
            if (!body.isEmpty()) {
                connection.setDoOutput(true);
                connection.setRequestProperty("Content-Type", "application/json");
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(JSON.writeValueAsBytes(body));
                }
            }
            if (connection.getResponseCode() / 100 != 2) {
                throw refused(connection);
            }
            try (InputStream in = connection.getInputStream()) {
                return JSON.readTree(in);
            }
        } catch (ConnectException e) {
            throw new OperatorError(
                    "no server answers at " + api.url(), "start it with firstlight serve, or name its --data", e);
        } catch (IOException e) {
            throw new OperatorError("the server at " + api.url() + " broke off: " + e.getMessage(), "see its log", e);
        }
    }

    private static OperatorError refused(HttpURLConnection connection) throws IOException {
        try (InputStream in = connection.getErrorStream()) {
            if (in == null) {
                return new OperatorError("the server answers " + connection.getResponseCode(), "see its log");
            }
            JsonNode problem = JSON.readTree(in);
            return new OperatorError(
                    problem.path("title").stringValue("the server refuses"),
                    problem.path("cure").stringValue(""));
        }
    }

    static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
