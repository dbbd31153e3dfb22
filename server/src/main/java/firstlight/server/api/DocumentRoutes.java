package firstlight.server.api;

import firstlight.server.access.Permission;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** {@code /openapi.yaml} and {@code /openapi.json}: the API in words that people and programs read. */
final class DocumentRoutes {
    private DocumentRoutes() {}

    static List<Route> routes() {
        return List.of(
                Route.get("/openapi.yaml", Permission.NONE, request -> Answer.text("application/yaml", yaml())),
                Route.get("/openapi.json", Permission.NONE, request -> Answer.ok(document())));
    }

    static String yaml() throws IOException {
        try (InputStream in = Objects.requireNonNull(DocumentRoutes.class.getResourceAsStream("openapi.yaml"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static JsonNode document() throws IOException {
        return new YAMLMapper().readTree(yaml());
    }
}
