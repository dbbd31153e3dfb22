package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DhcpSoftwareTest {
    /** Kea 2.6 (Debian 13) starts with no other; 2.2 made one up. */
    @Test
    void eachSubnetOfKeasHasAnId() {
        String config = DhcpSoftware.KEA.config(Path.of("/tmp"), "\"client-classes\": []\n");
        JsonNode subnets = new JsonMapper().readTree(config).path("Dhcp4").path("subnet4");
        assertThat(subnets.valueStream())
                .isNotEmpty()
                .allSatisfy(subnet -> assertThat(subnet.path("id").isInt()).isTrue());
    }
}
