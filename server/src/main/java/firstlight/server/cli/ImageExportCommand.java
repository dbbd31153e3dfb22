package firstlight.server.cli;

import firstlight.image.store.ImageFile;
import firstlight.server.OperatorError;
import firstlight.server.ProgressLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code firstlight image export}. */
@Command(name = "export", description = "Writes a version into one file, which 'image import' reads on any server.")
public final class ImageExportCommand implements Runnable {
    @Parameters(index = "0", paramLabel = "IMAGE", description = ImageCommand.IMAGE)
    private String image = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "Made here; must not be there yet.")
    private Path file = Path.of("");

    @Mixin
    private Shared shared = new Shared();

    @Override
    public void run() {
        if (Files.exists(file)) {
            throw new OperatorError(file + " is there already", "name another file, or remove it");
        }
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        ProgressLine line = new ProgressLine();
        try {
            try (var out = Files.newOutputStream(unfinished)) {
                shared.api().download(ImageCommand.path(image) + "/export", out);
            }
            line.show("checking " + file, 0, 0);
            if (!ImageFile.isWhole(unfinished)) {
                throw new OperatorError(
                        "the server broke off before " + image + " was whole",
                        "see its log; firstlight image verify " + image);
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            line.end();
            shared.line(image + " is in " + file + ", " + Files.size(file) / 1_000_000 + " MB");
        } catch (IOException e) {
            throw new OperatorError(
                    file + " cannot be written: " + e.getMessage(), "see space and permission there", e);
        } finally {
            line.end();
            try {
                Files.deleteIfExists(unfinished);
            } catch (IOException e) {
                shared.line(unfinished + " is left behind: " + e.getMessage());
            }
        }
    }
}
