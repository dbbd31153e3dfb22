package firstlight.image.store;

import firstlight.image.ImageFailure;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The few requests of S3 that a store needs, with names below its prefix, and failures that a person understands. */
record S3Bucket(S3Settings settings, S3Client client) implements Closeable {
    /**
     * Asks for one name, so that a wrong key or bucket is told at the start.
     *
     * @throws ImageFailure when it is not let in
     */
    static S3Bucket connect(S3Settings settings) throws IOException {
        S3ClientBuilder builder = S3Client.builder()
                .region(Region.of(settings.region()))
                .forcePathStyle(settings.pathStyle())
                // Newer checksums are refused by servers that are not Amazon's; TLS and our SHA-256 do better.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .httpClient(UrlConnectionHttpClient.builder()
                        .connectionTimeout(Duration.ofSeconds(5))
                        .socketTimeout(Duration.ofSeconds(60))
                        .build());
        settings.endpoint().ifPresent(builder::endpointOverride);
        if (!settings.accessKey().isEmpty()) {
            builder.credentialsProvider(StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(settings.accessKey(), settings.secretKey())));
        }
        S3Bucket bucket = new S3Bucket(settings, builder.build());
        try {
            bucket.ask(
                    "",
                    () -> bucket.client.listObjectsV2(request -> request.bucket(settings.bucket())
                            .prefix(settings.prefix())
                            .maxKeys(1)));
            return bucket;
        } catch (IOException | RuntimeException refused) {
            bucket.close();
            throw refused;
        }
    }

    /** The names below {@code folder}, with their sizes. */
    Map<String, Long> list(String folder) throws IOException {
        int skipped = settings.prefix().length();
        return ask(folder, () -> {
            Map<String, Long> sizes = new TreeMap<>();
            client.listObjectsV2Paginator(
                            request -> request.bucket(settings.bucket()).prefix(settings.prefix() + folder + "/"))
                    .contents()
                    .forEach(object -> sizes.put(object.key().substring(skipped), object.size()));
            return sizes;
        });
    }

    byte[] get(String name) throws IOException {
        return ask(
                name,
                () -> client.getObjectAsBytes(
                                request -> request.bucket(settings.bucket()).key(settings.prefix() + name))
                        .asByteArrayUnsafe());
    }

    /** As many octets as are there, at most {@code length}. */
    byte[] get(String name, long offset, int length) throws IOException {
        return ask(
                name,
                () -> client.getObjectAsBytes(request -> request.bucket(settings.bucket())
                                .key(settings.prefix() + name)
                                .range("bytes=" + offset + "-" + (offset + length - 1)))
                        .asByteArrayUnsafe());
    }

    /** An object is there whole or not at all. */
    void put(String name, byte[] content) throws IOException {
        put(name, RequestBody.fromBytes(content));
    }

    /**
     * Puts it unless there is one: of two servers that find none in the same moment one puts its own. A server that does not know the
     * condition puts it as ever.
     */
    void putFirst(String name, byte[] content) throws IOException {
        boolean unknown = ask(name, () -> {
            try {
                client.putObject(
                        request -> request.bucket(settings.bucket())
                                .key(settings.prefix() + name)
                                .ifNoneMatch("*"),
                        RequestBody.fromBytes(content));
                return false;
            } catch (S3Exception refused) {
                return switch (refused.statusCode()) {
                    case 409, 412 -> false; // another was faster
                    case 400, 501 -> true; // "NotImplemented", in more than one way
                    default -> throw refused;
                };
            }
        });
        if (unknown) {
            put(name, content);
        }
    }

    void put(String name, Path file) throws IOException {
        put(name, RequestBody.fromFile(file));
    }

    private void put(String name, RequestBody body) throws IOException {
        ask(
                name,
                () -> client.putObject(
                        request -> request.bucket(settings.bucket()).key(settings.prefix() + name), body));
    }

    void delete(String name) throws IOException {
        ask(
                name,
                () -> client.deleteObject(
                        request -> request.bucket(settings.bucket()).key(settings.prefix() + name)));
    }

    /**
     * The library's failures in words: an object that is not there is a NoSuchFileException, all that a person can mend an ImageFailure.
     */
    private <T> T ask(String name, Supplier<T> request) throws IOException {
        try {
            return request.get();
        } catch (NoSuchKeyException absent) {
            throw new NoSuchFileException(settings + name);
        } catch (S3Exception refused) {
            String code = refused.awsErrorDetails() == null
                    ? ""
                    : String.valueOf(refused.awsErrorDetails().errorCode());
            String said = refused.statusCode() + " " + code;
            if (code.equals("NoSuchBucket")) {
                throw new ImageFailure(
                        "There is no bucket '" + settings.bucket() + "'",
                        "the S3 server says " + said,
                        "Make it, or correct images.store in the configuration");
            }
            if (refused.statusCode() == 403) {
                throw new ImageFailure(
                        "The S3 server does not let this server into " + settings,
                        "it says " + said,
                        "Check images.s3.access-key and images.s3.secret-key-file, and what the key may do");
            }
            throw new ImageFailure("The S3 server failed at " + settings + name, said, "See its log");
        } catch (SdkClientException unreachable) {
            throw new ImageFailure(
                    "The S3 server at "
                            + settings.endpoint().map(Object::toString).orElse("Amazon, region " + settings.region())
                            + " cannot be used",
                    String.valueOf(unreachable.getMessage()),
                    "Check images.s3.endpoint in the configuration, and that the S3 server runs");
        } catch (SdkException failed) {
            throw new IOException(settings + name + ": " + failed.getMessage(), failed);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
