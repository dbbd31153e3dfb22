package firstlight.server.boots;

import firstlight.database.Boot;
import firstlight.database.DeviceStore;
import firstlight.database.Journal;
import firstlight.model.Events;
import firstlight.model.MacAddress;
import firstlight.model.OneLine;
import firstlight.netboot.dhcp.ProxyDhcp;
import firstlight.policy.Device;
import firstlight.policy.IdentityKey;
import firstlight.policy.RepositoryUnreachable;
import firstlight.policy.Transactions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes events to the journal and to the log: one line each, with the transaction,
 * the device and its phase. For any thread; writing waits for nothing.
 */
public final class TransactionLog implements Events {
    private static final Logger LOG = LoggerFactory.getLogger("transaction");
    /** From the key press to the preboot client's question. */
    private static final Duration HOTKEY_COUNTS = Duration.ofMinutes(3);

    /** Entries of each map; then it is emptied whole, and some repeats are told once more. */
    private static final int MANY = 100_000;

    private static final int FIRMWARE = 1;
    /** What the journal keeps of a text. */
    private static final int LONGEST = 1_000;

    private final Journal journal;
    private final DeviceStore devices;
    private final Map<Topic, Line> lastLine = new ConcurrentHashMap<>();
    /** When somebody chose us in a firmware's menu. */
    private final Map<MacAddress, Instant> hotkeys = new ConcurrentHashMap<>();

    /** What a repeat is looked for in. A firmware's packet causes a decision and an offer, in turns: each is its own topic. */
    private record Topic(long boot, String kind) {}

    private record Line(String kind, String text) {}

    public TransactionLog(Journal journal, DeviceStore devices) {
        this.journal = journal;
        this.devices = devices;
    }

    @Override
    public void happened(Instant when, MacAddress mac, String kind, String text) {
        if (kind.equals(ProxyDhcp.HOTKEY)) {
            if (hotkeys.size() > MANY) {
                hotkeys.clear();
            }
            hotkeys.put(mac, when);
        }
        try {
            append(journal.current(mac).orElseGet(() -> firstPacket(mac, when)), when, kind, text);
        } catch (RepositoryUnreachable away) { // and no number is left for this boot
            LOG.warn("not kept of {}: {}: {} ({})", mac, kind, text, away.getMessage());
        }
    }

    /** The boot that a firmware's packet belongs to. */
    Boot firstPacket(MacAddress mac, Instant when) {
        return journal.firstPacket(mac, deviceOf(mac), when);
    }

    /**
     * A repeated packet repeats its event: only the first counts.
     *
     * @param kind by which the phase is known ({@link Phase})
     * @param said cut after {@link #LONGEST} characters, and brought to one line: PCs may say anything
     */
    public void append(Boot boot, Instant when, String kind, String said) {
        String text = OneLine.of(said.substring(0, Math.min(said.length(), LONGEST)));
        if (lastLine.size() > MANY) {
            lastLine.clear();
        }
        int phase = Phase.of(kind, text);
        Topic topic = new Topic(boot.id(), phase == FIRMWARE ? kind : "");
        Line line = new Line(kind, text);
        // Looked up first: what is kept anew of each packet, and must be moved by the collector, is what a flood costs.
        if (line.equals(lastLine.get(topic)) || line.equals(lastLine.put(topic, line))) {
            return;
        }
        journal.append(boot, when, phase, kind, text);
        String who = devices.find(boot.device()).map(Device::name).orElse(boot.mac());
        LOG.info("{} {} {}{}", boot.id(), who, phase == 0 ? "" : "phase " + phase + " ", kind + ": " + text);
    }

    /** Whether somebody chose us in this device's firmware menu during this boot; a client whose answer got lost asks again. */
    public boolean isHotkeyPressed(MacAddress mac, Instant now) {
        Instant pressed = hotkeys.get(mac);
        return pressed != null
                && now.isBefore(pressed.plus(HOTKEY_COUNTS))
                && journal.current(mac)
                        .filter(boot -> !pressed.isBefore(boot.opened()))
                        .isPresent();
    }

    /** Of a MAC address that several have (a dock's) nobody's: the full facts tell later. */
    private long deviceOf(MacAddress mac) {
        List<Device> holders = devices.sharing(Set.of(IdentityKey.mac(mac)));
        return holders.size() == 1 ? holders.getFirst().id() : Transactions.NOBODY;
    }
}
