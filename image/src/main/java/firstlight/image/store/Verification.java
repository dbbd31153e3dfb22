package firstlight.image.store;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.DamagedChunk;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.AddOnEntry;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Unpacks and hashes the chunks of an image, all or a sample; what is damaged counts as missing from then on. */
final class Verification {
    private final Packs packs;
    private final Manifest manifest;
    /** By chunk, what is wrong with it, in words. */
    private final Map<ChunkId, String> damaged = new HashMap<>();

    Verification(Packs packs, Manifest manifest) {
        this.packs = packs;
        this.manifest = manifest;
    }

    /**
     * @param percent of the different chunks, each by chance; 100 for all
     * @return by disk and place; one damage a chunk, with all its places
     */
    List<Damage> run(int percent, Random random, Progress progress) throws IOException {
        Set<ChunkId> ids = new HashSet<>();
        manifest.forEachChunk(id -> {
            if (percent >= 100 || random.nextInt(100) < percent) {
                ids.add(id);
            }
        });
        int size = manifest.chunkSize();
        long total = (long) ids.size() * size;
        long done = 0;
        try (ChunkCodec codec = new ChunkCodec(1)) {
            for (ChunkId id : ids) {
                if (done % (256L * size) == 0) {
                    progress.progress(Progress.Phase.VERIFYING, done, total);
                }
                done += size;
                new Examination(packs, codec).of(id).ifPresent(found -> damaged.put(id, words(found)));
            }
        }
        progress.progress(Progress.Phase.VERIFYING, total, total);
        return damaged.isEmpty() ? List.of() : damages();
    }

    private static String words(ImageFailure found) {
        return found instanceof DamagedChunk ? "it is damaged, " + found.cause() : found.cause();
    }

    private List<Damage> damages() {
        int size = manifest.chunkSize();
        Map<ChunkId, List<Damage.Place>> places = new HashMap<>();
        for (int disk = 0; disk < manifest.disks().size(); disk++) {
            DiskImage image = manifest.disks().get(disk);
            for (Region region : image.regions()) {
                if (region.content() instanceof Content.Blocks blocks) {
                    int at = disk + 1;
                    Cells.forEach(blocks, (cell, id) -> {
                        if (damaged.containsKey(id)) {
                            long from = cell * size;
                            places.computeIfAbsent(id, _ -> new ArrayList<>())
                                    .add(new Damage.Place(
                                            at,
                                            region.name(),
                                            region.start() + from,
                                            Math.min(size, region.length() - from)));
                        }
                    });
                }
            }
        }
        manifest.addOn().ifPresent(addOn -> files(addOn, places));
        return places.entrySet().stream()
                .map(entry -> new Damage(entry.getKey(), damaged.getOrDefault(entry.getKey(), ""), entry.getValue()))
                .sorted(Comparator.comparing(
                                (Damage damage) -> damage.places().getFirst().disk())
                        .thenComparing(damage -> damage.places().getFirst().offset()))
                .toList();
    }

    /** The files of an add-on of which a part is lost. */
    private void files(AddOn addOn, Map<ChunkId, List<Damage.Place>> places) {
        int size = addOn.content().chunkSize();
        Cells.forEach(addOn.content(), (cell, id) -> {
            if (!damaged.containsKey(id)) {
                return;
            }
            long start = cell * size;
            for (AddOnEntry entry : addOn.entries()) {
                if (entry instanceof AddOnEntry.Plain file) {
                    long from = Math.max(start, file.offset());
                    long to = Math.min(start + size, file.offset() + file.data().octets());
                    if (from < to) {
                        places.computeIfAbsent(id, _ -> new ArrayList<>())
                                .add(new Damage.Place(0, file.path(), from - file.offset(), to - from));
                    }
                }
            }
        });
    }
}
