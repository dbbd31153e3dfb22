package firstlight.server.cli;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.addon.AddOnBuilder;
import firstlight.image.addon.FolderSource;
import firstlight.image.addon.TreeDifference;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.PartitionChoice;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageFile;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.Publication;
import firstlight.image.store.StoreReader;
import firstlight.image.tree.FileTree;
import firstlight.server.images.TarSource;
import firstlight.server.operator.OperatorError;
import firstlight.server.operator.ProgressLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code firstlight image add-on}. */
@Command(
        name = "add-on",
        description =
                "Makes a version of an add-on image: files that are laid over a restored system. They are read here and "
                        + "sent to the server; run it as root when they belong to others.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight image add-on office --folder /srv/office --into opt/office --owner 0:0",
            "  firstlight image add-on drivers --tar drivers.tar.zst --into Windows/INF",
            "  firstlight image add-on grub --folder ./esp --partition esp --delete EFI/old",
            "  firstlight image add-on update --difference room12@1 room12@2"
        })
public final class ImageAddOnCommand implements Runnable {
    @Parameters(paramLabel = "NAME", description = "The add-on image's name; a new name makes a new image.")
    private String name = "";

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    /** Where the files come from. */
    static final class Source {
        @Option(names = "--folder", paramLabel = "DIR", description = "The files below this folder.")
        private @Nullable Path folder;

        @Option(
                names = "--tar",
                paramLabel = "FILE",
                description = "The files of a tar archive, also with gzip, zstd or xz; - for standard input.")
        private @Nullable Path tar;

        @Option(
                names = "--difference",
                arity = "2",
                paramLabel = "IMAGE@VERSION",
                description =
                        "What makes the first of two versions of a base image into the second, of one partition. Reads the "
                                + "store of this host's data directory, as root.")
        private List<String> difference = new ArrayList<>();
    }

    @Option(
            names = "--into",
            paramLabel = "PATH",
            defaultValue = "",
            description = "The folder of the restored system that they go into (default: its root).")
    private String into = "";

    @Option(
            names = "--partition",
            paramLabel = "WHERE",
            defaultValue = "system",
            description = "Of the restored disk: system (the one with Linux or Windows), esp, a number, or label=NAME "
                    + "(default: ${DEFAULT-VALUE}).")
    private String partition = "system";

    @Option(
            names = "--owner",
            paramLabel = "UID:GID",
            description = "Numbers of the user and group that all files get, in place of their own.")
    private Optional<String> owner = Optional.empty();

    @Option(
            names = "--delete",
            paramLabel = "PATH",
            description = "Take this file or folder away, below --into; several times if need be.")
    private List<String> gone = new ArrayList<>();

    @Mixin
    private Shared shared = new Shared();

    @Override
    public void run() {
        if (!ImageName.isValid(name)) {
            throw new OperatorError("'" + name + "' is no image's name", ImageName.RULE);
        }
        Path scratch = scratch(Optional.ofNullable(System.getenv("TMPDIR")));
        try {
            Path work = Files.createTempDirectory(scratch, "firstlight-add-on");
            try {
                send(packed(work));
            } finally {
                remove(work);
            }
        } catch (NoSuchFileException absent) {
            throw new OperatorError("there is no " + absent.getMessage(), "see the name", absent);
        } catch (IOException e) {
            throw failure(e, scratch);
        }
    }

    /** Not /tmp, which is memory on many hosts (Debian 13): twice the files go there. */
    static Path scratch(Optional<String> named) {
        return named.filter(text -> !text.isEmpty()).map(Path::of).orElse(Path.of("/var/tmp"));
    }

    static OperatorError failure(IOException e, Path scratch) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("No space left") || message.contains("Disk quota exceeded")) {
            return new OperatorError(
                    "there is no room for the add-on in " + scratch + ", where it is put together",
                    "make room there for twice its files, or name another folder with TMPDIR",
                    e);
        }
        return e instanceof ImageFailure failure
                ? new OperatorError(failure.what() + ": " + failure.cause(), failure.cure(), failure)
                : new OperatorError("the files cannot be read: " + message, "see their permissions, or be root", e);
    }

    /** An image file with the add-on, made in a store of its own: the way in that images have already. */
    private Path packed(Path work) throws IOException {
        Path file = work.resolve("add-on.image");
        try (ImageStore store = DiskStore.open(work.resolve("store"));
                AddOnBuilder builder = new AddOnBuilder(store.trustingSink(), into)) {
            List<String> notes = gather(builder);
            for (String path : gone) {
                builder.gone(path);
            }
            AddOn addOn = builder.build(where());
            Manifest manifest = Manifest.of(Instant.now(), "firstlight image add-on", addOn, notes);
            if (!(store.publish(new ImageName(name), manifest) instanceof Publication.Published published)) {
                throw new IllegalStateException("a store lacks what was put into it");
            }
            ProgressLine line = new ProgressLine();
            try (OutputStream out = Files.newOutputStream(file)) {
                Progress progress = (_, done, total) -> line.show("packing " + addOn.files() + " files", done, total);
                ImageFile.write(store, published.version(), out, progress);
            } finally {
                line.end();
            }
            notes.forEach(note -> System.err.println("note: " + note));
        }
        return file;
    }

    private PartitionChoice where() {
        try {
            return PartitionChoice.of(partition);
        } catch (IllegalArgumentException wrong) {
            throw new OperatorError(String.valueOf(wrong.getMessage()), "see firstlight image add-on --help");
        }
    }

    private List<String> gather(AddOnBuilder builder) throws IOException {
        Path folder = source.folder;
        if (folder != null) {
            try (FileTree tree = FileTree.open(folder, false)) {
                FolderSource files = new FolderSource(tree, builder, numbers(), false);
                files.add("");
                return files.notes();
            }
        }
        if (!source.difference.isEmpty()) {
            return difference(builder);
        }
        TarSource files = new TarSource(builder, numbers());
        Path tar = source.tar == null ? Path.of("-") : source.tar;
        try (InputStream in = tar.toString().equals("-") ? System.in : Files.newInputStream(tar)) {
            files.add(in);
        }
        return files.notes();
    }

    private List<String> difference(AddOnBuilder builder) throws IOException {
        if (!into.isEmpty() || owner.isPresent()) {
            throw new OperatorError(
                    "a difference has its own places and owners", "leave --into and --owner out with --difference");
        }
        LocalStore local = new LocalStore(shared.data());
        try (StoreReader store = local.open()) {
            return TreeDifference.add(
                    version(local.find(store, source.difference.getFirst()), store),
                    version(local.find(store, source.difference.getLast()), store),
                    where(),
                    builder);
        }
    }

    private static TreeDifference.Version version(LocalStore.Chosen chosen, StoreReader store) {
        return new TreeDifference.Version(chosen.name(), chosen.manifest(), store.source());
    }

    /** User and group, or empty: each file's own. */
    private Optional<long[]> numbers() {
        if (owner.isEmpty()) {
            return Optional.empty();
        }
        if (!owner.get().matches("[0-9]{1,9}:[0-9]{1,9}")) {
            throw new OperatorError("'" + owner.get() + "' is no owner", "write two numbers: --owner 0:0");
        }
        String[] both = owner.get().split(":", -1);
        return Optional.of(new long[] {Long.parseLong(both[0]), Long.parseLong(both[1])});
    }

    private void send(Path file) throws IOException {
        ProgressLine line = new ProgressLine();
        try {
            long size = Files.size(file);
            JsonNode version = shared.api()
                    .upload(
                            "image-import?as=" + ApiClient.part(name),
                            file,
                            sent -> line.show("sending " + name, sent, size));
            line.end();
            shared.print(
                    version,
                    made -> "add-on image " + Shared.text(made, "image") + "@" + Shared.text(made, "version")
                            + " is in the store");
        } finally {
            line.end();
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
