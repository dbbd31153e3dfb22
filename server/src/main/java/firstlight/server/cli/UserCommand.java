package firstlight.server.cli;

import firstlight.model.IoReason;
import firstlight.server.operator.OperatorError;
import firstlight.server.operator.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code firstlight user}. */
@Command(
        name = "user",
        description =
                "Who may sign in. Roles: viewer (sees), technician (works on the devices of groups), administrator, peer"
                        + " (another server, which reads images).",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight user add ann --role administrator",
            "  firstlight user add site-b --role peer",
            "  firstlight user add tom --role technician --group \"Room 12\"",
            "  firstlight user password tom",
            "  firstlight user list",
            "  firstlight user role tom technician --group \"Room 13\"",
            "  firstlight user off tom",
            "  firstlight user on tom",
            "  firstlight user delete tom"
        })
public final class UserCommand {
    private static final String NAME = "The user's name.";

    @Command(name = "list", description = "All users.")
    void list(@Mixin Shared shared) {
        shared.print(shared.api().all("users"), users -> {
            Table table = new Table("NAME", "FULL NAME", "ROLE", "GROUPS", "FROM", "STATE");
            for (JsonNode user : users) {
                table.row(
                        Shared.text(user, "name"),
                        Shared.text(user, "fullName"),
                        Shared.text(user, "role"),
                        Shared.joined(user.path("groups")),
                        Shared.text(user, "origin"),
                        user.path("enabled").booleanValue(false) ? "on" : "off");
            }
            return table.text();
        });
    }

    @Command(name = "add", description = "Adds a local user; asks for the password.")
    void add(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Option(
                            names = "--role",
                            required = true,
                            paramLabel = "ROLE",
                            description =
                                    "viewer, technician, administrator; peer for another server, which only has tokens.")
                    String role,
            @Option(names = "--group", paramLabel = "GROUP", description = "A technician's; several times if need be.")
                    @Nullable
                    List<String> groups,
            @Option(names = "--full-name", paramLabel = "TEXT", description = "For people.") Optional<String> fullName,
            @Option(names = "--password-file", paramLabel = "FILE", description = "In place of asking for it.")
                    Optional<Path> file,
            @Mixin Shared shared) {
        ObjectNode body = Shared.body().put("name", name).put("role", role);
        Shared.texts(body, "groups", groups == null ? List.of() : groups);
        fullName.ifPresent(text -> body.put("fullName", text));
        // Another server signs in by a token, never by a password.
        if (!role.equals("peer") || file.isPresent()) {
            body.put("password", password(file, "Password of " + name + ": "));
        }
        shared.act("POST", "users", body, UserCommand::words);
    }

    @Command(name = "role", description = "Changes a user's role.")
    void role(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Parameters(paramLabel = "ROLE", description = "viewer, technician, administrator or peer.") String role,
            @Option(names = "--group", paramLabel = "GROUP", description = "A technician's; several times if need be.")
                    @Nullable
                    List<String> groups,
            @Mixin Shared shared) {
        ObjectNode body = Shared.body().put("role", role);
        Shared.texts(body, "groups", groups == null ? List.of() : groups);
        change(name, body, shared);
    }

    @Command(name = "password", description = "Sets a user's password; asks for it, and for one's own former one.")
    void password(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Option(names = "--password-file", paramLabel = "FILE", description = "In place of asking for it.")
                    Optional<Path> file,
            @Option(
                            names = "--former-file",
                            paramLabel = "FILE",
                            description = "In place of asking for one's own former one.")
                    Optional<Path> former,
            @Mixin Shared shared) {
        ObjectNode body = Shared.body();
        if (!Shared.text(shared.api().get("session"), "name").equalsIgnoreCase(name)) {
            change(name, body.put("password", password(file, "New password of " + name + ": ")), shared);
            return;
        }
        body.put("former", password(former, "Former password of " + name + ": "));
        body.put("password", password(file, "New password of " + name + ": "));
        shared.act("PUT", "session/password", body, _ -> name + " has a new password, and is to sign in again");
    }

    @Command(name = "on", description = "Lets a user in again.")
    void on(@Parameters(paramLabel = "NAME", description = NAME) String name, @Mixin Shared shared) {
        change(name, Shared.body().put("enabled", true), shared);
    }

    @Command(name = "off", description = "Keeps a user out, at once, and keeps the account.")
    void off(@Parameters(paramLabel = "NAME", description = NAME) String name, @Mixin Shared shared) {
        change(name, Shared.body().put("enabled", false), shared);
    }

    @Command(name = "delete", description = "Removes a user with all tokens and sessions.")
    void delete(
            @Parameters(paramLabel = "NAME", description = NAME) String name, @Mixin Sure sure, @Mixin Shared shared) {
        String path = "users/" + ApiClient.part(name);
        sure.ask(() -> "delete user " + name + ", " + Shared.text(shared.api().get(path), "role")
                + ", with all tokens and sessions");
        shared.act("DELETE", path, Shared.body(), _ -> "user " + name + " is removed");
    }

    private static void change(String name, ObjectNode body, Shared shared) {
        shared.act("PATCH", "users/" + ApiClient.part(name), body, UserCommand::words);
    }

    private static String words(JsonNode user) {
        String name = Shared.text(user, "name");
        boolean reachesNothing = Shared.text(user, "role").equals("technician")
                && user.path("groups").isEmpty();
        return "user " + name + ", " + Shared.text(user, "role")
                + (user.path("enabled").booleanValue(false) ? "" : ", off")
                + (reachesNothing
                        ? ", who reaches no device yet: firstlight user role " + name + " technician --group GROUP"
                        : "");
    }

    /** Never as an argument: other users of the host see those. */
    static String password(Optional<Path> file, String prompt) {
        try {
            if (file.isPresent()) {
                return Files.readString(file.get()).strip();
            }
        } catch (IOException e) {
            throw new OperatorError(
                    "the password in " + file.get() + " cannot be read: " + IoReason.of(e),
                    "see the file and its permission",
                    e);
        }
        char[] typed = Terminal.console()
                .flatMap(console -> Optional.ofNullable(console.readPassword("%s", prompt)))
                .orElseGet(() -> new char[0]);
        if (typed.length == 0) {
            throw new OperatorError("there is nobody to ask for the password", "name a file with --password-file");
        }
        return new String(typed);
    }
}
