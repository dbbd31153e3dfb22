package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The OpenAPI document, as the judge of what the server really does. */
final class Document {
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private final JsonNode root;

    Document() throws IOException {
        this.root = DocumentRoutes.document();
    }

    /** {@code GET /devices/{device}}, each. */
    Set<String> operations() {
        Set<String> all = new TreeSet<>();
        root.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    if (!operation.getKey().equals("parameters")) {
                        all.add(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
                    }
                }));
        return all;
    }

    JsonNode operation(Route route) {
        return root.path("paths").path(route.template()).path(route.method().toLowerCase(Locale.ROOT));
    }

    Set<String> fields(Route route) {
        JsonNode schema = operation(route)
                .path("requestBody")
                .path("content")
                .path("application/json")
                .path("schema");
        String reference = schema.path("$ref").stringValue("");
        JsonNode whole = reference.isEmpty() ? schema : root.at(reference.substring(1));
        return new TreeSet<>(whole.path("properties").propertyNames());
    }

    Set<String> query(Route route) {
        Set<String> names = new TreeSet<>();
        operation(route)
                .path("parameters")
                .forEach(each -> names.add(each.path("name").stringValue()));
        return names;
    }

    /** Fails when the answer is not what the document promises. */
    void judge(Route route, int status, String type, String body) {
        JsonNode responses = operation(route).path("responses");
        JsonNode promised = responses.path(Integer.toString(status));
        if (promised.isMissingNode()) {
            assertThat(status)
                    .as("%s %s answers %s", route.method(), route.template(), body)
                    .isGreaterThanOrEqualTo(400);
            promised = root.path("components").path("responses").path("Problem");
        }
        JsonNode content = promised.path("content");
        if (content.isMissingNode()) {
            assertThat(body).isEmpty();
            return;
        }
        String bare = type.split(";", 2)[0];
        assertThat(content.propertyNames())
                .as("%s %s", route.method(), route.template())
                .contains(bare);
        if (bare.endsWith("json")) {
            List<String> wrong = new ArrayList<>();
            for (Error error : schema(content.path(bare).path("schema")).validate(Json.MAPPER.readTree(body))) {
                wrong.add(error.toString());
            }
            assertThat(wrong)
                    .as("%s %s answers %s", route.method(), route.template(), body)
                    .isEmpty();
        }
    }

    private Schema schema(JsonNode schema) {
        ObjectNode whole = Json.object();
        whole.setAll((ObjectNode) schema);
        whole.set("components", root.path("components"));
        return SCHEMAS.getSchema(whole);
    }
}
