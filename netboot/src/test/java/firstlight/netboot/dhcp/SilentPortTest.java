package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.testkit.OwnNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SilentPortTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final SilentPort silent = new SilentPort(67, List.of("4011/udp", "8080/tcp"));

    @Test
    void whatComesAndIsNotHeardIsToldOnceWithThePortsToOpen() {
        silent.came("eth0.20", false, 0);
        assertThat(silent.told(SECOND, false)).as("it may be heard yet").isEmpty();
        silent.came("eth1", true, 2 * SECOND);
        assertThat(silent.told(3 * SECOND, false))
                .hasValueSatisfying(warning -> assertThat(warning)
                        .contains(
                                "on eth0.20,",
                                "firewall drops UDP port 67",
                                "lets in 67/udp, 4011/udp, 8080/tcp",
                                "firewall-cmd --permanent --add-port=67/udp --add-port=4011/udp --add-port=8080/tcp;",
                                "`ufw allow 67/udp; ufw allow 4011/udp; ufw allow 8080/tcp`"));
        assertThat(silent.isTold()).isTrue();
        assertThat(silent.told(60 * SECOND, false)).as("once").isEmpty();
    }

    @Test
    void whereNothingComesOrAnythingIsHeardThereIsNothingToTell() {
        assertThat(silent.told(60 * SECOND, false)).as("a quiet LAN").isEmpty();
        silent.came("eth0", false, 60 * SECOND);
        assertThat(silent.told(70 * SECOND, true)).isEmpty();
        assertThat(silent.isTold()).isFalse();
    }

    /** A server with a card in each network: the firewall's lines alone would change nothing. */
    @Test
    void ofARelaysPacketThatTheKernelMayFilterItSaysSo() {
        silent.came("eth0.20", true, 0);
        assertThat(silent.told(3 * SECOND, false))
                .hasValueSatisfying(warning -> assertThat(warning)
                        .contains("firewall drops UDP port 67, or its reverse path filter drops")
                        .contains("`sysctl net.ipv4.conf.eth0/20.rp_filter=2`"));
    }

    @Test
    void theFilterOfAnInterfaceIsWhatTheKernelTakesForIt() throws Exception {
        OwnNetwork.with(() -> {
            OwnNetwork.shell("ip link add pc0.1 type veth peer name pc1");
            set("all", 0);
            set("pc0.1", 0);
            assertThat(FirewallWatch.hasReversePathFilter("pc0.1")).isFalse();
            set("pc0.1", 1);
            assertThat(FirewallWatch.hasReversePathFilter("pc0.1")).isTrue();
            set("pc0.1", 2);
            set("all", 1);
            assertThat(FirewallWatch.hasReversePathFilter("pc0.1")).isFalse();
            set("pc0.1", 0);
            assertThat(FirewallWatch.hasReversePathFilter("pc0.1")).isTrue();
        });
    }

    private static void set(String name, int filter) throws Exception {
        Files.writeString(Path.of("/proc/sys/net/ipv4/conf", name, "rp_filter"), Integer.toString(filter));
    }
}
