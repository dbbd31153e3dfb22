package firstlight.server.cli;

import firstlight.image.Progress;
import firstlight.image.extents.FileSystem;
import firstlight.image.files.ImageVolume;
import firstlight.image.files.ImageVolumes;
import firstlight.image.files.WimExport;
import firstlight.image.store.ImageFile;
import firstlight.model.IoReason;
import firstlight.server.operator.OperatorError;
import firstlight.server.operator.ProgressLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code firstlight image export}. */
@Command(
        name = "export",
        description = {
            "Writes a version into one file, which 'image import' reads on any server.",
            "With --wim: the files of one NTFS partition as a Windows image file, for DISM, Windows' setup and wimlib. Runs on "
                    + "the server's own host, as root, and changes nothing. As with DISM, page files, hibernation and "
                    + "System Volume Information stay out."
        },
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight image export room12@3 room12.image",
            "  firstlight image export win11 --wim install.wim",
            "  firstlight image export win11 --wim data.wim --partition 4"
        })
public final class ImageExportCommand implements Runnable {
    @Parameters(index = "0", paramLabel = "IMAGE", description = ImageCommand.IMAGE)
    private String image = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "Made here; must not be there yet.")
    private Path file = Path.of("");

    @Option(names = "--wim", description = "Write a Windows image file (WIM) of an NTFS partition.")
    private boolean wim;

    @Option(
            names = "--partition",
            paramLabel = "PARTITION",
            description =
                    "Of a WIM: which one, as 'image ls' names it (default: the one with NTFS, or of several the one "
                            + "with Windows).")
    private Optional<String> partition = Optional.empty();

    @Mixin
    private Shared shared = new Shared();

    @Override
    public void run() {
        if (partition.isPresent() && !wim) {
            throw new OperatorError("an exported image has all its partitions", "leave --partition out, or add --wim");
        }
        if (Files.exists(file)) {
            throw new OperatorError(file + " is there already", "name another file, or remove it");
        }
        if (wim) {
            writeWim();
            return;
        }
        // Beside its place and moved there when it is whole: a file of that name is never half an image.
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        ProgressLine line = new ProgressLine();
        try {
            try (var out = Files.newOutputStream(unfinished)) {
                shared.api().download(ImageCommand.path(image) + "/export", line.counting("receiving " + image, out));
            }
            line.show("checking " + file, 0, 0);
            // HTTP tells no length of it beforehand.
            if (!ImageFile.isWhole(unfinished)) {
                throw new OperatorError(
                        "the server broke off before '" + image + "' was whole",
                        "see its log; firstlight image verify " + image);
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            line.end();
            shared.line(image + " is in " + file + ", " + Shared.megabytes(Files.size(file)));
        } catch (IOException e) {
            throw new OperatorError(
                    file + " cannot be written: " + IoReason.of(e), "see space and permission there", e);
        } finally {
            line.end();
            try {
                Files.deleteIfExists(unfinished);
            } catch (IOException e) {
                shared.line(unfinished + " is left behind: " + e.getMessage());
            }
        }
    }

    private void writeWim() {
        LocalStore local = shared.store();
        LocalFiles.chosen(local, image, (chosen, volumes) -> {
            ImageVolume volume = ntfs(volumes);
            String name = image.contains("@") ? image.substring(0, image.indexOf('@')) : image;
            ProgressLine line = new ProgressLine();
            try {
                WimExport.Written written = WimExport.write(
                        volume,
                        name,
                        chosen.name() + ", partition " + volume.name(),
                        file,
                        (phase, done, total) -> line.show(
                                (phase == Progress.Phase.VERIFYING ? "checking " : "writing ") + file, done, total));
                line.end();
                written.notes().forEach(local::warn);
                shared.line("partition " + volume.name() + " of " + chosen.name() + " is in " + file + ", "
                        + Shared.megabytes(written.octets()) + ", and was read back");
            } finally {
                line.end();
            }
        });
    }

    /** The one that is named, else the only one, else the only one with Windows on it. */
    private ImageVolume ntfs(ImageVolumes volumes) throws IOException {
        if (partition.isPresent()) {
            return volumes.find(partition.get());
        }
        List<ImageVolume> all = volumes.all().stream()
                .filter(each -> each.fileSystem() == FileSystem.NTFS)
                .toList();
        List<ImageVolume> systems = new ArrayList<>();
        for (ImageVolume each : all.size() == 1 ? List.<ImageVolume>of() : all) {
            if (LocalFiles.holdsSystem(shared.store(), volumes, each)) {
                systems.add(each);
            }
        }
        if (all.size() == 1 || systems.size() == 1) {
            return all.size() == 1 ? all.getFirst() : systems.getFirst();
        }
        throw new OperatorError(
                all.isEmpty()
                        ? "'" + image + "' holds no NTFS"
                        : "it is not clear which partition: NTFS is in "
                                + all.stream().map(ImageVolume::name).collect(Collectors.joining(", ")),
                all.isEmpty() ? "see firstlight image ls " + image : "say --partition N");
    }
}
