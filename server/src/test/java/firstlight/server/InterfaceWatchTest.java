package firstlight.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.server.operator.OperatorError;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InterfaceWatchTest {
    private static final Set<String> THERE = Set.of("lo", "eth0", "eth1");

    @Test
    void anInterfaceWithoutACableIsWaitedFor() {
        InterfaceWatch watch = InterfaceWatch.of(List.of("eth1"), THERE, Map.of());
        assertThat(watch.text()).isEqualTo("eth1 (no address yet)");
        assertThat(watch.changes(Map.of())).isEmpty();
        assertThat(watch.changes(Map.of("eth1", List.of("10.0.0.1/8"))))
                .containsExactly("PCs are served on eth1 10.0.0.1/8");
        assertThat(watch.text()).isEqualTo("eth1 10.0.0.1/8");
    }

    @Test
    void anotherAddressIsToldAndSoIsItsLoss() {
        InterfaceWatch watch = InterfaceWatch.of(List.of(), THERE, Map.of("eth0", List.of("10.0.0.1/8")));
        assertThat(watch.changes(Map.of("eth0", List.of("10.0.0.2/8"))))
                .containsExactly("PCs are served on eth0 10.0.0.2/8");
        assertThat(watch.changes(Map.of("eth0", List.of("10.0.0.2/8")))).isEmpty();
        assertThat(watch.changes(Map.of()))
                .containsExactly("PCs on eth0 are no longer served: it lost its link or its address");
    }

    @Test
    void anUnknownNameEndsTheStartAndNamesTheOthers() {
        assertThatThrownBy(() -> InterfaceWatch.of(List.of("eth7"), THERE, Map.of()))
                .isInstanceOfSatisfying(
                        OperatorError.class,
                        error -> assertThat(error.text())
                                .contains("there is no interface 'eth7'", "there are: eth0, eth1;"));
    }

    @Test
    void aHostWithLoopbackAloneIsRefused() {
        assertThatThrownBy(() -> InterfaceWatch.of(List.of(), Set.of("lo"), Map.of()))
                .isInstanceOf(OperatorError.class);
        assertThat(InterfaceWatch.of(List.of(), THERE, Map.of()).text()).isEqualTo("no interface yet");
    }
}
