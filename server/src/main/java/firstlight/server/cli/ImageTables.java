package firstlight.server.cli;

import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Images as tables. From the API's answers; a field that is not there is an empty cell. */
final class ImageTables {
    private ImageTables() {}

    static String versions(JsonNode images) {
        boolean servers = images.valueStream().anyMatch(image -> image.has("servers"));
        Table table = new Table(
                "IMAGE",
                "VERSION",
                "KIND",
                "MADE",
                "USED",
                "DISK",
                "SHA-256",
                servers ? "SERVERS" : "",
                "TAGS",
                "",
                "NOTE");
        for (JsonNode image : images) {
            String digest = Shared.text(image, "digest");
            table.row(
                    Shared.text(image, "image"),
                    Shared.text(image, "version"),
                    Shared.text(image, "kind"),
                    Shared.time(image.path("made")),
                    gigabytes(image.path("usedBytes")),
                    image.has("diskBytes") ? gigabytes(image.path("diskBytes")) : "",
                    digest.substring(0, Math.min(12, digest.length())),
                    Shared.joined(image.path("servers")),
                    Shared.joined(image.path("tags")),
                    state(image),
                    Shared.text(image, "note"));
        }
        return table.text();
    }

    /** One word of several that may be true: the one that a person must know first. */
    private static String state(JsonNode image) {
        if (image.path("removed").booleanValue(false)) {
            return "removed";
        }
        if (image.has("damage")) {
            return "damaged: " + Shared.text(image, "damage");
        }
        String expires = image.has("expires") ? "expires " + Shared.time(image.path("expires")) : "";
        return image.path("protected").booleanValue(false) ? "protected" : expires;
    }

    static String detail(JsonNode version) {
        StringBuilder text =
                new StringBuilder(versions(ApiClient.JSON.createArrayNode().add(version)));
        Table disks = new Table("DISK", "PARTITION", "START", "LENGTH", "FILE SYSTEM", "CONTENT", "USED");
        int number = 0;
        for (JsonNode disk : version.path("disks")) {
            number++;
            for (JsonNode region : disk.path("regions")) {
                disks.row(
                        number,
                        Shared.text(region, "partition"),
                        Shared.text(region, "start"),
                        gigabytes(region.path("bytes")),
                        Shared.text(region, "fileSystem"),
                        Shared.text(region, "content"),
                        gigabytes(region.path("usedBytes")));
            }
        }
        text.append("\n\n").append(version.has("addOn") ? files(version.path("addOn")) : disks.text());
        version.path("remarks")
                .forEach(remark -> text.append("\nnote of the capture: ").append(remark.asString()));
        text.append("\n\n");
        Table history = new Table("WHEN", "WHO", "WHAT");
        for (JsonNode entry : version.path("history")) {
            history.row(Shared.time(entry.path("at")), Shared.text(entry, "who"), Shared.text(entry, "what"));
        }
        return text.append(history.text()).toString();
    }

    private static String files(JsonNode addOn) {
        StringBuilder text = new StringBuilder(Shared.text(addOn, "files") + " files, "
                + addOn.path("bytes").longValue(0) + " octets, for partition: " + Shared.text(addOn, "partition"));
        addOn.path("gone").forEach(path -> text.append("\n- ").append(path.asString()));
        addOn.path("first").forEach(path -> text.append("\n  ").append(path.asString()));
        long more = addOn.path("files").longValue(0) - addOn.path("first").size();
        return text.append(more > 0 ? "\n  and " + more + " more" : "").toString();
    }

    private static String gigabytes(JsonNode bytes) {
        return String.format(Locale.ROOT, "%.2f GB", bytes.longValue(0) / 1e9);
    }

    static String difference(JsonNode difference) {
        Table table = new Table("DISK", "REGION", "BEFORE", "NOW", "DIFFERS IN");
        for (JsonNode region : difference.path("regions")) {
            table.row(
                    Shared.text(region, "disk"),
                    Shared.text(region, "region"),
                    region.has("bytesBefore") ? gigabytes(region.path("bytesBefore")) : "-",
                    region.has("bytesNow") ? gigabytes(region.path("bytesNow")) : "-",
                    Shared.megabytes(region.path("differingBytes").longValue(0)));
        }
        return table.text() + "\n\n" + Shared.text(difference, "newChunks") + " chunks are only in "
                + Shared.text(difference, "to") + ", " + Shared.text(difference, "goneChunks") + " only in "
                + Shared.text(difference, "from");
    }

    /** Of each server what it has; or why nobody knows. */
    static String peers(JsonNode peers) {
        Table table = new Table("SERVER", "IMAGE", "TAGS", "IN USE", "HERE", "SHA-256");
        for (JsonNode peer : peers) {
            String name = Shared.text(peer, "peer");
            if (!Shared.text(peer, "trouble").isEmpty()) {
                table.row(name, "does not answer: " + Shared.text(peer, "trouble"), "", "", "", "");
            }
            for (JsonNode version : peer.path("versions")) {
                table.row(
                        name,
                        Shared.text(version, "image") + "@" + Shared.text(version, "version"),
                        Shared.joined(version.path("tags")),
                        version.path("usedBytes").longValue(0) / 1_000_000 + " MB",
                        Shared.text(version, "here"),
                        Shared.text(version, "digest").substring(0, 12));
            }
        }
        return table.text();
    }
}
