package firstlight.image.store;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Progress;
import firstlight.image.chunk.ChunkFrame;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A process that publishes, removes, packs and collects until it is killed. */
final class PublishForever {
    private PublishForever() {}

    public static void main(String[] arguments) throws IOException {
        try (ImageStore store = open(arguments)) {
            for (int round = 0; round < 1000; round++) {
                int from = (int) (System.nanoTime() & 0xFFFFFF);
                boolean packs = arguments.length > 1 && arguments[1].equals("pack");
                List<ChunkFrame> frames = packs ? alike(from) : ImageStoreConformance.frames(from, from + 5);
                store.sink().put(frames);
                ImageStoreConformance.published(store.publish(
                        ImageStoreConformance.NAME, ImageStoreConformance.manifest(ImageStoreConformance.ids(frames))));
                if (arguments.length > 1 && round % 3 == 2) {
                    List<ImageVersion> versions = store.list();
                    store.remove(versions.getFirst(), ImageStoreConformance.ENTRY);
                    store.remove(versions.get(1), ImageStoreConformance.ENTRY);
                    if (packs) {
                        store.repack(RepackingConformance.LEVEL, 1, Progress.SILENT);
                    }
                    store.collect(false, Progress.SILENT);
                }
                System.out.println("published");
            }
        }
    }

    /** One that no version had, and some that differ little from those of others. */
    private static List<ChunkFrame> alike(int seed) {
        List<ChunkFrame> frames = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            byte[] content = RepackingConformance.content(i);
            Arrays.fill(content, 1000, 1000 + seed % 50_000, (byte) 0);
            frames.add(RepackingConformance.frame(content));
        }
        frames.add(ImageStoreConformance.frame(seed));
        return frames;
    }

    /** On disk, or with an endpoint and a prefix on S3. */
    private static ImageStore open(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        return arguments.length < 4
                ? DiskStore.open(directory)
                : S3Store.open(
                        new S3Settings(
                                "images",
                                arguments[3],
                                Optional.of(URI.create(arguments[2])),
                                "us-east-1",
                                "key",
                                "secret",
                                true),
                        directory);
    }

    /** Starts one with {@code arguments}, and kills it so many publications and milliseconds later, in the middle of the next. */
    static void untilKilled(int publications, int milliseconds, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                PublishForever.class.getName()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (int line = 0; line < publications; line++) {
                assertThat(output.readLine()).isEqualTo("published");
            }
            assertThat(process.waitFor(milliseconds, TimeUnit.MILLISECONDS)).isFalse();
            process.destroyForcibly(); // SIGKILL
            process.waitFor();
        }
    }
}
