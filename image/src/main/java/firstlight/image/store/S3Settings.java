package firstlight.image.store;

import java.net.URI;
import java.util.Optional;

/**
 * Where an S3-compatible store is.
 *
 * @param prefix before every object's name; "" or ending with a slash
 * @param endpoint of a server that is not Amazon's
 * @param accessKey empty: the ways of Amazon's own tools (environment, profile, instance role)
 * @param pathStyle the bucket stands in the path, not in the host's name
 */
public record S3Settings(
        String bucket,
        String prefix,
        Optional<URI> endpoint,
        String region,
        String accessKey,
        String secretKey,
        boolean pathStyle) {
    /** Without the secret. */
    @Override
    public String toString() {
        return "s3://" + bucket + "/" + prefix;
    }
}
