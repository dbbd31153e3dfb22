package firstlight.lab.bench;

import firstlight.database.Database;
import firstlight.model.BootDecisions;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MenuSetting;
import firstlight.netboot.dhcp.PrebootClients;
import firstlight.netboot.dhcp.ProxyDhcpServer;
import firstlight.netboot.dhcp.ProxyDhcpServer.Listening;
import firstlight.netboot.dhcp.ProxyDhcpSettings;
import firstlight.policy.Decisions;
import firstlight.policy.NewDevice;
import firstlight.policy.NewDevices;
import firstlight.policy.Registration;
import firstlight.policy.Repositories;
import firstlight.policy.Settings;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.work.Limits;
import firstlight.server.boots.RecordedDecisions;
import firstlight.server.boots.TransactionLog;
import firstlight.sockets.SocketFailure;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** A proxy DHCP server as {@code serve} joins it, with a database in which the clients' MAC addresses are known. */
final class KnownDevices {
    /** As many as perfdhcp has clients ({@code -R}), and the aims speak of. */
    static final int COUNT = 10_000;
    /** perfdhcp's usual base; client {@code i} has this number plus {@code i}. */
    static final String FIRST_MAC = "00:0c:01:02:03:04";

    private static final long FIRST = 0x000c_0102_0304L;

    private KnownDevices() {}

    /** The address of device {@code i}, as perfdhcp counts them. */
    static String mac(int i) {
        return String.format(Locale.ROOT, "%012x", FIRST + i).replaceAll("..(?!$)", "$0:");
    }

    static void register(Database database, Instant now) {
        for (int i = 0; i < COUNT; i++) {
            Facts facts = Facts.NONE
                    .with(FactName.MAC, mac(i))
                    .with(FactName.SERIAL, "SN" + i)
                    .with(FactName.MODEL, "Bench PC");
            database.devices().register(NewDevice.of(facts, Registration.REGISTERED), now);
        }
    }

    /** Registers the devices first: for a database that is empty. */
    static ProxyDhcpServer serve(Database database) throws SocketFailure {
        register(database, Instant.now());
        TransactionLog log = new TransactionLog(database.journal(), database.devices());
        return serve(new RecordedDecisions(decisions(database), database.journal(), log), log);
    }

    static ProxyDhcpServer serve(BootDecisions decisions, TransactionLog log) throws SocketFailure {
        return ProxyDhcpServer.start(
                Listening.EVERYWHERE,
                ProxyDhcpSettings.DEFAULT,
                decisions,
                log,
                new PrebootClients(),
                InstantSource.system());
    }

    /** Over what the database holds. A menu always shown makes each answer an offer with a boot file, as dnsmasq's is. */
    static Decisions decisions(Database database) {
        Settings settings = new Settings(
                NewDevices.REGISTER,
                "Press F8 for Firstlight",
                PolicyValues.NONE.with(draft -> draft.menu = Optional.of(new MenuSetting.Always())),
                Limits.NONE);
        Repositories repositories = new Repositories(
                database.devices(),
                database.works(),
                database.journal(),
                database.questions(),
                (_, _, _) -> {},
                _ -> OptionalInt.empty());
        return new Decisions(repositories, database.policy()::book, settings);
    }
}
