package firstlight.server;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class NeighboursTest {
    /** InfiniBand's addresses have 20 octets, of which the kernel shows ten; a tunnel has none. */
    private static final List<String> TABLE = """
            IP address       HW type     Flags       HW address            Mask     Device
            10.0.0.5         0x1         0x2         52:54:00:12:34:56     *        eth0
            10.0.0.6         0x1         0x0         00:00:00:00:00:00     *        eth0
            10.0.0.7         0x20        0x2         80:00:02:08:fe:80:00:00:00     *        ib0
            10.0.0.8         0x300       0x2         *                     *        tun0
            """.lines().toList();

    @Test
    void aNeighbourWithoutAnEthernetAddressIsNobody() {
        assertThat(Neighbours.mac(Ipv4Address.parse("10.0.0.5"), TABLE))
                .contains(MacAddress.parse("52:54:00:12:34:56"));
        for (String other : List.of("10.0.0.6", "10.0.0.7", "10.0.0.8", "10.0.0.9")) {
            assertThat(Neighbours.mac(Ipv4Address.parse(other), TABLE))
                    .as(other)
                    .isEmpty();
        }
    }
}
