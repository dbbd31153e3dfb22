package firstlight.server.api;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.manifest.Region;
import firstlight.image.store.Difference;
import firstlight.image.store.ImageFile;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.VersionNotes;
import firstlight.server.access.Permission;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Images as files, out and in, and what makes one differ from another. */
final class ImageFileRoutes {
    private final ImageStore images;
    private final ImageFinder finder;
    private final Acts acts;

    ImageFileRoutes(ImageStore images, Acts acts) {
        this.images = images;
        this.finder = new ImageFinder(images);
        this.acts = acts;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/images/{image}/{version}/export", Permission.ADMINISTER, this::export),
                Route.get("/images/{image}/{version}/difference", Permission.SEE, this::difference)
                        .query("from"),
                Route.post("/image-import", Permission.ADMINISTER, this::importFile)
                        .query("as")
                        .octets());
    }

    /** Sent as the store is read; nothing is kept of it here. */
    private Answer export(Request request) throws IOException, ApiProblem {
        ImageVersion version = finder.find(request.variable("image"), request.variable("version"));
        try {
            // Once the answer has begun it is too late to say that its manifest is damaged.
            images.open(version);
        } catch (ImageFailure damaged) {
            throw ApiProblem.conflict(damaged.what() + ": " + damaged.cause(), damaged.cure());
        }
        acts.record(request, "image.export", List.of(), version.name());
        return Answer.stream(into -> ImageFile.write(images, version, into, Progress.SILENT));
    }

    /** Read as it comes, on this thread; what breaks off leaves no version. */
    private Answer importFile(Request request) throws IOException, ApiProblem {
        Optional<String> as = request.query("as");
        Optional<ImageName> name = as.isPresent() ? Optional.of(ImageFinder.name("as", as.get())) : Optional.empty();
        VersionNotes.Entry entry =
                new VersionNotes.Entry(request.now(), request.caller().name(), "imported");
        try {
            ImageVersion version = ImageFile.read(request.octets(), images, name, entry, Progress.SILENT);
            acts.record(request, "image.import", List.of(), version.name());
            return Answer.created(ImageView.version(version));
        } catch (ImageFailure refused) {
            throw ApiProblem.conflict(refused.what() + ": " + refused.cause(), refused.cure());
        }
    }

    /** By manifests alone: no chunk is read. Also of two images of different names. */
    private Answer difference(Request request) throws IOException, ApiProblem {
        ImageVersion now = finder.find(request.variable("image"), request.variable("version"));
        String from = request.query("from").orElse("");
        if (from.isEmpty()) {
            throw ApiProblem.missing("from");
        }
        ImageVersion before = finder.find(from);
        try {
            Difference difference = Difference.between(images.open(before), images.open(now));
            ObjectNode node = Json.object()
                    .put("from", before.name())
                    .put("to", now.name())
                    .put("newChunks", difference.newChunks())
                    .put("goneChunks", difference.goneChunks());
            node.set("regions", Json.array(difference.regions(), ImageFileRoutes::region));
            return Answer.ok(node);
        } catch (ImageFailure damaged) {
            throw ApiProblem.conflict(damaged.what() + ": " + damaged.cause(), damaged.cure());
        }
    }

    private static ObjectNode region(Difference.RegionChange change) {
        ObjectNode node = Json.object().put("disk", change.disk()).put("region", change.name());
        change.before().map(Region::length).ifPresent(length -> node.put("bytesBefore", length));
        change.now().map(Region::length).ifPresent(length -> node.put("bytesNow", length));
        return node.put("differingBytes", change.octets());
    }
}
