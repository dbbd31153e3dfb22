package firstlight.image.disk;

import firstlight.image.ImageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** A file system that is mounted in a folder of its own, for as long as somebody looks into it. Needs root. */
public record Mounted(Path point) implements AutoCloseable {
    /**
     * Within a folder that only we may enter, so that nobody else on this host reads those files.
     *
     * @param options as mount(8) takes them
     */
    public static Mounted at(Path node, String type, String options) throws IOException {
        Path ours = Files.createTempDirectory("firstlight-mount"); // rwx------
        Path point = Files.createDirectory(ours.resolve("tree"));
        Tool mount = Tool.run(List.of("mount", "-t", type, "-o", options, node.toString(), point.toString()));
        if (!mount.succeeded()) {
            delete(point);
            throw new ImageFailure(
                    "The " + type + " on " + node + " cannot be mounted",
                    reason(mount),
                    "Does this kernel have the module " + type + "? Else tell us");
        }
        return new Mounted(point);
    }

    @Override
    public void close() throws IOException {
        Tool umount = Tool.run(List.of("umount", point.toString()));
        if (!umount.succeeded()) {
            throw new IOException(point + " cannot be unmounted: " + umount.lastLine());
        }
        delete(point);
    }

    /** Its last line may be advice to look elsewhere. */
    private static String reason(Tool mount) {
        return mount.output()
                .lines()
                .filter(line -> line.startsWith("mount: "))
                .findFirst()
                .orElse(mount.lastLine());
    }

    private static void delete(Path point) throws IOException {
        Files.delete(point);
        Files.delete(Objects.requireNonNull(point.getParent()));
    }
}
