package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Ipv4Address;
import org.junit.jupiter.api.Test;

class ArrivalTest {
    private static final Ipv4Address SERVER = Ipv4Address.parse("10.0.0.1");

    @Test
    void aBroadcastIsAnsweredFromAnAddressOfItsInterface() {
        assertThat(Arrival.reaches(SERVER, Ipv4Address.BROADCAST, true)).isTrue();
        assertThat(Arrival.reaches(SERVER, Ipv4Address.parse("10.0.0.255"), true))
                .isTrue();
    }

    @Test
    void aBroadcastOnAnInterfaceWithoutAnAddressIsNotAnsweredWithAnotherInterfaces() {
        assertThat(Arrival.reaches(SERVER, Ipv4Address.BROADCAST, false)).isFalse();
        assertThat(Arrival.reaches(Ipv4Address.ANY, Ipv4Address.BROADCAST, false))
                .isFalse();
    }

    @Test
    void aRouterMayBringAPacketForOneAddressByTheInterfaceOfAnother() {
        assertThat(Arrival.reaches(SERVER, SERVER, false)).isTrue();
    }
}
