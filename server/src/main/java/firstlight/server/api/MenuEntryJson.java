package firstlight.server.api;

import firstlight.model.MenuEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Menu entries, by the keys of docs/configuration.md. Whether a kernel or a program is there is not looked at: files may come later. */
final class MenuEntryJson {
    private static final Set<String> KEYS = Set.of(
            "title",
            "automatic",
            "maintenance",
            "local-disk",
            "register",
            "kernel",
            "initrds",
            "arguments",
            "efi-program",
            "script",
            "locked");

    private MenuEntryJson() {}

    /** Empty for null, which leaves the entries to the next level. */
    static Optional<List<MenuEntry>> read(Body outer, String field) throws ApiProblem {
        JsonNode list = outer.get(field);
        if (list == null) {
            return Optional.empty();
        }
        if (!list.isArray() || list.isEmpty()) {
            throw outer.wrong(field, list, "a list of entries, or null");
        }
        List<MenuEntry> entries = new ArrayList<>();
        for (JsonNode node : list) {
            String place = outer.name(field) + "[" + (entries.size() + 1) + "]";
            if (!node.isObject()) {
                throw outer.wrong(field, node, "a list of objects");
            }
            entries.add(entry(new Body(place, node)));
        }
        return Optional.of(entries);
    }

    /** @throws ApiProblem 422 for an entry of no kind, or of two */
    private static MenuEntry entry(Body body) throws ApiProblem {
        body.allow(KEYS);
        String title = body.text("title");
        if (title.chars().anyMatch(Character::isISOControl) || title.length() > 100) {
            throw body.wrong("title", title, "one line of at most 100 characters");
        }
        List<MenuEntry> kinds = new ArrayList<>();
        if (body.flag("automatic", false)) {
            kinds.add(new MenuEntry.Automatic(title));
        }
        if (body.flag("maintenance", false)) {
            kinds.add(new MenuEntry.Maintenance(title));
        }
        if (body.flag("local-disk", false)) {
            kinds.add(new MenuEntry.LocalDisk(title));
        }
        if (body.flag("register", false)) {
            kinds.add(new MenuEntry.Register(title));
        }
        if (body.has("kernel")) {
            kinds.add(new MenuEntry.Kernel(
                    title,
                    line(body, "kernel"),
                    body.texts("initrds"),
                    body.has("arguments") ? line(body, "arguments") : ""));
        }
        if (body.has("efi-program")) {
            kinds.add(new MenuEntry.EfiProgram(title, line(body, "efi-program")));
        }
        if (body.has("script")) {
            kinds.add(new MenuEntry.Script(title, line(body, "script")));
        }
        if (kinds.size() != 1) {
            throw body.wrong(
                    "title",
                    "'" + title + "' with " + kinds.size() + " kinds",
                    "an entry with exactly one of automatic, maintenance, local-disk, register, kernel, efi-program, script");
        }
        return body.flag("locked", false) ? new MenuEntry.Locked(kinds.getFirst()) : kinds.getFirst();
    }

    /** It goes into a script of iPXE's or GRUB's, where a second line would be a command. */
    private static String line(Body body, String field) throws ApiProblem {
        String text = body.text(field);
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw body.wrong(field, "of several lines", "one line");
        }
        return text;
    }

    /** As {@link #read} takes it back. */
    static ObjectNode view(MenuEntry entry) {
        ObjectNode node = Json.object().put("title", entry.title());
        return switch (entry) {
            case MenuEntry.Automatic _ -> node.put("automatic", true);
            case MenuEntry.Maintenance _ -> node.put("maintenance", true);
            case MenuEntry.LocalDisk _ -> node.put("local-disk", true);
            case MenuEntry.Register _ -> node.put("register", true);
            case MenuEntry.Kernel kernel -> {
                node.put("kernel", kernel.kernel()).set("initrds", Json.texts(kernel.initrds()));
                yield node.put("arguments", kernel.arguments());
            }
            case MenuEntry.EfiProgram program -> node.put("efi-program", program.path());
            case MenuEntry.Script script -> node.put("script", script.path());
            case MenuEntry.Locked(MenuEntry inner) -> view(inner).put("locked", true);
        };
    }
}
