package firstlight.server.api;

import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.AddOnEntry;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.VersionNotes;
import firstlight.server.images.ImageJob;
import tools.jackson.databind.node.ObjectNode;

/** What the API shows of images. */
final class ImageView {
    /** Files of an add-on. */
    private static final int SHOWN = 100;

    private ImageView() {}

    /** HttpsPeer of another server reads these fields: one may be added, none may go. */
    static ObjectNode version(ImageVersion version) {
        VersionNotes notes = version.notes();
        ObjectNode node = Json.object()
                .put("image", version.image().text())
                .put("version", version.number())
                .put("kind", version.kind().word())
                .put("made", version.made().toString())
                .put("usedBytes", version.usedBytes())
                .put("diskBytes", version.diskBytes())
                .put("digest", version.digest().toHex())
                .put("note", notes.note());
        node.set("tags", Json.texts(notes.tags()));
        node.put("protected", notes.kept());
        notes.expires().ifPresent(when -> node.put("expires", when.toString()));
        node.put("removed", notes.removed());
        if (!version.damage().isEmpty()) {
            node.put("damage", version.damage());
        }
        return node;
    }

    /** Of one whose manifest cannot be read. */
    static ObjectNode detail(ImageVersion version) {
        ObjectNode node = version(version);
        node.set(
                "history",
                Json.array(
                        version.notes().history(),
                        entry -> Json.object()
                                .put("at", entry.at().toString())
                                .put("who", entry.who())
                                .put("what", entry.what())));
        return node;
    }

    static ObjectNode detail(ImageVersion version, Manifest manifest) {
        ObjectNode node = detail(version);
        node.put("maker", manifest.maker());
        node.set("remarks", Json.texts(manifest.notes()));
        node.set("disks", Json.array(manifest.disks(), ImageView::disk));
        manifest.addOn().ifPresent(addOn -> node.set("addOn", addOn(addOn)));
        return node;
    }

    /** Not every file: there may be a hundred thousand. */
    private static ObjectNode addOn(AddOn addOn) {
        ObjectNode node = Json.object()
                .put("partition", addOn.partition().toString())
                .put("files", addOn.files())
                .put("bytes", addOn.octets());
        node.set("gone", Json.texts(addOn.gone()));
        node.set(
                "first",
                Json.texts(addOn.entries().stream()
                        .filter(entry -> !(entry instanceof AddOnEntry.Folder))
                        .limit(SHOWN)
                        .map(AddOnEntry::path)
                        .toList()));
        return node;
    }

    private static ObjectNode disk(DiskImage disk) {
        ObjectNode node = Json.object()
                .put("bytes", disk.size())
                .put("sectorSize", disk.sectorSize())
                .put("table", Words.of(disk.table().kind()));
        node.set("regions", Json.array(disk.regions(), ImageView::region));
        if (!disk.unreadable().isEmpty()) {
            node.set(
                    "unreadable",
                    Json.array(
                            disk.unreadable(),
                            place -> Json.object().put("offset", place.start()).put("bytes", place.length())));
        }
        return node;
    }

    private static ObjectNode region(Region region) {
        String content = switch (region.content()) {
            case Content.Blocks(var method, var _, var _) -> method == Content.Method.RAW ? "raw" : "used-blocks";
            case Content.Swap _ -> "swap";
        };
        return Json.object()
                .put("partition", region.partition())
                .put("start", region.start())
                .put("bytes", region.length())
                .put("fileSystem", region.fileSystem())
                .put("content", content)
                .put("usedBytes", region.usedBytes());
    }

    static ObjectNode job(ImageJob job) {
        ObjectNode node = Json.object()
                .put("job", job.id())
                .put("what", job.what())
                .put("started", job.started().toString())
                .put("state", Words.of(job.state()))
                .put("phase", Words.of(job.phase()))
                .put("done", job.done())
                .put("total", job.total())
                .put("text", job.text())
                .put("cure", job.cure());
        node.set("details", Json.texts(job.details()));
        return node;
    }
}
