package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OwnNetworkTest {
    private static final String TABLE = """
            Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
            eth0	00000000	4D004D0A	0003	0	0	0	00000000	0	0	0
            eth0	00004D0A	00000000	0001	0	0	0	00FFFFFF	0	0	0
            """;

    @Test
    void theGatewayIsThatOfTheDefaultRoute() {
        assertThat(OwnNetwork.gateway(TABLE)).contains("10.77.0.77");
        assertThat(OwnNetwork.gateway(TABLE.lines().skip(2).findFirst().orElseThrow()))
                .isEmpty();
        assertThat(OwnNetwork.gateway("")).isEmpty();
    }

    @Test
    void isToldInOneLine() {
        assertThat(OwnNetwork.words(List.of("10.77.0.9/24 on eth0"), Optional.of("10.77.0.77")))
                .isEqualTo("this PC has 10.77.0.9/24 on eth0, gateway 10.77.0.77");
        assertThat(OwnNetwork.words(List.of(), Optional.empty())).isEqualTo("this PC has no address, no gateway");
    }
}
