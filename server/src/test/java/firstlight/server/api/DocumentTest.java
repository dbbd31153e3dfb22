package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The OpenAPI document and the routes say the same. */
class DocumentTest {
    @TempDir
    private Path directory;

    private final Document document;
    private ApiServer server;

    DocumentTest() throws Exception {
        document = new Document();
    }

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(directory, 50);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void everyRouteIsInTheDocumentAndTheReverse() {
        Set<String> routes = server.api.router().routes().stream()
                .map(route -> route.method() + " " + route.template())
                .collect(Collectors.toSet());
        assertThat(new TreeSet<>(routes)).isEqualTo(document.operations());
    }

    @Test
    void fieldsParametersAndRolesAreTheSame() {
        for (Route route : server.api.router().routes()) {
            String what = route.method() + " " + route.template();
            assertThat(document.fields(route)).as(what).isEqualTo(new TreeSet<>(route.fields()));
            assertThat(document.query(route)).as(what).isEqualTo(new TreeSet<>(route.query()));
            String role = switch (route.permission()) {
                case NONE -> "none";
                case SEE_IMAGES, PULL -> "peer";
                case SEE -> "viewer";
                case ACT -> "technician";
                case ADMINISTER -> "administrator";
            };
            assertThat(document.operation(route).path("x-role").stringValue())
                    .as(what)
                    .isEqualTo(role);
        }
    }

    @Test
    void itIsServedAsYamlAndAsJson() throws Exception {
        assertThat(server.as("", "GET", "/openapi.yaml", "").text()).startsWith("openapi: 3.1.0");
        assertThat(server.as("", "GET", "/openapi.json", "")
                        .json()
                        .path("openapi")
                        .stringValue())
                .isEqualTo("3.1.0");
    }
}
