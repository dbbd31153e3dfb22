package firstlight.server.cli;

import firstlight.image.files.FileEntry;
import firstlight.image.files.ImagePath;
import firstlight.image.files.ImageVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code firstlight image ls}. */
@Command(
        name = "ls",
        description = {
            "Lists the partitions and volumes of an image, or a folder in one, without a restore.",
            "Reads the store of this host's data directory, also while the server runs, and changes nothing. Needs root."
        },
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight image ls room12",
            "  firstlight image ls room12@3 3:/etc",
            "  firstlight image ls room12 /home --json"
        })
final class ImageLsCommand implements Runnable {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    @Parameters(paramLabel = "IMAGE[@VERSION]", index = "0", description = "Without a version, the newest.")
    private String image = "";

    @Parameters(paramLabel = "WHERE", index = "1", arity = "0..1", description = LocalFiles.WHERE)
    private Optional<String> where = Optional.empty();

    @Option(names = "--json", description = "Print JSON instead of a table.")
    private boolean json;

    @Mixin
    private LocalStore local = new LocalStore();

    @Spec
    private CommandSpec spec = CommandSpec.create(); // picocli sets the real one

    @Override
    public void run() {
        if (where.isEmpty()) {
            LocalFiles.volumes(local, image, volumes -> print(volumes.all()));
            return;
        }
        LocalFiles.tree(local, image, where.get(), (tree, volume, path) -> {
            Path found = ImagePath.find(tree, path, true);
            boolean folder = Files.isDirectory(found, LinkOption.NOFOLLOW_LINKS);
            files(folder ? FileEntry.in(found) : List.of(FileEntry.of(found)));
        });
    }

    private void print(List<ImageVolume> volumes) throws IOException {
        Table table = new Table("PARTITION", "FILE SYSTEM", "LABEL", "WITHIN", "SIZE", "USED");
        ArrayNode array = ApiClient.JSON.createArrayNode();
        for (ImageVolume volume : volumes) {
            String label = volume.label();
            table.row(
                    volume.name(),
                    volume.fileSystem().word(),
                    label,
                    volume.within(),
                    gigabytes(volume.size()),
                    volume.used().map(ImageLsCommand::gigabytes).orElse(""));
            ObjectNode node = array.addObject()
                    .put("partition", volume.name())
                    .put("fileSystem", volume.fileSystem().word())
                    .put("label", label)
                    .put("within", volume.within())
                    .put("bytes", volume.size())
                    .put("holdsFiles", volume.holdsFiles());
            volume.used().ifPresent(octets -> node.put("usedBytes", octets));
        }
        say(table, array);
    }

    private static String gigabytes(long octets) {
        return String.format(Locale.ROOT, "%.2f GB", octets / 1e9);
    }

    private void files(List<FileEntry> entries) {
        Table table = new Table("MODE", "OWNER", "SIZE", "MODIFIED", "NAME");
        ArrayNode array = ApiClient.JSON.createArrayNode();
        for (FileEntry entry : entries) {
            table.row(
                    entry.permissions(),
                    entry.uid() + ":" + entry.gid(),
                    entry.size(),
                    TIME.format(entry.modified()),
                    entry.name() + (entry.target().isEmpty() ? "" : " -> " + entry.target()));
            array.add(json(entry));
        }
        say(table, array);
    }

    static ObjectNode json(FileEntry entry) {
        ObjectNode node = ApiClient.JSON
                .createObjectNode()
                .put("name", entry.name())
                .put("kind", entry.kind())
                .put("mode", String.format(Locale.ROOT, "%04o", entry.mode() & 07777))
                .put("uid", entry.uid())
                .put("gid", entry.gid())
                .put("links", entry.links())
                .put("bytes", entry.size())
                .put("modified", entry.modified().toString());
        return entry.target().isEmpty() ? node : node.put("target", entry.target());
    }

    private void say(Table table, ArrayNode array) {
        spec.commandLine()
                .getOut()
                .println(
                        json
                                ? ApiClient.JSON
                                        .writerWithDefaultPrettyPrinter()
                                        .writeValueAsString(array)
                                : table.text());
        spec.commandLine().getOut().flush();
    }
}
