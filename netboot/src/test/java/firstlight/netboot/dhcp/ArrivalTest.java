package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Ipv4Address;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrivalTest {
    private static final Ipv4Address NAMED = Ipv4Address.parse("10.0.0.1");
    private static final Ipv4Address OTHER = Ipv4Address.parse("192.168.1.1");
    private static final Ipv4Address BROADCAST = Ipv4Address.BROADCAST;

    @Test
    void aBroadcastIsAnsweredFromTheAddressThatTheKernelNames() {
        assertThat(Arrival.server(NAMED, BROADCAST, List.of(OTHER, NAMED))).contains(NAMED);
        assertThat(Arrival.server(NAMED, Ipv4Address.parse("10.0.0.255"), List.of(NAMED)))
                .contains(NAMED);
    }

    @Test
    void aBroadcastIsAnsweredFromAnAddressOfItsOwnInterface() {
        assertThat(Arrival.server(NAMED, BROADCAST, List.of(OTHER))).contains(OTHER);
    }

    @Test
    void aBroadcastOnAnInterfaceWithoutAnAddressIsNotAnswered() {
        assertThat(Arrival.server(NAMED, BROADCAST, List.of())).isEmpty();
        assertThat(Arrival.server(Ipv4Address.ANY, BROADCAST, List.of())).isEmpty();
    }

    @Test
    void aRouterMayBringAPacketForOneAddressByTheInterfaceOfAnother() {
        assertThat(Arrival.server(NAMED, NAMED, List.of(OTHER))).contains(NAMED);
        assertThat(Arrival.server(NAMED, NAMED, List.of())).contains(NAMED);
    }
}
