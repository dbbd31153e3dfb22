package firstlight.server.configuration;

import firstlight.image.store.S3Settings;
import firstlight.model.IoReason;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code images}: where they are kept, and how they are looked after. */
final class ImageKeys {
    /** Bucket and prefix. A bucket's name as S3 allows it: 3 to 63 small letters, digits, dots and dashes. */
    private static final Pattern S3 =
            Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*))?/?");

    private ImageKeys() {}

    static Configuration.Images read(Keys keys) throws InvalidConfiguration {
        Configuration.Images usual = Configuration.Images.USUAL;
        Configuration.Images read = new Configuration.Images(
                s3(keys),
                nightly(keys, usual.nightly()),
                keys.number("verify-percent", usual.verifyPercent(), 0, 100),
                keys.number("pack-level", usual.packLevel(), 0, 19),
                PeerKeys.read(keys),
                keys.number("serve-mbit", usual.serveMegabits(), 0, 1_000_000));
        keys.end();
        return read;
    }

    /** Empty for the data directory's own folder. */
    private static Optional<S3Settings> s3(Keys keys) throws InvalidConfiguration {
        Keys s3 = keys.keys("s3");
        Optional<String> store = keys.text("store");
        if (store.isEmpty()) {
            if (keys.has("s3")) {
                throw keys.unfit("store", "missing", "s3://BUCKET/PREFIX when there is 'images.s3'");
            }
            return Optional.empty();
        }
        Matcher place = S3.matcher(store.get());
        if (!place.matches()) {
            throw keys.wrong("store", store.get(), "s3://BUCKET or s3://BUCKET/PREFIX");
        }
        Optional<URI> endpoint = Optional.empty();
        Optional<String> url = s3.text("endpoint");
        if (url.isPresent()) {
            if (!url.get().matches("https?://[^/]+/?")) {
                throw s3.wrong("endpoint", url.get(), "https://HOST or https://HOST:PORT");
            }
            endpoint = Optional.of(AccessKeys.uri(s3, "endpoint", url.get()));
        }
        String accessKey = s3.text("access-key", "");
        S3Settings settings = new S3Settings(
                place.group(1),
                place.group(2) == null ? "" : place.group(2) + "/",
                endpoint,
                s3.text("region", "us-east-1"),
                accessKey,
                secret(s3, accessKey),
                // Servers of one's own have no name for each bucket, as Amazon's has.
                s3.flag("path-style", endpoint.isPresent()));
        s3.end();
        return Optional.of(settings);
    }

    /** Neither key nor secret: what S3's own chain finds (environment, instance). */
    private static String secret(Keys s3, String accessKey) throws InvalidConfiguration {
        Optional<String> file = s3.text("secret-key-file");
        if (accessKey.isEmpty() != file.isEmpty()) {
            throw s3.unfit(
                    accessKey.isEmpty() ? "access-key" : "secret-key-file",
                    "missing",
                    "there with '" + (accessKey.isEmpty() ? "secret-key-file" : "access-key")
                            + "', or neither of them");
        }
        if (file.isEmpty()) {
            return "";
        }
        try {
            return Files.readString(Path.of(file.get())).strip();
        } catch (IOException e) {
            throw s3.wrong("secret-key-file", file.get(), "a file that the server can read: " + IoReason.of(e));
        }
    }

    /** In the server's own time zone; empty for never. */
    private static Optional<LocalTime> nightly(Keys keys, Optional<LocalTime> usual) throws InvalidConfiguration {
        Optional<String> text = keys.text("nightly");
        if (text.isEmpty()) {
            return usual;
        }
        if (text.get().equals("never")) {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalTime.parse(text.get()));
        } catch (DateTimeParseException e) {
            throw keys.wrong("nightly", text.get(), "a time like \"03:30\", or never");
        }
    }
}
