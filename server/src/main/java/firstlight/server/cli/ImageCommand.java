package firstlight.server.cli;

import firstlight.server.operator.OperatorError;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code firstlight image}. */
@Command(
        name = "image",
        subcommands = {
            ImageLsCommand.class,
            ImageCatCommand.class,
            ImageGetCommand.class,
            ImageAddOnCommand.class,
            ImageServeCommand.class,
            ImageFitCommand.class,
            ImageExportCommand.class,
            ImageImportCommand.class,
            ImagePullCommand.class
        },
        description = "The images in the store. A version never changes; a new capture makes the next one. "
                + "IMAGE is a name (its latest version), NAME@VERSION or NAME@TAG.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight image show room12@3",
            "  firstlight image note room12@3 \"before the update\"",
            "  firstlight image tag room12@3 golden",
            "  firstlight image protect room12@golden",
            "  firstlight image expire room12@2 90d",
            "  firstlight image remove room12@1",
            "  firstlight image verify room12 --sample 10",
            "  firstlight image gc --dry-run",
            "  firstlight image pack",
            "  firstlight image jobs",
            "  firstlight image cancel 3",
            "  firstlight image peers"
        })
public final class ImageCommand {
    static final String IMAGE = "NAME, NAME@VERSION or NAME@TAG.";

    @Command(
            name = "list",
            description = "All versions of all images.",
            footerHeading = "%nFor example:%n",
            footer = {"  firstlight image list", "  firstlight image list --servers"})
    void list(
            @Option(names = "--removed", description = "Those that were removed as well.") boolean removed,
            @Option(
                            names = "--servers",
                            description = "At which servers each is (images.peers), and what only others have.")
                    boolean servers,
            @Mixin Shared shared) {
        ArrayNode images = shared.api().all("images" + (removed ? "?removed=true" : ""));
        if (servers) {
            ImageServers all = ImageServers.ask(shared.api());
            shared.print(all.beside(images), seen -> ImageTables.versions(seen) + all.remarks());
            return;
        }
        shared.print(images, ImageTables::versions);
    }

    @Command(name = "show", description = "The versions of an image, or one version with its disks and its history.")
    void show(@Parameters(paramLabel = "IMAGE", description = IMAGE) String image, @Mixin Shared shared) {
        if (image.contains("@")) {
            shared.print(shared.api().get(path(image)), ImageTables::detail);
        } else {
            shared.print(shared.api().all("images/" + ApiClient.part(image)), ImageTables::versions);
        }
    }

    @Command(name = "note", description = "Writes a note at a version, in place of the one before.")
    void note(
            @Parameters(paramLabel = "IMAGE", description = IMAGE) String image,
            @Parameters(paramLabel = "TEXT", description = "The note; '' takes it away.") String text,
            @Mixin Shared shared) {
        change(image, Shared.body().put("note", text), shared);
    }

    @Command(name = "tag", description = "Names a version; a tag leaves the version that had it before.")
    void tag(
            @Parameters(paramLabel = "IMAGE", description = IMAGE) String image,
            @Parameters(paramLabel = "TAG", arity = "1..*", description = "Such as golden.") List<String> tags,
            @Option(names = "--remove", description = "Take the tags away.") boolean remove,
            @Mixin Shared shared) {
        ObjectNode body = Shared.body();
        Shared.texts(body, remove ? "untag" : "tag", tags);
        change(image, body, shared);
    }

    @Command(name = "protect", description = "Nobody can remove the version, and it does not expire.")
    void protect(
            @Parameters(paramLabel = "IMAGE", description = IMAGE) String image,
            @Option(names = "--off", description = "No longer.") boolean off,
            @Mixin Shared shared) {
        change(image, Shared.body().put("protected", !off), shared);
    }

    @Command(name = "expire", description = "Lets a version be removed by itself at a time.")
    void expire(
            @Parameters(paramLabel = "IMAGE", description = IMAGE) String image,
            @Parameters(paramLabel = "WHEN", description = "2027-06-30, 90d (from now), a time with zone, or never.")
                    String when,
            @Mixin Shared shared) {
        ObjectNode body = Shared.body();
        time(when, Instant.now())
                .ifPresentOrElse(at -> body.put("expires", at.toString()), () -> body.putNull("expires"));
        change(image, body, shared);
    }

    @Command(
            name = "remove",
            description =
                    "Removes a version that no work, session, rule or schedule lays down; 'image gc' frees the space. Its"
                            + " number is not used again.")
    void remove(
            @Parameters(paramLabel = "IMAGE", description = "NAME@VERSION or NAME@TAG.") String image,
            @Mixin Shared shared) {
        if (!image.contains("@")) {
            throw new OperatorError(
                    "'" + image + "' does not say which version",
                    "write " + image + "@VERSION; see firstlight image list");
        }
        shared.act(
                "DELETE", path(image), Shared.body(), _ -> image + " is removed; firstlight image gc frees the space");
    }

    @Command(name = "verify", description = "Reads a version's chunks and compares them with their SHA-256.")
    void verify(
            @Parameters(paramLabel = "IMAGE", description = IMAGE) String image,
            @Option(names = "--sample", paramLabel = "PERCENT", description = "Only so many, chosen at random.")
                    Optional<Integer> percent,
            @Mixin Shared shared) {
        ObjectNode body = Shared.body().put("kind", "verify").put("image", image);
        percent.ifPresent(share -> body.put("percent", share));
        ImageJobWatch.run(shared, body);
    }

    @Command(name = "peers", description = "The servers that images may be pulled from, and what they have.")
    void peers(@Mixin Shared shared) {
        shared.print(shared.api().all("image-peers"), ImageTables::peers);
    }

    @Command(
            name = "diff",
            description = "How an image differs from another, by partitions and octets, or by files.",
            footerHeading = "%nFor example:%n",
            footer = {"  firstlight image diff room12@3 room12", "  firstlight image diff room12@3 room12@4 --files"})
    void diff(
            @Parameters(paramLabel = "BEFORE", description = IMAGE) String before,
            @Parameters(paramLabel = "NOW", description = IMAGE) String now,
            @Option(
                            names = "--files",
                            description = "Files that were added, removed or changed; on the server itself, as root, "
                                    + "and with IMAGE or IMAGE@NUMBER.")
                    boolean files,
            @Option(names = "--servers", description = "Also at which servers both are.") boolean servers,
            @Mixin Shared shared) {
        if (files && servers) {
            throw new OperatorError("--files and --servers are two answers", "ask for one after the other");
        }
        if (files) {
            new ImageFileDiff(shared).run(before, now);
            return;
        }
        JsonNode difference = shared.api().get(path(now) + "/difference?from=" + ApiClient.part(before));
        if (!servers) {
            shared.print(difference, ImageTables::difference);
            return;
        }
        ImageServers others = ImageServers.ask(shared.api());
        ArrayNode all = others.beside(shared.api().all("images"));
        ObjectNode node = (ObjectNode) difference;
        node.set("fromServers", ImageServers.of(all, Shared.text(node, "from")));
        node.set("toServers", ImageServers.of(all, Shared.text(node, "to")));
        shared.print(
                node,
                seen -> ImageTables.difference(seen) + "\n\n"
                        + Shared.text(seen, "from") + " is at: " + Shared.joined(seen.path("fromServers")) + "\n"
                        + Shared.text(seen, "to") + " is at: " + Shared.joined(seen.path("toServers"))
                        + others.remarks());
    }

    @Command(name = "gc", description = "Frees the space of chunks that no version names and no capture needs.")
    void collect(
            @Option(names = "--dry-run", description = "Only tell what would be freed.") boolean dryRun,
            @Mixin Shared shared) {
        ImageJobWatch.run(shared, Shared.body().put("kind", "collect").put("dryRun", dryRun));
    }

    @Command(
            name = "pack",
            description =
                    "Packs anew what captures packed quickly, at the lowest priority; the server does it every night. "
                            + "The images stay the same; they take less of the disk, and less of the network at a restore.")
    void pack(
            @Option(
                            names = "--level",
                            paramLabel = "1-19",
                            description = "zstd's level; default 15, which takes 0.1 s of a processor for a megabyte.")
                    Integer level,
            @Mixin Shared shared) {
        ObjectNode body = Shared.body().put("kind", "pack");
        ImageJobWatch.run(shared, level == null ? body : body.put("level", level));
    }

    @Command(name = "jobs", description = "Long work on the store, the newest first.")
    void jobs(@Mixin Shared shared) {
        shared.print(shared.api().all("image-jobs"), jobs -> {
            Table table = new Table("NR", "WHAT", "STARTED", "STATE", "HOW FAR", "RESULT");
            for (JsonNode job : jobs) {
                long total = job.path("total").longValue(0);
                table.row(
                        Shared.text(job, "job"),
                        Shared.text(job, "what"),
                        Shared.time(job.path("started")),
                        Shared.text(job, "state"),
                        total == 0 ? "" : job.path("done").longValue(0) * 100 / total + " %",
                        Shared.text(job, "text"));
            }
            return table.text();
        });
    }

    @Command(name = "cancel", description = "Stops long work on the store; nothing is left half done.")
    void cancel(@Parameters(paramLabel = "NR", description = "Of 'image jobs'.") long number, @Mixin Shared shared) {
        shared.act("DELETE", "image-jobs/" + number, Shared.body(), _ -> "job " + number + " stops");
    }

    private static void change(String image, ObjectNode body, Shared shared) {
        shared.act("PATCH", path(image), body, version -> {
            String expires = Shared.text(version, "expires");
            return Shared.text(version, "image") + "@" + Shared.text(version, "version")
                    + (version.path("tags").isEmpty() ? "" : ", tags " + Shared.joined(version.path("tags")))
                    + (version.path("protected").booleanValue(false) ? ", protected" : "")
                    + (expires.isEmpty() ? "" : ", expires " + expires)
                    + (Shared.text(version, "note").isEmpty() ? "" : ": " + Shared.text(version, "note"));
        });
    }

    /** Of the API: a version, or without one the latest. For number and tag alike. */
    static String path(String image) {
        int at = image.indexOf('@');
        return "images/" + ApiClient.part(at < 0 ? image : image.substring(0, at)) + "/"
                + (at < 0 ? "latest" : ApiClient.part(image.substring(at + 1)));
    }

    /** A day begins at midnight in this host's time zone. Empty for never. */
    static Optional<Instant> time(String text, Instant now) {
        if (text.equals("never")) {
            return Optional.empty();
        }
        try {
            if (text.matches("[0-9]{1,5}d")) {
                return Optional.of(now.plus(Duration.ofDays(Long.parseLong(text.substring(0, text.length() - 1)))));
            }
            return Optional.of(
                    text.length() == 10
                            ? LocalDate.parse(text)
                                    .atStartOfDay(ZoneId.systemDefault())
                                    .toInstant()
                            : OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            throw new OperatorError(
                    "'" + text + "' is no time", "write 2027-06-30, 90d, 2027-06-30T18:00:00Z or never");
        }
    }
}
