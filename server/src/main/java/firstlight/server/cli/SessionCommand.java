package firstlight.server.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code firstlight session}. */
@Command(
        name = "session",
        description =
                "Multicast sessions: several devices receive one image at once. Each waits at its PC until enough are "
                        + "there, or until the first has waited long enough; then one stream serves them all, and what one of them "
                        + "loses on the way is sent again for it. 'firstlight work join' makes members.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight session create monday room12 --clients 24 --minutes 15",
            "  firstlight work join \"group:Room 12\" monday --wake",
            "  firstlight session show monday",
            "  firstlight session start monday                 with those who are there",
            "  firstlight session list --state waiting",
            "  firstlight session cancel monday"
        })
public final class SessionCommand {
    private static final String SESSION = "Its number or name.";

    @Command(name = "create", description = "Makes a session for an image. Nothing happens before devices join it.")
    void create(
            @Parameters(paramLabel = "NAME", description = "What it is to be called; not a number.") String name,
            @Parameters(paramLabel = "IMAGE", description = "The image's name.") String image,
            @Option(
                            names = "--clients",
                            paramLabel = "N",
                            description = "Begin when so many wait (without it, or with 0: not by their number).")
                    Optional<Integer> clients,
            @Option(
                            names = "--minutes",
                            paramLabel = "M",
                            description =
                                    "Begin so long after the first one waits (usually 15; 0: not by time). With neither number "
                                            + "nor time somebody must start it.")
                    Optional<Integer> minutes,
            @Option(names = "--version", paramLabel = "N", description = "Of the image; without it, the newest.")
                    Optional<Integer> version,
            @Option(names = "--disk", paramLabel = "DEV", description = "Only this disk; several times if need be.")
                    @Nullable
                    List<String> disks,
            @Mixin Shared shared) {
        ObjectNode body = Shared.body().put("name", name).put("image", TaskWords.withoutVersion(image));
        clients.ifPresent(number -> body.put("clients", number));
        minutes.ifPresent(number -> body.put("minutes", number));
        version.ifPresent(number -> body.put("version", number));
        Shared.texts(body, "disks", disks == null ? new ArrayList<>() : disks);
        shared.act(
                "POST",
                "sessions",
                body,
                session -> Shared.text(session, "words") + "\n  firstlight work join DEVICE "
                        + Shared.text(session, "session"));
    }

    @Command(name = "list", description = "All sessions, the newest first.")
    void list(
            @Option(names = "--state", paramLabel = "STATE", description = "waiting, running, done or cancelled.")
                    Optional<String> state,
            @Mixin Newest newest,
            @Mixin Shared shared) {
        newest.print(shared, "sessions", WorkCommand.parameter("state", state), sessions -> {
            Table table = new Table("NR", "NAME", "IMAGE", "STATE", "THERE", "OPEN", "BY", "CREATED", "ABOUT");
            for (JsonNode session : sessions) {
                table.row(
                        Shared.text(session, "session"),
                        Shared.text(session, "name"),
                        image(session),
                        Shared.text(session, "state"),
                        Shared.text(session, "waiting"),
                        Shared.text(session, "open"),
                        Shared.text(session, "createdBy"),
                        Shared.time(session.path("created")),
                        Shared.text(session, "words"));
            }
            return table.text();
        });
    }

    @Command(name = "show", description = "One session, and how its members stand.")
    void show(@Parameters(paramLabel = "SESSION", description = SESSION) String session, @Mixin Shared shared) {
        shared.print(shared.api().get("sessions/" + ApiClient.part(session)), SessionCommand::whole);
    }

    @Command(name = "start", description = "Begins a session now, with whoever is there; others begin when they come.")
    void start(@Parameters(paramLabel = "SESSION", description = SESSION) String session, @Mixin Shared shared) {
        shared.act("POST", "sessions/" + ApiClient.part(session) + "/start", Shared.body(), SessionCommand::words);
    }

    @Command(
            name = "cancel",
            description =
                    "Ends a session and takes the work of all its members back; who is at it stops at the next report.")
    void cancel(@Parameters(paramLabel = "SESSION", description = SESSION) String session, @Mixin Shared shared) {
        shared.act("DELETE", "sessions/" + ApiClient.part(session), Shared.body(), SessionCommand::words);
    }

    private static String words(JsonNode session) {
        return "session " + Shared.text(session, "session") + " '" + Shared.text(session, "name") + "' is "
                + Shared.text(session, "state") + ": " + Shared.text(session, "words");
    }

    private static String image(JsonNode session) {
        String version = Shared.text(session, "version");
        return Shared.text(session, "image") + (version.equals("0") ? "" : " version " + version);
    }

    private static String whole(JsonNode session) {
        StringJoiner text = new StringJoiner("\n");
        text.add(words(session));
        text.add("image      " + image(session));
        text.add("created    " + Shared.time(session.path("created")) + " by " + Shared.text(session, "createdBy"));
        if (session.has("started")) {
            text.add("began      " + Shared.time(session.path("started")));
        }
        if (session.has("ended")) {
            text.add("ended      " + Shared.time(session.path("ended")));
        }
        text.add(
                Shared.text(session, "transport").equals("multicast")
                        ? "transport  multicast: one stream serves all members"
                        : "transport  unicast: each member fetches the image for itself (multicast.enabled is false)");
        session.path("streams").forEach(stream -> text.add(stream(stream)));
        Map<String, JsonNode> hearing = hearing(session);
        Table table = new Table("DEVICE", "WORK", "STATE", "LACKS", "LOSS", "OUTCOME");
        for (JsonNode member : session.path("members")) {
            table.row(
                    Shared.text(member, "device"),
                    Shared.text(member, "work"),
                    Shared.text(member, "state"),
                    lacks(hearing.get(Shared.text(member, "device"))),
                    loss(hearing.get(Shared.text(member, "device"))),
                    Shared.text(member, "outcome"));
        }
        text.add(session.path("members").isEmpty() ? "nobody has joined it" : table.text());
        return text.toString();
    }

    /** {@code stream     239.255.7.1:8446 streaming at 104 MB/s, 1200 of 60000 packets were parity, 300 chunks to go}. */
    private static String stream(JsonNode stream) {
        return "stream     " + Shared.text(stream, "group") + " " + Shared.text(stream, "state") + " at "
                + stream.path("bytesPerSecond").asLong() / 1_000_000 + " MB/s, "
                + Shared.text(stream, "parity") + " of " + Shared.text(stream, "packets") + " packets mended losses, "
                + Shared.text(stream, "wanted") + " chunks to go";
    }

    /** What the streams say of each member. */
    private static Map<String, JsonNode> hearing(JsonNode session) {
        Map<String, JsonNode> hearing = new HashMap<>();
        for (JsonNode stream : session.path("streams")) {
            stream.path("members").forEach(member -> hearing.put(Shared.text(member, "device"), member));
        }
        return hearing;
    }

    /** In chunks; empty for a member whom no stream serves. */
    private static String lacks(@Nullable JsonNode member) {
        return member == null ? "" : Shared.text(member, "lacking") + " (" + Shared.text(member, "state") + ")";
    }

    private static String loss(@Nullable JsonNode member) {
        return member == null
                ? ""
                : String.format(Locale.ROOT, "%.1f %%", member.path("loss").asDouble() * 100);
    }
}
