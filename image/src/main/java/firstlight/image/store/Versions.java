package firstlight.image.store;

import firstlight.image.ImageFailure;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.ManifestCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The manifests of a store, {@code NAME/1.manifest} and so on; never changed once they are there. */
final class Versions {
    private static final Pattern FILE = Pattern.compile("([1-9][0-9]{0,8})\\.manifest");

    private final Path directory;

    /** What is known of each file; only a file that is there is asked for. */
    private final Map<Path, ImageVersion> known = new ConcurrentHashMap<>();

    private Versions(Path directory) {
        this.directory = directory;
    }

    static Versions open(Path directory) throws IOException {
        Durable.createDirectory(directory);
        try (var images = Files.newDirectoryStream(directory, Files::isDirectory)) {
            for (Path image : images) {
                Durable.sweep(image);
            }
        }
        return new Versions(directory);
    }

    /** Beside the process that has the store open. */
    static Versions openForReading(Path directory) {
        return new Versions(directory);
    }

    /** One thread at a time. */
    ImageVersion add(ImageName image, Manifest manifest) throws IOException {
        int number = list().stream()
                        .filter(version -> version.image().equals(image))
                        .mapToInt(ImageVersion::number)
                        .max()
                        .orElse(0)
                + 1;
        Path folder = directory.resolve(image.text());
        Durable.createDirectory(folder);
        Path file = folder.resolve(number + ".manifest");
        byte[] encoded = ManifestCodec.encode(manifest);
        Durable.write(file, encoded);
        ImageVersion version = ImageVersion.of(image, number, ManifestCodec.digest(encoded), manifest);
        known.put(file, version);
        return version;
    }

    List<ImageVersion> list() throws IOException {
        List<ImageVersion> versions = new ArrayList<>();
        try (var images = Files.newDirectoryStream(directory, Files::isDirectory)) {
            for (Path folder : images) {
                String name = folder.getFileName().toString();
                if (ImageName.isValid(name)) {
                    versions(new ImageName(name), folder, versions);
                }
            }
        }
        versions.sort(Comparator.comparing(ImageVersion::image).thenComparingInt(ImageVersion::number));
        return versions;
    }

    private void versions(ImageName image, Path folder, List<ImageVersion> into) throws IOException {
        try (var files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                var name = FILE.matcher(file.getFileName().toString());
                if (name.matches()) {
                    ImageVersion version = known.get(file);
                    if (version == null) {
                        version = look(image, Integer.parseInt(name.group(1)), file);
                        known.put(file, version);
                    }
                    into.add(version);
                }
            }
        }
    }

    private static ImageVersion look(ImageName image, int number, Path file) throws IOException {
        byte[] encoded = Files.readAllBytes(file);
        try {
            Manifest manifest = ManifestCodec.decode(encoded);
            return ImageVersion.of(image, number, ManifestCodec.digest(encoded), manifest);
        } catch (ImageFailure damaged) {
            return ImageVersion.damaged(image, number, damaged.cause());
        }
    }

    byte[] read(ImageVersion version) throws IOException {
        Path file = directory.resolve(version.image().text()).resolve(version.number() + ".manifest");
        try {
            byte[] encoded = Files.readAllBytes(file);
            if (!ManifestCodec.digest(encoded).equals(version.digest())) {
                throw new ImageFailure(
                        "Version " + version.number() + " of image " + version.image() + " is not what it was",
                        file + " has been replaced",
                        "Put the original file back, or restore another version");
            }
            return encoded;
        } catch (NoSuchFileException gone) {
            throw new ImageFailure(
                    "Version " + version.number() + " of image " + version.image() + " is gone",
                    file + " is not there",
                    "Restore another version, or capture again");
        }
    }
}
