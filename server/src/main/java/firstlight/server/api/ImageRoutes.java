package firstlight.server.api;

import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.server.access.Permission;
import java.io.IOException;
import java.util.List;

/** {@code /images}: what the store holds. */
final class ImageRoutes {
    private final ImageStore images;

    ImageRoutes(ImageStore images) {
        this.images = images;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/images", Permission.SEE, this::list),
                Route.get("/images/{image}", Permission.SEE, this::show));
    }

    private Answer list(Request request) throws IOException {
        return Answer.ok(Json.items(images.list(), Views::image));
    }

    private Answer show(Request request) throws IOException, ApiProblem {
        String name = request.variable("image");
        List<ImageVersion> versions = images.list().stream()
                .filter(version -> version.image().text().equals(name))
                .toList();
        if (versions.isEmpty()) {
            throw ApiProblem.notFound("there is no image '" + name + "'", "see firstlight image list");
        }
        return Answer.ok(Json.items(versions, Views::image));
    }
}
