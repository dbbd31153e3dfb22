package firstlight.server.api;

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
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The values of a level: {@code {"menu": "hotkey 5", "max-attempts": 3}}, by the keys of docs/policy.md. */
final class ValuesJson {
    static final String MENU = "menu";
    static final String ENTRIES = "entries";
    static final String KERNEL_ARGUMENTS = "kernel-arguments";
    static final String BIOS = "preboot-client.bios";
    static final String UEFI = "preboot-client.uefi";
    static final String AFTER_WORK = "after-work";
    static final String MAX_ATTEMPTS = "max-attempts";
    static final String NAMING = "naming";
    static final String NETWORK = "network";
    static final String SCRIPT_BEFORE = "script-before";
    static final String SCRIPT_AFTER = "script-after";
    /** PolicyRoutes.effective names its values in this order. */
    static final List<String> KEYS = List.of(
            MENU,
            ENTRIES,
            KERNEL_ARGUMENTS,
            BIOS,
            UEFI,
            AFTER_WORK,
            MAX_ATTEMPTS,
            NAMING,
            NETWORK,
            SCRIPT_BEFORE,
            SCRIPT_AFTER);

    private ValuesJson() {}

    /**
     * {@code values} with what the body sets; null leaves a value to the next level.
     *
     * @throws ApiProblem for a value that is not allowed; then nothing was changed
     */
    static PolicyValues changed(PolicyValues values, Body body) throws ApiProblem {
        body.allow(Set.copyOf(KEYS));
        PolicyValues.Draft changed = values.draft();
        try {
            if (body.node().has(MENU)) {
                changed.menu = menu(body);
            }
            if (body.node().has(ENTRIES)) {
                changed.entries = MenuEntryJson.read(body, ENTRIES);
            }
            if (body.node().has(KERNEL_ARGUMENTS)) {
                // Empty is "none here", as an empty script; null leaves it to the next level.
                changed.kernelArguments = body.has(KERNEL_ARGUMENTS)
                        ? Optional.of(body.optional(KERNEL_ARGUMENTS).orElse(""))
                        : Optional.empty();
            }
            if (body.node().has(BIOS)) {
                changed.biosClient = word(body, BIOS, BiosClient.class);
            }
            if (body.node().has(UEFI)) {
                changed.uefiClient = word(body, UEFI, UefiClient.class);
            }
            if (body.node().has(AFTER_WORK)) {
                changed.afterWork = word(body, AFTER_WORK, AfterWork.class);
            }
            if (body.node().has(MAX_ATTEMPTS)) {
                changed.maxAttempts =
                        body.has(MAX_ATTEMPTS) ? Optional.of(body.number(MAX_ATTEMPTS, 3, 1, 100)) : Optional.empty();
            }
            if (body.node().has(NAMING)) {
                changed.naming = body.optional(NAMING).map(NamingPattern::new);
            }
            if (body.node().has(NETWORK)) {
                changed.network = network(body);
            }
            if (body.node().has(SCRIPT_BEFORE)) {
                changed.scriptBefore = ScriptJson.read(body, SCRIPT_BEFORE);
            }
            if (body.node().has(SCRIPT_AFTER)) {
                changed.scriptAfter = ScriptJson.read(body, SCRIPT_AFTER);
            }
            return changed.values();
        } catch (IllegalArgumentException e) {
            throw ApiProblem.notAllowed(body.path(), String.valueOf(e.getMessage()), "docs/policy.md has the values");
        }
    }

    private static <E extends Enum<E>> Optional<E> word(Body body, String key, Class<E> type) throws ApiProblem {
        return body.has(key) ? Optional.of(body.word(key, type)) : Optional.empty();
    }

    private static Optional<MenuSetting> menu(Body body) throws ApiProblem {
        if (!body.has(MENU)) {
            return Optional.empty();
        }
        String text = body.text(MENU).toLowerCase(Locale.ROOT);
        String[] words = text.split("\\s+", -1);
        boolean seconds = words.length == 2 && words[1].matches("\\d{1,3}");
        return Optional.of(
                switch (words[0]) {
                    case "never" -> new MenuSetting.Never();
                    case "always" -> new MenuSetting.Always();
                    case "hotkey" -> {
                        int time = seconds ? Integer.parseInt(words[1]) : words.length == 1 ? 3 : 0;
                        if (time < 1 || time > 254) {
                            throw body.wrong(MENU, text, "hotkey with 1 to 254 seconds: hotkey 5");
                        }
                        yield new MenuSetting.OnHotkey(time);
                    }
                    default -> throw body.wrong(MENU, text, "never, always or hotkey SECONDS");
                });
    }

    private static Optional<NetworkSettings> network(Body body) throws ApiProblem {
        JsonNode node = body.get(NETWORK);
        if (node == null) {
            return Optional.empty();
        }
        if (node.isString() && node.stringValue().equalsIgnoreCase("dhcp")) {
            return Optional.of(new NetworkSettings.Dhcp());
        }
        if (!node.isObject()) {
            throw body.wrong(NETWORK, node, "dhcp, or an object with first, last, prefix, gateway, dns, domain");
        }
        Body inner = new Body(body.name(NETWORK), node);
        inner.allow(Set.of("first", "last", "prefix", "gateway", "dns", "domain"));
        List<Ipv4Address> dns = new ArrayList<>();
        for (String text : inner.texts("dns")) {
            dns.add(address(inner, "dns", text));
        }
        Optional<String> gateway = inner.optional("gateway");
        return Optional.of(new NetworkSettings.Static(
                address(inner, "first", inner.text("first")),
                address(inner, "last", inner.text("last")),
                inner.number("prefix", 24, 1, 32),
                gateway.isPresent() ? Optional.of(address(inner, "gateway", gateway.get())) : Optional.empty(),
                dns,
                inner.text("domain", "")));
    }

    private static Ipv4Address address(Body body, String field, String text) throws ApiProblem {
        try {
            return Ipv4Address.parse(text);
        } catch (IllegalArgumentException e) {
            throw body.wrong(field, text, "an IPv4 address");
        }
    }

    /** What is set, and no more. */
    static ObjectNode view(PolicyValues values) {
        ObjectNode node = Json.object();
        values.menu().ifPresent(menu -> node.put(MENU, words(menu)));
        values.entries().ifPresent(entries -> node.set(ENTRIES, entries(entries)));
        values.kernelArguments().ifPresent(text -> node.put(KERNEL_ARGUMENTS, text));
        values.biosClient().ifPresent(client -> node.put(BIOS, Words.of(client)));
        values.uefiClient().ifPresent(client -> node.put(UEFI, Words.of(client)));
        values.afterWork().ifPresent(after -> node.put(AFTER_WORK, Words.of(after)));
        values.maxAttempts().ifPresent(times -> node.put(MAX_ATTEMPTS, times));
        values.naming().ifPresent(pattern -> node.put(NAMING, pattern.text()));
        values.network().ifPresent(network -> node.set(NETWORK, view(network)));
        values.scriptBefore().ifPresent(script -> node.set(SCRIPT_BEFORE, ScriptJson.view(script)));
        values.scriptAfter().ifPresent(script -> node.set(SCRIPT_AFTER, ScriptJson.view(script)));
        return node;
    }

    static JsonNode entries(List<MenuEntry> entries) {
        return Json.array(entries, MenuEntryJson::view);
    }

    static JsonNode view(NetworkSettings network) {
        return switch (network) {
            case NetworkSettings.Dhcp _ -> Json.MAPPER.getNodeFactory().stringNode("dhcp");
            case NetworkSettings.Static fixed -> {
                ObjectNode node = Json.object()
                        .put("first", fixed.first().toString())
                        .put("last", fixed.last().toString())
                        .put("prefix", fixed.prefix());
                fixed.gateway().ifPresent(gateway -> node.put("gateway", gateway.toString()));
                node.set(
                        "dns",
                        Json.texts(fixed.dnsServers().stream()
                                .map(Ipv4Address::toString)
                                .toList()));
                yield node.put("domain", fixed.domain());
            }
        };
    }

    static String words(MenuSetting menu) {
        return switch (menu) {
            case MenuSetting.Never _ -> "never";
            case MenuSetting.Always _ -> "always";
            case MenuSetting.OnHotkey(int seconds) -> "hotkey " + seconds;
        };
    }
}
