package firstlight.server.cli;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code firstlight group}. */
@Command(
        name = "group",
        description = "Groups of devices, as a tree. 'firstlight device group' puts a device into one.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight group add School",
            "  firstlight group add \"Room 12\" --parent School",
            "  firstlight policy set \"group:Room 12\" menu never",
            "  firstlight group list",
            "  firstlight group rename \"Room 12\" \"Room 13\"",
            "  firstlight group move \"Room 12\" School",
            "  firstlight group delete \"Room 12\""
        })
public final class GroupCommand {
    @Command(name = "list", description = "All groups.")
    void list(@Mixin Shared shared) {
        shared.print(shared.api().all("groups"), groups -> {
            Table table = new Table("GROUP", "DEVICES", "SETS");
            for (JsonNode group : groups) {
                table.row(
                        Shared.text(group, "path"),
                        Shared.text(group, "devices"),
                        String.join(", ", group.path("values").propertyNames()));
            }
            return table.text();
        });
    }

    @Command(name = "add", description = "Adds a group.")
    void add(
            @Parameters(paramLabel = "NAME", description = "Of the group; no slash.") String name,
            @Option(names = "--parent", paramLabel = "GROUP", description = "Below this one.") Optional<String> parent,
            @Mixin Shared shared) {
        ObjectNode body = Shared.body().put("name", name);
        parent.ifPresent(above -> body.put("parent", above));
        shared.act("POST", "groups", body, answer -> "group " + Shared.text(answer, "path"));
    }

    @Command(name = "rename", description = "Renames a group.")
    void rename(
            @Parameters(paramLabel = "GROUP", description = "Its name now.") String group,
            @Parameters(paramLabel = "NAME", description = "Its new name.") String name,
            @Mixin Shared shared) {
        change(group, Shared.body().put("name", name), shared);
    }

    @Command(name = "move", description = "Moves a group with all that is below it.")
    void move(
            @Parameters(paramLabel = "GROUP", description = "Its name.") String group,
            @Parameters(paramLabel = "PARENT", arity = "0..1", description = "Without it, to the top.") @Nullable
                    String parent,
            @Mixin Shared shared) {
        change(group, Shared.body().put("parent", parent == null ? "" : parent), shared);
    }

    @Command(
            name = "delete",
            description =
                    "Removes a group that is empty and that no schedule is for, with its rules. What these gave and no PC has"
                            + " begun is taken back.")
    void delete(@Parameters(paramLabel = "GROUP", description = "Its name.") String group, @Mixin Shared shared) {
        List<String> limited = limited(shared, group);
        shared.act(
                "DELETE",
                "groups/" + ApiClient.part(group),
                Shared.body(),
                answer -> "group " + group + " is removed" + RuleCommand.takenBack(answer, "its rules")
                        + stillNamed(answer, group));
        limited.forEach(shared::warn);
    }

    /** Technicians who have no other group, with what an administrator may do; a directory's have theirs by the configuration. */
    private static List<String> limited(Shared shared, String group) {
        return shared.api()
                .all("users")
                .valueStream()
                .filter(user -> Shared.text(user, "role").equals("technician")
                        && user.path("groups").size() == 1
                        && user.path("groups").path(0).asString("").equalsIgnoreCase(group))
                .map(user -> "technician '" + Shared.text(user, "name") + "' reaches no device any more"
                        + (Shared.text(user, "origin").equals("local")
                                ? ": firstlight user role " + Shared.text(user, "name") + " technician --group GROUP"
                                : ""))
                .toList();
    }

    private static void change(String group, ObjectNode body, Shared shared) {
        shared.act(
                "PATCH",
                "groups/" + ApiClient.part(group),
                body,
                answer -> "group " + Shared.text(answer, "path") + stillNamed(answer, group));
    }

    /** People of a directory or a provider lose a group that is not called so any more, at their next sign-in. */
    private static String stillNamed(JsonNode answer, String former) {
        return answer.path("stillNamedIn").isEmpty()
                ? ""
                : "; the configuration still puts people into '" + former + "', which is no group now: change "
                        + Shared.joined(answer.path("stillNamedIn"));
    }
}
