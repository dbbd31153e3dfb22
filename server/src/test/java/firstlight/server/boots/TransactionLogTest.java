package firstlight.server.boots;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.database.Database;
import firstlight.database.Journal.Event;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MacAddress;
import firstlight.netboot.dhcp.ProxyDhcp;
import firstlight.policy.Transactions;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransactionLogTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");

    @TempDir
    private Path directory;

    private Database database;
    private TransactionLog log;

    @BeforeEach
    void open() {
        database = Database.open(directory, NOW);
        log = new TransactionLog(database.journal(), database.devices());
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void discover(int second, String decision) {
        Instant now = NOW.plusSeconds(second);
        log.append(log.firstPacket(MAC, now), now, "first-answer", decision);
        log.happened(now, MAC, "offer", "an offer");
    }

    @Test
    void aFirmwareThatRepeatsItsPacketIsOneDecisionAndOneOffer() {
        discover(0, "local disk");
        discover(4, "local disk");
        discover(8, "local disk");

        assertThat(database.journal().events(0, 0, 100))
                .extracting(Event::kind)
                .containsExactly("first-answer", "offer");
    }

    @Test
    void anotherDecisionInTheSameBootIsToldAgain() {
        discover(0, "local disk");
        discover(4, "preboot client");
        discover(8, "local disk");

        assertThat(database.journal().events(0, 0, 100))
                .extracting(Event::text)
                .containsExactly("local disk", "an offer", "preboot client", "local disk");
    }

    @Test
    void whatAStrangerSaysForgesNoLineAndMovesNoCursor() {
        log.happened(
                NOW, MAC, "engine", "x\n12:00:00.000 INFO  transaction: 17 done\u001b]52;c;AAAA\u0007\u009b2J\tend");

        assertThat(database.journal().events(0, 0, 100))
                .extracting(Event::text)
                .containsExactly("x 12:00:00.000 INFO  transaction: 17 done ]52;c;AAAA  2J end");
    }

    /** iPXE asks again where the answer got lost, and others look for a file before they read it. */
    @Test
    void aHotkeyThatWasPressedCountsUntilTheNextBoot() {
        discover(0, "preboot client");
        log.happened(NOW.plusSeconds(3), MAC, ProxyDhcp.HOTKEY, "somebody chose Firstlight");
        Facts facts = Facts.NONE.with(FactName.MAC, MAC.toString());
        for (int second : new int[] {10, 14}) {
            database.journal().open(Transactions.NOBODY, facts, NOW.plusSeconds(second));
            assertThat(log.isHotkeyPressed(MAC, NOW.plusSeconds(second))).isTrue();
        }

        discover(60, "preboot client");
        database.journal().open(Transactions.NOBODY, facts, NOW.plusSeconds(70));
        assertThat(log.isHotkeyPressed(MAC, NOW.plusSeconds(70))).isFalse();
    }

    @Test
    void whatALaterPhaseDoesTwiceIsToldTwiceUnlessNothingElseHappenedBetween() {
        Instant now = NOW;
        for (String text : new String[] {"autoexec.ipxe", "vmlinuz", "vmlinuz", "autoexec.ipxe"}) {
            log.happened(now, MAC, "transfer", text);
        }

        assertThat(database.journal().events(0, 0, 100))
                .extracting(Event::text)
                .containsExactly("autoexec.ipxe", "vmlinuz", "autoexec.ipxe");
    }
}
