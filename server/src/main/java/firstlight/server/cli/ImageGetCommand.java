package firstlight.server.cli;

import firstlight.image.files.FileName;
import firstlight.image.files.ImagePath;
import firstlight.image.files.TreeCopy;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code firstlight image get}. */
@Command(
        name = "get",
        description = {
            "Copies a file, or a folder with all that is in it, out of an image: with owners, permissions, times, links, "
                    + "holes and attributes. Needs root.",
            "The copy appears when it is complete. Devices are not copied; programs lose set-user-ID and capabilities on this "
                    + "host, but not in a tar.",
            "Named streams of NTFS are attributes (user.STREAM), those of more than 64 KiB files of their own: NAME:STREAM."
        },
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight image get room12 3:/home/anna /srv/rescued",
            "  firstlight image get room12@3 /etc --tar > etc.tar"
        })
final class ImageGetCommand implements Runnable {
    @Parameters(paramLabel = "IMAGE[@VERSION]", index = "0", description = "Without a version, the newest.")
    private String image = "";

    @Parameters(paramLabel = "WHERE", index = "1", description = LocalFiles.WHERE)
    private String where = "";

    @Parameters(
            paramLabel = "FOLDER",
            index = "2",
            arity = "0..1",
            description = "The folder into which it goes (default: this one). Nothing in it is overwritten.")
    private Path into = Path.of("");

    @Option(names = "--tar", description = "Write a tar to the standard output.")
    private boolean tar;

    @Mixin
    private LocalStore local = new LocalStore();

    @Override
    public void run() {
        LocalFiles.tree(local, image, where, (tree, volume, path) -> {
            Path source = ImagePath.find(tree, path, false);
            TreeCopy copy = TreeCopy.of(tree, source);
            if (!copy.leftOut().isEmpty()) {
                local.warn("not copied, because they are devices or sockets: " + String.join(", ", copy.leftOut()));
            }
            if (!copy.streams().isEmpty()) {
                local.warn(
                        "named streams of more than 64 KiB become files of their own (tar warns that it cannot have them as"
                                + " attributes): " + String.join(", ", copy.streams()));
            }
            if (!copy.missingStreams().isEmpty()) {
                local.warn("not copied, for their file has several names; 'firstlight image cat' gives them: "
                        + String.join(", ", copy.missingStreams()));
            }
            // Words go to the standard error: the output is the tar.
            if (tar) {
                try (OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out))) {
                    copy.write(out, _ -> {});
                }
                return;
            }
            boolean top = source.equals(tree.root());
            Path name = top
                    ? Path.of("partition-" + volume.name().replace('/', '-'))
                    : FileName.path(FileName.text(source));
            Path target = into.resolve(name);
            copy.to(target, _ -> {});
            local.warn(target + " is there: " + copy.octets() + " octets"
                    + (Files.isDirectory(target) ? " in files" : ""));
        });
    }
}
