package firstlight.server.configuration;

import firstlight.database.Storage;
import firstlight.image.store.S3Settings;
import firstlight.model.Ipv4Address;
import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.netboot.dhcp.ProxyDhcpSettings;
import firstlight.policy.NewDevices;
import firstlight.policy.Settings;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.work.Limits;
import firstlight.server.access.AccessSettings;
import firstlight.server.sites.PeerSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.LocalTime;
import java.util.List;
import java.util.Optional;

/**
 * Everything that an operator can set; docs/configuration.md tells each key.
 *
 * @param interfaces the only ones that are served; empty for all
 * @param newDevices what becomes of a PC that nobody knows
 * @param kernelArguments for the environment's kernel, where policy says nothing; may be empty
 * @param maxAttempts how often work is begun before it counts as failed, where policy says nothing
 * @param routerAdvertisements whether a preboot client that asks for an IPv6
 *     router gets an answer while no router is heard (saves 16 s at each iPXE hop)
 * @param ignoreCase of boot files' names
 * @param updates a folder of drivers, firmware and scripts for the imaging environment
 * @param database empty: embedded in the data directory
 * @param transactionDays how long transactions and their events are kept; 0 for ever
 */
public record Configuration(
        List<String> interfaces,
        Ports ports,
        NewDevices newDevices,
        Menu menu,
        String kernelArguments,
        int maxAttempts,
        ProxyDhcpSettings proxyDhcp,
        boolean routerAdvertisements,
        boolean ignoreCase,
        Optional<Path> updates,
        Optional<Storage.PostgreSql> database,
        Api api,
        AccessSettings access,
        Limits limits,
        Images images,
        Multicast multicast,
        int transactionDays) {

    /**
     * The image store and its care.
     *
     * @param s3 where it is; empty: in the data directory
     * @param nightly when the store is looked after each day, in this host's time; empty for never
     * @param verifyPercent how much of each image is read then
     * @param packLevel zstd's level at which chunks are packed anew then; 0 for never
     * @param peers servers that images may be pulled from
     * @param serveMegabits a second that other servers may take from here; 0 is no limit
     */
    public record Images(
            Optional<S3Settings> s3,
            Optional<LocalTime> nightly,
            int verifyPercent,
            int packLevel,
            List<PeerSettings> peers,
            int serveMegabits) {
        public static final Images USUAL =
                new Images(Optional.empty(), Optional.of(LocalTime.of(3, 30)), 2, 15, List.of(), 0);

        public Images {
            peers = List.copyOf(peers);
        }
    }

    /**
     * The streams of multicast sessions.
     *
     * @param enabled false: each member fetches the image for itself
     * @param groups the network from which each stream gets an address
     * @param prefix of that network, 8 to 30
     * @param port that the members listen on
     * @param ttl 1: not beyond a router
     * @param fastest Mbit/s of one stream at most; 0: as fast as its members can
     */
    public record Multicast(boolean enabled, Ipv4Address groups, int prefix, int port, int ttl, int fastest) {
        /** The local scope of RFC 2365. */
        public static final Multicast USUAL = new Multicast(true, Ipv4Address.parse("239.255.0.0"), 16, 8446, 1, 0);
    }

    /**
     * The API beyond loopback, over TLS.
     *
     * @param listen the address; empty keeps it closed
     * @param url where browsers and other hosts find it; empty when nobody said
     */
    public record Api(Optional<String> listen, int port, Optional<URI> url) {
        public static final Api USUAL = new Api(Optional.empty(), 8444, Optional.empty());
    }

    /**
     * @param dhcp UDP, as firmware has it; another one is for tests, as {@code proxyDhcp} (4011, PXE 2.1) and {@code tftp}
     * @param http TCP, boot files and the preboot client's questions
     * @param engine TCP, TLS
     * @param api on loopback only
     */
    public record Ports(int dhcp, int proxyDhcp, int tftp, int http, int engine, int api) {
        public static final Ports USUAL = new Ports(67, 4011, 69, 8080, 8443, 8081);

        /** Why they cannot be opened side by side. Those of TCP, and those of UDP, among each other. */
        public Optional<String> clash() {
            if (http == engine || http == api || engine == api) {
                return Optional.of("http, engine and api must be three different ports");
            }
            if (dhcp == proxyDhcp || dhcp == tftp || proxyDhcp == tftp) {
                return Optional.of("dhcp, proxy-dhcp and tftp must be three different ports");
            }
            return Optional.empty();
        }
    }

    /**
     * @param title 1 to 60 characters, which a firmware shows
     * @param seconds after which a shown menu goes the automatic way; 0 waits for ever
     * @param entries never empty
     */
    public record Menu(MenuSetting setting, String title, int seconds, List<MenuEntry> entries) {
        static final List<MenuEntry> USUAL_ENTRIES = List.of(
                new MenuEntry.Automatic("Automatic: do the assigned work, else start the local disk"),
                new MenuEntry.Maintenance("Maintenance: a shell in the imaging environment"),
                new MenuEntry.LocalDisk("Continue to the local disk"));
        public static final Menu USUAL = new Menu(new MenuSetting.OnHotkey(3), "Firstlight", 60, USUAL_ENTRIES);

        public Menu {
            entries = List.copyOf(entries);
        }
    }

    public static final Configuration USUAL = new Configuration(
            List.of(),
            Ports.USUAL,
            NewDevices.REGISTER,
            Menu.USUAL,
            "quiet",
            3,
            ProxyDhcpSettings.DEFAULT,
            true,
            true,
            Optional.empty(),
            Optional.empty(),
            Api.USUAL,
            AccessSettings.USUAL,
            Limits.NONE,
            Images.USUAL,
            Multicast.USUAL,
            365);

    public Configuration {
        interfaces = interfaces.stream().distinct().toList(); // twice, its ports would be taken: by ourselves
    }

    /** What decisions are made by where policy says nothing. */
    public Settings settings() {
        return new Settings(
                newDevices(),
                "Press F8 for " + menu.title(),
                PolicyValues.NONE.with(draft -> {
                    draft.menu = Optional.of(menu.setting());
                    draft.entries = Optional.of(menu.entries());
                    draft.kernelArguments = Optional.of(kernelArguments());
                    draft.maxAttempts = Optional.of(maxAttempts());
                    draft.biosClient = Optional.of(proxyDhcp().biosClient());
                    draft.uefiClient = Optional.of(proxyDhcp().uefiClient());
                }),
                limits());
    }

    /** What the command line says goes before the file. */
    public Configuration withInterfaces(List<String> chosen) {
        return new Configuration(
                chosen,
                ports,
                newDevices,
                menu,
                kernelArguments,
                maxAttempts,
                proxyDhcp,
                routerAdvertisements,
                ignoreCase,
                updates,
                database,
                api,
                access,
                limits,
                images,
                multicast,
                transactionDays);
    }

    /** With the port of HTTP in the proxy's offers too, which name it. */
    public Configuration withPorts(Ports chosen) {
        return new Configuration(
                interfaces,
                chosen,
                newDevices,
                menu,
                kernelArguments,
                maxAttempts,
                proxyDhcp.withHttpPort(chosen.http),
                routerAdvertisements,
                ignoreCase,
                updates,
                database,
                api,
                access,
                limits,
                images,
                multicast,
                transactionDays);
    }
}
