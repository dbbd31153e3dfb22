package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SilentPortTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final SilentPort silent = new SilentPort(67, List.of("4011/udp", "8080/tcp"));

    @Test
    void whatComesAndIsNotHeardIsToldOnceWithThePortsToOpen() {
        silent.came("eth0.20", 0);
        assertThat(silent.told(SECOND, false)).as("it may be heard yet").isEmpty();
        silent.came("eth1", 2 * SECOND);
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
        silent.came("eth0", 60 * SECOND);
        assertThat(silent.told(70 * SECOND, true)).isEmpty();
        assertThat(silent.isTold()).isFalse();
    }
}
