package firstlight.server.configuration;

import firstlight.database.Storage;
import firstlight.model.IoReason;
import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.netboot.dhcp.ClientKind;
import firstlight.netboot.dhcp.ProxyDhcpSettings;
import firstlight.netboot.dhcp.Quirk;
import firstlight.policy.NewDevices;
import firstlight.policy.work.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads the YAML file. A key that nobody knows is an error: a mistyped one would otherwise be a setting that does nothing. */
public final class ConfigurationFile {
    /** A key that stands twice, or a second document, would be a setting that does nothing too. */
    private static final YAMLMapper READER = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ConfigurationFile() {}

    /**
     * Without a key the usual value; an empty file is all usual ones.
     *
     * @throws IOException when it cannot be read
     * @throws InvalidConfiguration with the file and the key
     */
    public static Configuration read(Path file) throws IOException, InvalidConfiguration {
        String text;
        try {
            text = Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new InvalidConfiguration(file + " is no text in UTF-8");
        }
        try {
            return parse(text);
        } catch (InvalidConfiguration e) {
            throw new InvalidConfiguration(file + ": " + e.getMessage());
        }
    }

    /** The first key that is wrong is told, not all. */
    static Configuration parse(String yaml) throws InvalidConfiguration {
        if (yaml.isBlank()) {
            return Configuration.USUAL;
        }
        JsonNode node;
        try {
            node = READER.readTree(yaml);
        } catch (JacksonException e) {
            String where =
                    e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
            throw new InvalidConfiguration(where + "no YAML: " + oneLine(e.getOriginalMessage()));
        }
        Keys keys = Keys.root(node);
        Configuration usual = Configuration.USUAL;
        List<String> interfaces = keys.texts("interfaces");
        Configuration.Ports ports = ports(keys.keys("ports"));
        Configuration.Api api = api(keys.keys("api"));
        Configuration read = new Configuration(
                interfaces,
                ports,
                keys.word("new-devices", NewDevices.REGISTER),
                menu(keys.keys("menu")),
                oneLine(keys, "kernel-arguments", usual.kernelArguments()),
                keys.number("max-attempts", usual.maxAttempts(), 1, 100),
                proxyDhcp(keys.keys("preboot-client"), keys.keys("proxy-dhcp")),
                keys.flag("router-advertisements", usual.routerAdvertisements()),
                keys.flag("ignore-case", usual.ignoreCase()),
                updates(keys),
                database(keys.keys("database")),
                api,
                AccessKeys.read(keys.keys("access"), api.url()),
                limits(keys.keys("limits")),
                ImageKeys.read(keys.keys("images")),
                MulticastKeys.read(keys.keys("multicast")),
                keys.number("transaction-days", usual.transactionDays(), 0, 36_500));
        keys.end();
        // The offers' port of HTTP is set by it.
        return read.withPorts(read.ports());
    }

    /** What the parser was at and what it found, without the places and pieces of the file between them. */
    private static String oneLine(String message) {
        if (message.startsWith("Trailing token")) {
            return "a second document begins here; put its keys into the first";
        }
        return message.lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .collect(Collectors.joining(", "));
    }

    /** 0 is no limit. */
    private static Limits limits(Keys keys) throws InvalidConfiguration {
        Limits read = new Limits(
                keys.number("restores", 0, 0, 100_000), keys.number("captures", 0, 0, 100_000), Limits.NONE.silence());
        keys.end();
        return read;
    }

    private static Configuration.Api api(Keys keys) throws InvalidConfiguration {
        Optional<String> listen = keys.text("listen");
        if (listen.isPresent() && !isAddress(listen.get())) {
            throw keys.wrong("listen", listen.get(), "an IP address of this host, or 0.0.0.0 for all of them");
        }
        Optional<String> url = keys.text("url");
        Configuration.Api read = new Configuration.Api(
                listen,
                port(keys, "port", Configuration.Api.USUAL.port()),
                url.isPresent() ? Optional.of(AccessKeys.uri(keys, "url", url.get())) : Optional.empty());
        keys.end();
        return read;
    }

    /** Written out, and not in the short forms of an IPv4 address that Java takes as well; nobody is asked for a name. */
    private static boolean isAddress(String text) {
        if (!text.matches("\\d{1,3}(\\.\\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) {
            return false;
        }
        try {
            return InetAddress.ofLiteral(text).getAddress().length > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Configuration.Ports ports(Keys keys) throws InvalidConfiguration {
        Configuration.Ports usual = Configuration.Ports.USUAL;
        Configuration.Ports ports = new Configuration.Ports(
                port(keys, "dhcp", usual.dhcp()),
                port(keys, "proxy-dhcp", usual.proxyDhcp()),
                port(keys, "tftp", usual.tftp()),
                port(keys, "http", usual.http()),
                port(keys, "engine", usual.engine()),
                port(keys, "api", usual.api()));
        keys.end();
        Optional<String> clash = ports.clash();
        if (clash.isPresent()) {
            throw new InvalidConfiguration("'ports': " + clash.get());
        }
        return ports;
    }

    private static int port(Keys keys, String key, int usual) throws InvalidConfiguration {
        return keys.number(key, usual, 1, 65535);
    }

    private enum When {
        NEVER,
        ALWAYS,
        HOTKEY
    }

    private static Configuration.Menu menu(Keys keys) throws InvalidConfiguration {
        Configuration.Menu usual = Configuration.Menu.USUAL;
        int hotkeySeconds = keys.number("hotkey-seconds", 3, 1, 254);
        MenuSetting setting = switch (keys.word("shown", When.HOTKEY)) {
            case NEVER -> new MenuSetting.Never();
            case ALWAYS -> new MenuSetting.Always();
            case HOTKEY -> new MenuSetting.OnHotkey(hotkeySeconds);
        };
        String title = oneLine(keys, "title", usual.title());
        if (title.length() > 60 || title.isBlank()) {
            throw keys.wrong("title", title, "1 to 60 characters: a firmware shows it");
        }
        List<MenuEntry> entries = new ArrayList<>();
        for (Keys entry : keys.list("entries")) {
            entries.add(entry(entry));
        }
        Configuration.Menu menu = new Configuration.Menu(
                setting,
                title,
                keys.number("timeout-seconds", usual.seconds(), 0, 86_400),
                entries.isEmpty() ? usual.entries() : entries);
        keys.end();
        return menu;
    }

    /** The same keys as the API's (MenuEntryJson), and the same rule: exactly one kind. */
    private static MenuEntry entry(Keys keys) throws InvalidConfiguration {
        String title = oneLine(keys, "title", "");
        List<MenuEntry> kinds = new ArrayList<>();
        if (keys.flag("automatic", false)) {
            kinds.add(new MenuEntry.Automatic(title));
        }
        if (keys.flag("maintenance", false)) {
            kinds.add(new MenuEntry.Maintenance(title));
        }
        if (keys.flag("local-disk", false)) {
            kinds.add(new MenuEntry.LocalDisk(title));
        }
        if (keys.flag("register", false)) {
            kinds.add(new MenuEntry.Register(title));
        }
        boolean locked = keys.flag("locked", false);
        List<String> initrds = keys.texts("initrds");
        String arguments = oneLine(keys, "arguments", "");
        keys.text("kernel").ifPresent(path -> kinds.add(new MenuEntry.Kernel(title, path, initrds, arguments)));
        keys.text("efi-program").ifPresent(path -> kinds.add(new MenuEntry.EfiProgram(title, path)));
        keys.text("script").ifPresent(path -> kinds.add(new MenuEntry.Script(title, path)));
        keys.end();
        if (kinds.size() != 1 || title.isBlank()) {
            throw keys.wrong(
                    "title",
                    title,
                    "the title of an entry with exactly one of automatic, maintenance, local-disk, register, kernel, efi-program, script");
        }
        return locked ? new MenuEntry.Locked(kinds.getFirst()) : kinds.getFirst();
    }

    /**
     * @param client {@code preboot-client}
     * @param keys {@code proxy-dhcp}: for networks with firmware that needs other answers
     */
    private static ProxyDhcpSettings proxyDhcp(Keys client, Keys keys) throws InvalidConfiguration {
        ProxyDhcpSettings usual = ProxyDhcpSettings.DEFAULT;
        ProxyDhcpSettings settings = usual.withClients(
                        client.word("bios", usual.biosClient()), client.word("uefi", usual.uefiClient()))
                .withKinds(new ProxyDhcpSettings.Kinds(
                        keys.words("without-first-answer-local-boot", ClientKind.class),
                        keys.words("without-firmware-menu", ClientKind.class),
                        keys.words("through-port-4011", ClientKind.class)))
                .withoutQuirks(keys.words("without-quirks", Quirk.class))
                .withHoldDhcpPort(keys.flag("hold-dhcp-port", usual.holdDhcpPort()));
        client.end();
        keys.end();
        return settings;
    }

    private static Optional<Path> updates(Keys keys) throws InvalidConfiguration {
        Optional<Path> folder = keys.text("updates").map(Path::of);
        if (folder.isPresent() && !Files.isDirectory(folder.get())) {
            throw keys.wrong("updates", folder.get().toString(), "a folder");
        }
        return folder;
    }

    private static Optional<Storage.PostgreSql> database(Keys keys) throws InvalidConfiguration {
        String url = keys.text("url", "");
        String user = keys.text("user", "");
        Optional<String> passwordFile = keys.text("password-file");
        keys.end();
        if (url.isEmpty()) {
            if (!user.isEmpty() || passwordFile.isPresent()) {
                throw keys.unfit("url", "missing", "given when the database is not the embedded one");
            }
            return Optional.empty();
        }
        // The driver would take them; but the URL is logged and shown.
        if (url.contains("password=") || url.contains("@")) {
            throw keys.unfit(
                    "url", "one with a name or password", "without: see database.user and database.password-file");
        }
        String rest =
                url.startsWith(Storage.PostgreSql.PREFIX) ? url.substring(Storage.PostgreSql.PREFIX.length()) : "";
        if (!rest.matches("[^/?]+/[^/?]+(\\?.*)?")) {
            throw keys.wrong("url", url, Storage.PostgreSql.PREFIX + "HOST/DATABASE (or HOST:PORT/DATABASE)");
        }
        String password = "";
        if (passwordFile.isPresent()) {
            try {
                password = Files.readString(Path.of(passwordFile.get())).strip();
            } catch (IOException e) {
                throw keys.wrong(
                        "password-file", passwordFile.get(), "a file that the server can read: " + IoReason.of(e));
            }
        }
        return Optional.of(new Storage.PostgreSql(url, user, password));
    }

    /** For what goes into a firmware's packet or a client's script, where a line break would begin something else. */
    private static String oneLine(Keys keys, String key, String usual) throws InvalidConfiguration {
        String text = keys.text(key, usual);
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw keys.unfit(key, "of several lines", "one line");
        }
        return text;
    }
}
