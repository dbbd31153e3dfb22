package firstlight.server.cli;

import firstlight.image.store.ImageFile;
import firstlight.model.IoReason;
import firstlight.server.operator.OperatorError;
import firstlight.server.operator.ProgressLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code firstlight image import}. */
@Command(
        name = "import",
        description =
                "Makes a version of an exported image, of a virtual machine's disk: raw, qcow2, VHD, VHDX, VMDK, VDI, or "
                        + "of a Windows image file (WIM): a disk and a WIM lie on the server's own host; the server reads the "
                        + "file itself, and opens what is encrypted in a disk (LUKS) with the passphrases in its vault.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight image import room12.image",
            "  firstlight image import win11.qcow2 --as win11",
            "  firstlight image import rescued.raw --as anna --if-unreadable zero",
            "  firstlight image import install.wim --index 6 --as win11-pro"
        })
public final class ImageImportCommand implements Runnable {
    @Parameters(paramLabel = "FILE", description = "What 'image export' wrote, or a disk.")
    private Path file = Path.of("");

    @Option(names = "--as", paramLabel = "NAME", description = "The image's name; needed for a disk.")
    private Optional<String> name = Optional.empty();

    @Option(names = "--format", paramLabel = "FORMAT", description = "Of a disk: raw, qcow2, vpc, vhdx, vmdk, vdi.")
    private Optional<String> format = Optional.empty();

    @Option(names = "--sector-size", paramLabel = "OCTETS", description = "Of a disk: 512 or 4096 (default: 512).")
    private Optional<Integer> sectorSize = Optional.empty();

    @Option(
            names = "--if-unreadable",
            paramLabel = "stop|zero",
            description =
                    "Of a raw disk: what becomes of sectors that cannot be read: no image, or zeros in their place, which the"
                            + " image names for ever (default: stop).")
    private Optional<String> ifUnreadable = Optional.empty();

    @Option(
            names = "--index",
            paramLabel = "N",
            description = "Of a WIM: which of its images; needed where it holds several.")
    private Optional<Integer> index = Optional.empty();

    @Option(
            names = "--size",
            paramLabel = "MIB",
            description =
                    "Of a WIM: how large the NTFS partition is (default: as its files need). Restores can grow it.")
    private Optional<Integer> size = Optional.empty();

    @Mixin
    private Shared shared = new Shared();

    @Override
    public void run() {
        try {
            if (format.isEmpty() && ImageFile.isOne(file)) {
                refuseIdle();
                stream();
                return;
            }
        } catch (IOException e) {
            throw new OperatorError(file + " cannot be read: " + IoReason.of(e), "see the file and its permission", e);
        }
        ObjectNode body = Shared.body()
                .put("kind", "import")
                .put("file", file.toAbsolutePath().normalize().toString())
                .put(
                        "image",
                        name.orElseThrow(() -> new OperatorError(
                                file + " is no exported image, and a disk needs a name",
                                "give it one with --as NAME")));
        format.ifPresent(kind -> body.put("format", kind));
        sectorSize.ifPresent(octets -> body.put("sectorSize", octets));
        ifUnreadable.ifPresent(choice -> body.put("ifUnreadable", choice));
        index.ifPresent(number -> body.put("index", number));
        size.ifPresent(mebibytes -> body.put("size", mebibytes));
        ImageJobWatch.run(shared, body);
    }

    /** An exported image tells all of that itself: an option that does nothing is a mistake. */
    private void refuseIdle() {
        TaskWords.refuse(sectorSize.isPresent(), "--sector-size", "a disk");
        TaskWords.refuse(ifUnreadable.isPresent(), "--if-unreadable", "a disk");
        TaskWords.refuse(index.isPresent(), "--index", "a WIM");
        TaskWords.refuse(size.isPresent(), "--size", "a WIM");
    }

    /** Read here and sent: what 'image export' wrote may lie on another host than the server. A disk or a WIM is read by the server. */
    private void stream() throws IOException {
        ProgressLine line = new ProgressLine();
        try {
            long size = Files.size(file);
            JsonNode version = shared.api()
                    .upload(
                            "image-import"
                                    + name.map(as -> "?as=" + ApiClient.part(as))
                                            .orElse(""),
                            file,
                            sent -> line.show("sending " + file, sent, size));
            line.end();
            shared.print(
                    version,
                    made -> Shared.text(made, "image") + "@" + Shared.text(made, "version") + " is in the store");
        } finally {
            line.end();
        }
    }
}
