package firstlight.database;

import static firstlight.database.JsonColumn.optional;
import static firstlight.database.JsonColumn.text;
import static firstlight.database.JsonColumn.texts;

import firstlight.model.BiosClient;
import firstlight.model.Ipv4Address;
import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.model.UefiClient;
import firstlight.policy.level.AfterWork;
import firstlight.policy.level.NamingPattern;
import firstlight.policy.level.NetworkSettings;
import firstlight.policy.level.PolicyValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a level sets, in one column; empty where it sets nothing, as most do. Its words are kept for ever, as {@link TaskColumn}'s. */
final class ValuesColumn {
    private ValuesColumn() {}

    static String write(PolicyValues values) {
        if (values.equals(PolicyValues.NONE)) {
            return "";
        }
        ObjectNode node = JsonColumn.object();
        values.menu().ifPresent(menu -> node.put("menu", menu(menu)));
        values.entries().ifPresent(entries -> {
            ArrayNode array = node.putArray("entries");
            entries.forEach(entry -> write(array.addObject(), entry));
        });
        values.kernelArguments().ifPresent(text -> node.put("kernel-arguments", text));
        values.biosClient().ifPresent(client -> node.put("bios", client.name()));
        values.uefiClient().ifPresent(client -> node.put("uefi", client.name()));
        values.afterWork().ifPresent(after -> node.put("after-work", after.name()));
        values.maxAttempts().ifPresent(times -> node.put("max-attempts", times));
        values.naming().ifPresent(naming -> node.put("naming", naming.text()));
        values.network().ifPresent(network -> write(node.putObject("network"), network));
        values.scriptBefore().ifPresent(script -> TaskColumn.write(node.putObject("script-before"), script));
        values.scriptAfter().ifPresent(script -> TaskColumn.write(node.putObject("script-after"), script));
        return JsonColumn.write(node);
    }

    static PolicyValues read(String column) {
        if (column.isEmpty()) {
            return PolicyValues.NONE;
        }
        JsonNode node = JsonColumn.read(column);
        return new PolicyValues(
                optional(node, "menu", value -> menu(value.stringValue())),
                optional(node, "entries", ValuesColumn::entries),
                optional(node, "kernel-arguments", JsonNode::stringValue),
                optional(node, "bios", value -> BiosClient.valueOf(value.stringValue())),
                optional(node, "uefi", value -> UefiClient.valueOf(value.stringValue())),
                optional(node, "after-work", value -> AfterWork.valueOf(value.stringValue())),
                optional(node, "max-attempts", JsonNode::intValue),
                optional(node, "naming", value -> new NamingPattern(value.stringValue())),
                optional(node, "network", ValuesColumn::network),
                optional(node, "script-before", TaskColumn::script),
                optional(node, "script-after", TaskColumn::script));
    }

    private static String menu(MenuSetting menu) {
        return switch (menu) {
            case MenuSetting.Never _ -> "never";
            case MenuSetting.Always _ -> "always";
            case MenuSetting.OnHotkey(int seconds) -> "hotkey " + seconds;
        };
    }

    private static MenuSetting menu(String text) {
        return switch (text) {
            case "never" -> new MenuSetting.Never();
            case "always" -> new MenuSetting.Always();
            default -> new MenuSetting.OnHotkey(Integer.parseInt(text.substring("hotkey ".length())));
        };
    }

    private static void write(ObjectNode node, MenuEntry entry) {
        switch (entry) {
            case MenuEntry.Locked(MenuEntry inner) -> {
                write(node, inner);
                node.put("locked", true);
            }
            case MenuEntry.Automatic(String title) ->
                node.put("kind", "automatic").put("title", title);
            case MenuEntry.Maintenance(String title) ->
                node.put("kind", "maintenance").put("title", title);
            case MenuEntry.LocalDisk(String title) ->
                node.put("kind", "local-disk").put("title", title);
            case MenuEntry.Register(String title) ->
                node.put("kind", "register").put("title", title);
            case MenuEntry.EfiProgram(String title, String path) ->
                node.put("kind", "efi-program").put("title", title).put("path", path);
            case MenuEntry.Script(String title, String path) ->
                node.put("kind", "script").put("title", title).put("path", path);
            case MenuEntry.Kernel(String title, String kernel, List<String> initrds, String arguments) -> {
                node.put("kind", "kernel")
                        .put("title", title)
                        .put("path", kernel)
                        .put("arguments", arguments);
                texts(node, "initrds", initrds);
            }
        }
    }

    private static List<MenuEntry> entries(JsonNode array) {
        List<MenuEntry> entries = new ArrayList<>();
        for (JsonNode node : array) {
            String title = text(node, "title");
            String path = text(node, "path");
            MenuEntry entry = switch (text(node, "kind")) {
                case "automatic" -> new MenuEntry.Automatic(title);
                case "maintenance" -> new MenuEntry.Maintenance(title);
                case "local-disk" -> new MenuEntry.LocalDisk(title);
                case "register" -> new MenuEntry.Register(title);
                case "efi-program" -> new MenuEntry.EfiProgram(title, path);
                case "script" -> new MenuEntry.Script(title, path);
                case "kernel" -> new MenuEntry.Kernel(title, path, texts(node, "initrds"), text(node, "arguments"));
                default -> throw new IllegalStateException("the database holds the menu entry " + node);
            };
            entries.add(JsonColumn.flag(node, "locked") ? new MenuEntry.Locked(entry) : entry);
        }
        return entries;
    }

    private static void write(ObjectNode node, NetworkSettings network) {
        if (network instanceof NetworkSettings.Static fixed) {
            node.put("first", fixed.first().toString())
                    .put("last", fixed.last().toString())
                    .put("prefix", fixed.prefix())
                    .put("domain", fixed.domain());
            fixed.gateway().ifPresent(gateway -> node.put("gateway", gateway.toString()));
            texts(
                    node,
                    "dns",
                    fixed.dnsServers().stream().map(Ipv4Address::toString).toList());
        }
    }

    private static NetworkSettings network(JsonNode node) {
        // An empty object: the level says DHCP, which is not the same as that it says nothing.
        if (node.get("first") == null) {
            return new NetworkSettings.Dhcp();
        }
        Optional<Ipv4Address> gateway = optional(node, "gateway", value -> Ipv4Address.parse(value.stringValue()));
        return new NetworkSettings.Static(
                Ipv4Address.parse(text(node, "first")),
                Ipv4Address.parse(text(node, "last")),
                Math.toIntExact(JsonColumn.number(node, "prefix")),
                gateway,
                texts(node, "dns").stream().map(Ipv4Address::parse).toList(),
                text(node, "domain"));
    }
}
