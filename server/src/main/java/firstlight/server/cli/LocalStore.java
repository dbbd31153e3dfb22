package firstlight.server.cli;

import firstlight.image.manifest.Manifest;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.S3Settings;
import firstlight.image.store.StoreReader;
import firstlight.server.configuration.DataDirectory;
import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * For commands that read the images of this host's server themselves, without asking it: in its data directory, or in the bucket
 * that its configuration names.
 */
final class LocalStore {
    private static final String LATEST = "latest";
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,8}");
    private static final Pattern NAMED = Pattern.compile("([^@]+)(?:@([^@]+))?");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${env:FIRSTLIGHT_DATA:-" + DataDirectory.USUAL + "}",
            description = "The server's data directory (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of(DataDirectory.USUAL);

    LocalStore(Path data) {
        this.data = data;
    }

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create(); // picocli sets the real one

    LocalStore() {}

    LocalStore(Path data, CommandSpec spec) {
        this.data = data;
        this.spec = spec;
    }

    /** @param name with its version */
    record Chosen(String name, Manifest manifest) {}

    Path data() {
        return data;
    }

    /**
     * Also while the server runs: what it reads is never changed, only removed.
     *
     * @throws OperatorError where the directory cannot be read, or no server's is there
     */
    StoreReader open() throws IOException {
        new DataDirectory(data).requireReadable();
        Optional<S3Settings> bucket = bucket();
        return bucket.isPresent() ? StoreReader.open(bucket.get()) : StoreReader.open(data.resolve("images"));
    }

    private Optional<S3Settings> bucket() {
        return new DataDirectory(data)
                .configured("where the server's images are")
                .flatMap(configuration -> configuration.images().s3());
    }

    /** @param text {@code IMAGE}, {@code IMAGE@VERSION} or {@code IMAGE@TAG} */
    Chosen find(StoreReader store, String text) throws IOException {
        Matcher named = NAMED.matcher(text);
        if (!named.matches() || !ImageName.isValid(named.group(1))) {
            throw new OperatorError("'" + text + "' is no image", "write IMAGE, IMAGE@VERSION or IMAGE@TAG");
        }
        ImageName image = new ImageName(named.group(1));
        String which = Objects.requireNonNullElse(named.group(2), LATEST);
        ImageVersion version = (NUMBER.matcher(which).matches()
                        ? store.find(image, Integer.parseInt(which))
                        : which.equals(LATEST) ? store.find(image, 0) : store.tagged(image, which))
                .orElseThrow(() -> new OperatorError("there is no image '" + text + "'", "see firstlight image list"));
        return new Chosen(version.image() + " version " + version.number(), store.open(version));
    }

    void warn(String text) {
        spec.commandLine().getErr().println("firstlight: " + text);
        spec.commandLine().getErr().flush();
    }
}
