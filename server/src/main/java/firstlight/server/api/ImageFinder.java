package firstlight.server.api;

import firstlight.image.manifest.ImageKind;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** {@code office}, {@code office@3}, {@code office@golden}: from what people write to a version. */
final class ImageFinder {
    private static final String CURE = "see firstlight image list";

    private final ImageStore images;

    ImageFinder(ImageStore images) {
        this.images = images;
    }

    /**
     * @param version a number, a tag, or {@code latest}
     * @throws ApiProblem 404
     */
    ImageVersion find(String image, String version) throws IOException, ApiProblem {
        List<ImageVersion> versions = versions(image);
        if (version.equals("latest")) {
            return versions.getLast();
        }
        for (ImageVersion each : versions) {
            if (version.equals(Integer.toString(each.number()))
                    || each.notes().tags().contains(version)) {
                return each;
            }
        }
        throw ApiProblem.notFound("image '" + image + "' has no version or tag '" + version + "'", CURE);
    }

    /** Without {@code @}: the latest. */
    ImageVersion find(String reference) throws IOException, ApiProblem {
        int at = reference.indexOf('@');
        return at < 0 ? find(reference, "latest") : find(reference.substring(0, at), reference.substring(at + 1));
    }

    /** At least one. The oldest first, and those whose manifest is damaged with them. */
    List<ImageVersion> versions(String image) throws IOException, ApiProblem {
        List<ImageVersion> versions = images.list().stream()
                .filter(version -> version.image().text().equals(image))
                .toList();
        if (versions.isEmpty()) {
            throw ApiProblem.notFound("there is no image '" + image + "'", CURE);
        }
        return versions;
    }

    static void refuseAddOn(String field, Optional<ImageVersion> base, String cure) throws ApiProblem {
        if (base.isPresent() && base.get().kind() == ImageKind.ADD_ON) {
            throw ApiProblem.notAllowed(
                    field, base.get().name() + " is an add-on image, which no disk can be made of", cure);
        }
    }

    static ImageName name(String field, String text) throws ApiProblem {
        if (!ImageName.isValid(text)) {
            throw ApiProblem.notAllowed(field, "'" + text + "' is no image's name", ImageName.RULE);
        }
        return new ImageName(text);
    }
}
