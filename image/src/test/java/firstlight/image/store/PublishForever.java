package firstlight.image.store;

import firstlight.image.Progress;
import firstlight.image.chunk.ChunkFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A process that publishes, removes and collects until it is killed. */
final class PublishForever {
    private PublishForever() {}

    public static void main(String[] arguments) throws IOException {
        try (ImageStore store = DiskStore.open(Path.of(arguments[0]))) {
            for (int round = 0; round < 1000; round++) {
                int from = (int) (System.nanoTime() & 0xFFFFFF);
                List<ChunkFrame> frames = ImageStoreConformance.frames(from, from + 5);
                store.sink().put(frames);
                ImageStoreConformance.published(store.publish(
                        ImageStoreConformance.NAME, ImageStoreConformance.manifest(ImageStoreConformance.ids(frames))));
                if (arguments.length > 1 && round % 3 == 2) {
                    List<ImageVersion> versions = store.list();
                    store.remove(versions.getFirst(), ImageStoreConformance.ENTRY);
                    store.remove(versions.get(1), ImageStoreConformance.ENTRY);
                    store.collect(false, Progress.SILENT);
                }
                System.out.println("published");
            }
        }
    }
}
