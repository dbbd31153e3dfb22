package firstlight.server.cli;

import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code firstlight image}. */
@Command(
        name = "image",
        subcommands = ImageServeCommand.class,
        description = "The images in the store. A version never changes; a new capture makes the next one.")
public final class ImageCommand {
    @Command(name = "list", description = "All versions of all images.")
    void list(@Mixin Shared shared) {
        shared.print(shared.api().all("images"), ImageCommand::table);
    }

    @Command(name = "show", description = "The versions of one image.")
    void show(@Parameters(paramLabel = "IMAGE", description = "The image's name.") String image, @Mixin Shared shared) {
        shared.print(shared.api().all("images/" + ApiClient.part(image)), ImageCommand::table);
    }

    private static String table(JsonNode images) {
        Table table = new Table("IMAGE", "VERSION", "MADE", "USED", "DISK", "SHA-256");
        for (JsonNode image : images) {
            table.row(
                    Shared.text(image, "image"),
                    Shared.text(image, "version"),
                    Shared.time(image.path("made")),
                    gigabytes(image.path("usedBytes")),
                    gigabytes(image.path("diskBytes")),
                    Shared.text(image, "digest").substring(0, 12));
        }
        return table.text();
    }

    private static String gigabytes(JsonNode bytes) {
        return String.format(Locale.ROOT, "%.2f GB", bytes.longValue(0) / 1e9);
    }
}
