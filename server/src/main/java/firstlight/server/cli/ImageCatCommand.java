package firstlight.server.cli;

import firstlight.image.ImageFailure;
import firstlight.image.extents.FileSystem;
import firstlight.image.files.ImagePath;
import firstlight.image.files.MountedTree;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code firstlight image cat}. */
@Command(
        name = "cat",
        description =
                "Writes a file inside an image to the standard output. A link leads to what it leads to on the PC, never to "
                        + "a file of this host. Needs root.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight image cat room12 /etc/os-release",
            "  firstlight image cat room12@3 3:/Windows/debug/NetSetup.LOG"
        })
final class ImageCatCommand implements Runnable {
    @Parameters(paramLabel = "IMAGE[@VERSION]", index = "0", description = "Without a version, the newest.")
    private String image = "";

    @Parameters(paramLabel = "WHERE", index = "1", description = LocalFiles.WHERE)
    private String where = "";

    @Mixin
    private LocalStore local = new LocalStore();

    /** A file, or NAME:STREAM of one in an NTFS. */
    private static Path content(MountedTree tree, String path) throws IOException {
        int colon = path.lastIndexOf(':');
        if (tree.fileSystem() == FileSystem.NTFS && colon > path.lastIndexOf('/')) {
            return tree.stream(ImagePath.find(tree, path.substring(0, colon), true), path.substring(colon + 1));
        }
        return ImagePath.find(tree, path, true);
    }

    @Override
    public void run() {
        LocalFiles.tree(local, image, where, (tree, volume, path) -> {
            Path file = content(tree, path);
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new ImageFailure(
                        "'" + where + "' cannot be printed", "it is no regular file", "See firstlight image ls");
            }
            try (OutputStream out = new FileOutputStream(FileDescriptor.out);
                    var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                in.transferTo(out);
            }
        });
    }
}
