package firstlight.image.restore;

import firstlight.image.Disk;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Region;
import firstlight.image.resize.DiskLayout;
import firstlight.image.resize.Placement;
import firstlight.image.safe.SafeArea;
import firstlight.image.safe.SafeBlock;
import firstlight.image.view.ImageDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Image-safe data that a disk has stay on it while an image is written around them: a restore that does not reach its end must not lose them, and
 * a PC that has its address from them would not find its server again. What else the image has at their place comes over them.
 */
final class KeptSafe {
    private KeptSafe() {}

    /** The same fits with what each disk keeps, and without that place in what is written there. Reads the disks, and little of the image. */
    static List<Fit> around(List<Fit> fits, ChunkSource source) throws IOException {
        List<Fit> around = new ArrayList<>();
        for (Fit fit : fits) {
            // A table comes last; without one, and beside chosen partitions, nothing of this is known or needed.
            boolean table = !fit.layout().ownTable() && !fit.layout().table().isEmpty();
            Fit kept = fit;
            for (SafeBlock block : table ? SafeArea.blocks(fit.disk()) : List.<SafeBlock>of()) {
                kept = around(kept, block, source).orElse(kept);
            }
            around.add(kept);
        }
        return around;
    }

    /** Octets of the disk. */
    static Extents places(Fit fit) {
        return Extents.union(fit.safe().stream()
                .map(block -> new long[] {block.offset(), block.offset() + SafeBlock.LENGTH})
                .toList());
    }

    private static Optional<Fit> around(Fit fit, SafeBlock block, ChunkSource source) throws IOException {
        long start = block.offset();
        long end = start + SafeBlock.LENGTH;
        DiskLayout layout = fit.layout();
        boolean taken = layout.table().stream()
                        .anyMatch(run -> run.offset() < end
                                && start < run.offset() + run.octets().length())
                // Nobody looks for them, and nobody takes them away, behind the first partition.
                || layout.untouched().stream().anyMatch(place -> place.start() < end)
                || layout.placements().stream().anyMatch(each -> each.region().partition() > 0 && each.start() < end);
        List<Placement> placements = new ArrayList<>(layout.placements());
        for (int i = 0; i < placements.size(); i++) {
            Placement each = placements.get(i);
            if (each.start() < end && start < each.end()) {
                Optional<Placement> hollow = hollow(fit, each, start, source);
                placements.set(i, hollow.orElse(each));
                taken |= hollow.isEmpty();
            }
        }
        if (taken) {
            return Optional.empty();
        }
        List<SafeBlock> safe = new ArrayList<>(fit.safe());
        safe.add(block);
        return Optional.of(new Fit(
                fit.disk(),
                new DiskLayout(
                        layout.table(),
                        placements,
                        layout.untouched(),
                        layout.ownTable(),
                        layout.tails(),
                        layout.words(),
                        layout.notes()),
                fit.image(),
                fit.left(),
                safe));
    }

    /** Space between partitions without a place in it at which the image has nothing but zeros; empty where that cannot be. */
    private static Optional<Placement> hollow(Fit fit, Placement gap, long start, ChunkSource source)
            throws IOException {
        Region region = gap.region();
        long at = start - gap.start();
        if (region.partition() > 0
                || !(region.content() instanceof Content.Blocks blocks)
                || at < 0
                || at + SafeBlock.LENGTH > Math.min(gap.length(), region.length())) {
            return Optional.empty();
        }
        Extents used = blocks.used().without(Extents.of(at, at + SafeBlock.LENGTH));
        if (used.cells(blocks.chunkSize()) != blocks.used().cells(blocks.chunkSize())
                || !isZero(fit, region, at, source)) {
            return Optional.empty();
        }
        Content around = new Content.Blocks(blocks.method(), used, blocks.chunks());
        Region hollow = new Region(region.partition(), region.start(), region.length(), region.fileSystem(), around);
        return Optional.of(new Placement(hollow, gap.start(), gap.length(), gap.anew(), gap.within()));
    }

    private static boolean isZero(Fit fit, Region region, long at, ChunkSource source) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(SafeBlock.LENGTH);
        try (Disk image = ImageDisk.of(region.name(), region, fit.imageSectorSize(), source)) {
            image.read(at, octets);
        }
        return Arrays.equals(octets.array(), new byte[SafeBlock.LENGTH]);
    }
}
