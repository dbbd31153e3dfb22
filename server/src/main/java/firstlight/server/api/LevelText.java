package firstlight.server.api;

import firstlight.policy.Device;
import firstlight.policy.RuleBook;
import firstlight.policy.level.Group;
import firstlight.policy.level.Level;
import firstlight.server.access.Caller;
import java.util.List;
import java.util.function.Supplier;

/** Levels as people write them: {@code server}, {@code group:Room 12}, {@code device:PC-3}. */
final class LevelText {
    private final DeviceFinder finder;
    private final Supplier<RuleBook> book;

    LevelText(DeviceFinder finder, Supplier<RuleBook> book) {
        this.finder = finder;
        this.book = book;
    }

    /**
     * @param field which is named when {@code text} has no such form
     * @throws ApiProblem 404 when there is no such group or device
     */
    Level parse(String text, String field) throws ApiProblem {
        if (text.equals("server")) {
            return Level.SERVER;
        }
        if (text.startsWith("group:")) {
            String name = text.substring("group:".length());
            return book.get()
                    .groups()
                    .find(name)
                    .<Level>map(group -> new Level.OfGroup(group.id()))
                    .orElseThrow(
                            () -> ApiProblem.notFound("there is no group '" + name + "'", "see firstlight group list"));
        }
        if (text.startsWith("device:")) {
            return new Level.OfDevice(
                    finder.one(text.substring("device:".length())).id());
        }
        throw ApiProblem.notAllowed(
                field, "'" + text + "' is no level", "it must be server, group:NAME or device:NAME");
    }

    /** The group that it is of, if it is of one. */
    static List<Long> groups(Level level) {
        return level instanceof Level.OfGroup(long group) ? List.of(group) : List.of();
    }

    /** By number where the group or device is gone. */
    String of(Level level) {
        return switch (level) {
            case Level.ServerDefault _ -> "server";
            case Level.OfGroup(long group) ->
                "group:" + book.get().groups().find(group).map(Group::name).orElse(Long.toString(group));
            case Level.OfDevice(long device) -> "device:" + finder.name(device);
        };
    }

    /** A technician changes what hangs at his own groups and devices; the server's level is the administrator's. */
    void reached(Level level, Caller caller) throws ApiProblem {
        boolean reached = switch (level) {
            case Level.ServerDefault _ -> !caller.isLimited();
            case Level.OfGroup(long group) -> finder.reachesGroup(caller, group);
            case Level.OfDevice(long device) -> {
                Device found = finder.one(Long.toString(device));
                finder.reached(found, caller);
                yield true;
            }
        };
        if (!reached) {
            throw ApiProblem.of(ProblemKind.FORBIDDEN, of(level) + " is not yours to change", "ask an administrator");
        }
    }
}
