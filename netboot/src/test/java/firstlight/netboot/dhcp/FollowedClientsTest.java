package firstlight.netboot.dhcp;

import static firstlight.netboot.dhcp.FollowedClients.CLIENTS;
import static firstlight.netboot.dhcp.FollowedClients.RECENT;
import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Bytes;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FollowedClientsTest {
    private static final Instant START = Instant.parse("2026-11-29T10:00:00Z");

    private record Seen(Instant last) implements FollowedClients.Heard {}

    private final FollowedClients<Seen> clients = new FollowedClients<>();

    private static Bytes client(int number) {
        return Bytes.of((byte) (number >> 16), (byte) (number >> 8), (byte) number);
    }

    @BeforeEach
    void fill() {
        for (int i = 0; i < CLIENTS; i++) {
            clients.put(client(i), new Seen(START.plusMillis(i)));
        }
    }

    @Test
    void whileAllWereHeardJustNowNobodyElseIsTakenIn() {
        clients.put(client(CLIENTS), new Seen(START.plus(RECENT).minusMillis(1)));
        assertThat(clients.get(client(CLIENTS))).isNull();
        assertThat(clients.get(client(0))).isNotNull();
    }

    @Test
    void theOneThatWasNotHeardForLongestGivesItsPlace() {
        Seen fresh = new Seen(START.plus(RECENT));
        clients.put(client(CLIENTS), fresh);
        assertThat(clients.get(client(CLIENTS))).isEqualTo(fresh);
        assertThat(clients.get(client(0))).isNull();
        assertThat(clients.get(client(1))).isNotNull();
    }

    @Test
    void whoIsFollowedIsHeardAgainThoughAllPlacesAreTaken() {
        Seen again = new Seen(START.plusMillis(CLIENTS));
        clients.put(client(7), again);
        assertThat(clients.get(client(7))).isEqualTo(again);
    }

    @Test
    void whoLeavesGivesItsPlace() {
        clients.remove(client(9));
        clients.put(client(CLIENTS), new Seen(START.plusMillis(CLIENTS)));
        assertThat(clients.get(client(CLIENTS))).isNotNull();
    }
}
