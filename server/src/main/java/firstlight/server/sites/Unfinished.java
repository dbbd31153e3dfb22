package firstlight.server.sites;

import firstlight.image.ImageFailure;
import firstlight.image.manifest.ManifestCodec;
import firstlight.image.store.ImageName;
import firstlight.model.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pulls that have begun and not ended, as files with their manifests: so that they go on after a restart, and a garbage collection
 * knows which chunks are theirs. For several threads: of one version there is one pull at a time ({@link Sites}).
 */
final class Unfinished {
    private static final Pattern FILE = Pattern.compile("([^@]+)@([^@]+)@([1-9][0-9]{0,8})@([^@]+)\\.manifest");

    /** After so long without a try its chunks may go. */
    private static final Duration FORGOTTEN = Duration.ofDays(14);

    private final Path directory;

    /** @param as its name here */
    record Pull(String peer, ImageName image, int number, ImageName as) {
        String file() {
            return peer + "@" + image + "@" + number + "@" + as + ".manifest";
        }
    }

    Unfinished(Path directory) {
        this.directory = directory;
    }

    /** What has another name is not ours and is passed over; so is a manifest that was half written. */
    List<Pull> list() throws IOException {
        List<Pull> pulls = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (var files = Files.newDirectoryStream(directory)) {
                for (Path file : files) {
                    Matcher name = FILE.matcher(String.valueOf(file.getFileName()));
                    if (name.matches() && ImageName.isValid(name.group(2)) && ImageName.isValid(name.group(4))) {
                        pulls.add(new Pull(
                                name.group(1),
                                new ImageName(name.group(2)),
                                Integer.parseInt(name.group(3)),
                                new ImageName(name.group(4))));
                    }
                }
            }
        }
        return pulls;
    }

    /** The manifest, when it is there, whole, and the one with {@code digest}. */
    Optional<byte[]> manifest(Pull pull, Bytes digest) throws IOException {
        return manifest(pull).filter(manifest -> {
            try {
                return ManifestCodec.digest(manifest).equals(digest);
            } catch (ImageFailure impossible) {
                return false; // it was read as one just now
            }
        });
    }

    /** Empty when it is gone, or damaged. */
    Optional<byte[]> manifest(Pull pull) throws IOException {
        try {
            byte[] manifest = Files.readAllBytes(directory.resolve(pull.file()));
            ManifestCodec.digest(manifest);
            return Optional.of(manifest);
        } catch (NoSuchFileException | ImageFailure none) {
            return Optional.empty(); // a crash in the middle of writing: it is fetched again
        }
    }

    /** Whether nobody went on with it for so long that nobody will. */
    boolean isForgotten(Pull pull, Instant now) throws IOException {
        try {
            Instant last =
                    Files.getLastModifiedTime(directory.resolve(pull.file())).toInstant();
            return last.plus(FORGOTTEN).isBefore(now);
        } catch (NoSuchFileException ended) {
            return false;
        }
    }

    /** The file's time is when it was tried last. */
    void goesOn(Pull pull, Instant now) throws IOException {
        Files.setLastModifiedTime(directory.resolve(pull.file()), FileTime.from(now));
    }

    void begin(Pull pull, byte[] manifest) throws IOException {
        Files.createDirectories(directory);
        Path part = directory.resolve(pull.file() + ".part");
        Files.write(part, manifest);
        Files.move(part, directory.resolve(pull.file()), StandardCopyOption.ATOMIC_MOVE);
    }

    void end(Pull pull) throws IOException {
        Files.deleteIfExists(directory.resolve(pull.file()));
    }
}
