package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OwnHostServerTest {
    private static final String UDP_HEAD =
            "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops";
    private static final String DHCP =
            "  123: 01004D0A:0043 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 44364896 2 0 0";
    private static final String TFTP =
            "  125: 00000000:0045 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 44360043 2 0 0";
    private static final String PACKET_HEAD = "sk               RefCnt Type Proto  Iface R Rmem   User   Inode";
    private static final String KEA = "00000000cc67fd5a 3      3    0003   2     1 0      0      44364897";
    private static final String LLDP = "00000000cc67fd5b 3      3    88cc   2     1 0      0      44364899";

    @Test
    void keaHasTheDhcpPortAndASocketBelowIp() {
        assertThat(OwnHostServer.sendsBelowIp(List.of(UDP_HEAD, TFTP, DHCP), List.of(PACKET_HEAD, LLDP, KEA)))
                .isTrue();
    }

    @Test
    void neitherADhcpServerByUdpNorTcpdumpIsOne() {
        assertThat(OwnHostServer.sendsBelowIp(List.of(UDP_HEAD, DHCP), List.of(PACKET_HEAD, LLDP)))
                .isFalse();
        assertThat(OwnHostServer.sendsBelowIp(List.of(UDP_HEAD, TFTP), List.of(PACKET_HEAD, KEA)))
                .isFalse();
        assertThat(OwnHostServer.sendsBelowIp(List.of(UDP_HEAD), List.of(PACKET_HEAD)))
                .isFalse();
    }
}
