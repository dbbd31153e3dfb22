package firstlight.server.cli;

import firstlight.image.ImageFailure;
import firstlight.image.files.FileDifference;
import firstlight.image.files.FileDifference.Change;
import firstlight.image.files.FileEntry;
import firstlight.image.files.ImageVolume;
import firstlight.image.files.ImageVolumes;
import firstlight.image.files.MountedTree;
import firstlight.model.IoReason;
import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code firstlight image diff --files}: volumes that both images have under one name, file by file. */
final class ImageFileDiff {
    private final Shared shared;
    private final LocalStore local;
    private final ArrayNode array = ApiClient.JSON.createArrayNode();
    private final List<String> failed = new ArrayList<>();
    private final Table table = new Table("", "FILE", "SIZE BEFORE", "SIZE NOW");

    ImageFileDiff(Shared shared) {
        this.shared = shared;
        this.local = shared.store();
    }

    void run(String before, String now) {
        LocalFiles.volumes(local, before, old -> LocalFiles.volumes(local, now, current -> compare(old, current)));
        String none = "no file differs" + (failed.isEmpty() ? "" : " where it could be read");
        shared.print(array, _ -> array.isEmpty() ? none : table.text());
        if (!failed.isEmpty()) {
            throw new OperatorError(
                    "not compared to the end: partition " + String.join(", partition ", failed),
                    "what else differs is above; see firstlight image verify");
        }
    }

    private void compare(ImageVolumes before, ImageVolumes now) throws IOException {
        for (ImageVolume volume : now.all()) {
            Optional<ImageVolume> twin = before.all().stream()
                    .filter(old -> old.name().equals(volume.name()))
                    .findFirst();
            if (!volume.holdsFiles() || now.isAlike(before, volume.name())) {
                continue; // nothing to read: all chunks are the same
            }
            if (twin.isEmpty() || twin.get().fileSystem() != volume.fileSystem()) {
                local.warn("partition " + volume.name() + " is not compared: before there was "
                        + twin.map(old -> "'" + old.fileSystem().word() + "' in it")
                                .orElse("none"));
                continue;
            }
            try (MountedTree old = before.mount(twin.get());
                    MountedTree tree = now.mount(volume)) {
                if (!tree.note().isEmpty()) {
                    local.warn("partition " + volume.name() + ": " + tree.note());
                }
                FileDifference.between(old.root(), tree.root(), change -> add(volume.name(), change));
            } catch (ImageFailure unreadable) {
                failed.add(volume.name() + " (" + unreadable.what() + ": " + unreadable.cause() + ")");
            } catch (IOException unreadable) { // what is damaged within it the kernel calls an input/output error
                failed.add(volume.name() + " (" + IoReason.withFile(unreadable) + ")");
            }
        }
        before.all().stream()
                .filter(old -> old.holdsFiles()
                        && now.all().stream().noneMatch(each -> each.name().equals(old.name())))
                .forEach(old -> local.warn("partition " + old.name() + " is not compared: now there is none"));
    }

    private void add(String volume, Change change) {
        String sign = switch (change.kind()) {
            case ADDED -> "added";
            case REMOVED -> "removed";
            case CHANGED -> "changed";
            case PROPERTIES -> "properties";
        };
        String path = volume + ":" + change.path();
        table.row(sign, path, size(change.before()), size(change.now()));
        ObjectNode node = array.addObject().put("change", sign).put("path", path);
        change.before().ifPresent(entry -> node.set("before", ImageLsCommand.json(entry)));
        change.now().ifPresent(entry -> node.set("now", ImageLsCommand.json(entry)));
    }

    private static String size(Optional<FileEntry> entry) {
        return entry.map(each -> Long.toString(each.size())).orElse("");
    }
}
