package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.anew.Anew;
import firstlight.image.anew.OldFileSystem;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.extents.Extents;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.RaidAtEnd;
import firstlight.image.extents.Volume;
import firstlight.image.luks.KeyRing;
import firstlight.image.luks.LuksDisk;
import firstlight.image.luks.LuksKey;
import firstlight.image.lvm.ElasticGroup;
import firstlight.image.lvm.PhysicalVolume;
import firstlight.image.lvm.Rearranged.Move;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Region;
import firstlight.image.view.ImageDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * An encrypted region that was opened. The encrypted sectors count from the region's start, so that those which stay where they are stay
 * as they are; what a tool writes is enciphered on its way. Pure, once it is read.
 *
 * @param fileSystem of all that is in it
 * @param volumes of a group of LVM that lies in it, and nowhere else
 * @param bound what cannot grow after all
 */
record LuksRegion(
        Region region,
        Content.Blocks blocks,
        LuksKey key,
        OldFileSystem fileSystem,
        Optional<LvmPart> volumes,
        Set<OldFileSystem> bound) {
    LuksRegion {
        bound = Set.copyOf(bound);
    }

    /** It has its length from what lies behind it. */
    static final class Tied extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        private Tied() {
            super(RaidAtEnd.WORDS);
        }
    }

    static boolean isEncrypted(Region region) {
        return region.kind() == FileSystem.LUKS;
    }

    /** @throws IllegalArgumentException with why what is in it must stay as it is, in words */
    static LuksRegion read(Region region, int sectorSize, ChunkSource source, KeyRing keys) throws IOException {
        if (!(region.content() instanceof Content.Blocks blocks)) {
            throw new IllegalArgumentException("it was not captured");
        }
        try (ImageDisk disk = ImageDisk.of(region.name(), region, sectorSize, source)) {
            Volume outside = new Volume.OfDisk(disk, disk.name(), 0, 0, disk.size());
            if (RaidAtEnd.find(outside).isPresent()) {
                throw new Tied();
            }
            byte[] window = outside.window();
            LuksKey key =
                    keys.of(outside, window).orElseThrow(() -> new IllegalArgumentException(keys.whyClosed(window)));
            Extents used = inside(blocks, key);
            Disk opened = new LuksDisk(disk, key);
            OldFileSystem inside = LvmGroup.look(region.name(), used.octets(), opened);
            Optional<LvmPart> volumes = inside.kind() == FileSystem.LVM
                    ? Optional.of(
                            volumes(region, new Content.Blocks(blocks.method(), used, nowhere(used, blocks)), opened))
                    : Optional.empty();
            return new LuksRegion(region, blocks, key, inside, volumes, Set.of());
        }
    }

    /** No chunk holds what is in it alone. */
    private static ChunkTable nowhere(Extents used, Content.Blocks blocks) {
        return new ChunkTable.Builder(used.cells(blocks.chunkSize()), blocks.chunkSize()).build();
    }

    private static LvmPart volumes(Region region, Content.Blocks blocks, Disk opened) throws IOException {
        PhysicalVolume physical = PhysicalVolume.read(new Volume.OfDisk(opened, region.name(), 0, 0, opened.size()));
        Region inside = new Region(region.partition(), 0, opened.size(), FileSystem.LVM.word(), blocks);
        LvmGroup group = LvmGroup.read(
                Map.of(physical.id(), new LvmGroup.Part(0, opened.sectorSize(), inside, blocks, true)),
                ElasticGroup.of(List.of(physical)),
                Map.of(physical.id(), opened));
        return new LvmPart(group, physical.id());
    }

    /** The same with file systems that cannot grow after all. */
    LuksRegion without(Set<OldFileSystem> more) {
        return new LuksRegion(
                region, blocks, key, fileSystem, volumes.map(part -> part.with(group -> group.without(more))), more);
    }

    /** The same, of whose volumes that of {@code name} grows, if it can. */
    LuksRegion growing(String name) {
        return new LuksRegion(
                region, blocks, key, fileSystem, volumes.map(part -> part.with(group -> group.growing(name))), bound);
    }

    private boolean isElastic() {
        return Elasticity.of(fileSystem) == Elasticity.GROWS_AND_SHRINKS;
    }

    /** Of one that is made anew the header's cells alone are written. */
    private boolean mayBeAnew() {
        return key.offset() % blocks.chunkSize() == 0;
    }

    boolean shrinks() {
        return volumes.map(part -> part.least(Elasticity::leastByMap) < key.within(region.length()))
                .orElse(isElastic() && (mayBeAnew() || !Anew.isPossible(fileSystem)));
    }

    /** How short the region can be made. */
    long least(ToLongFunction<OldFileSystem> least) {
        if (!shrinks()) {
            return region.length();
        }
        long octets = volumes.map(part -> part.least(least)).orElseGet(() -> least.applyAsLong(fileSystem));
        long sectors = Math.ceilDiv(octets, key.sector());
        return Math.min(region.length(), key.offset() + sectors * key.sector());
    }

    /** Why what is in it stays as long as it is whatever becomes of the partition. */
    Optional<String> whyWhole() {
        return volumes.isPresent() || isElastic()
                ? Optional.empty()
                : Optional.of(
                        fileSystem.kind() == FileSystem.UNKNOWN
                                ? "nothing is in it of which it is known how it gets another length"
                                : "what is in it (" + fileSystem.kind().word()
                                        + ") was captured whole, without a passphrase"
                                        + " that opens it or because it was not sound, or has no tool for it");
    }

    /** @param image of the region */
    void eachElastic(Disk image, LvmGroup.Visitor visitor) throws IOException {
        if (volumes.isPresent()) {
            volumes.get().eachElastic(new LuksDisk(image, key), visitor);
        } else if (isElastic()) {
            visitor.visit(fileSystem, new LuksDisk(image, key));
        }
    }

    /**
     * Empty when what is in it stays as long as it is.
     *
     * @param length at least what {@link #least} says
     */
    Optional<Within> layout(long length, ToLongFunction<OldFileSystem> least) {
        if (volumes.isPresent()) {
            Extents used = inside(blocks, key);
            return volumes.get()
                    .layout(key.within(length), least)
                    .map(layout -> new LuksLayout(
                            key,
                            staying(layout.moves()),
                            new LuksLayout.Inside.Volumes(layout, MovedExtents.of(used, layout.moves())),
                            layout.words()));
        }
        long fresh = key.within(length);
        boolean grows = fresh > fileSystem.length();
        boolean anew = Anew.isNeeded(fileSystem, fresh, 1, 1); // on sectors of another size LUKS does not go
        if (!isElastic() || (grows && bound.contains(fileSystem)) || (anew && !mayBeAnew())) {
            return Optional.empty();
        }
        Content.Blocks content = anew ? MovedCells.of(blocks, List.of(new Move(0, 0, key.offset()))) : blocks;
        String words = "what is encrypted in it (" + fileSystem.kind().word() + ") " + (grows ? "grows" : "shrinks")
                + " with " + region.name() + (anew ? ", made anew file by file" : "");
        return Optional.of(new LuksLayout(
                key, content, new LuksLayout.Inside.OneFileSystem(fileSystem, fresh, anew), List.of(words)));
    }

    /** The cells of what stays where it is; all of them where extents end within cells, though some are written twice then. */
    private Content.Blocks staying(List<Move> moves) {
        List<Move> staying = new ArrayList<>();
        long header = key.offset();
        for (Move move : moves) {
            if (move.from() == move.to()) {
                long start = move.to() == 0 ? 0 : header + move.to();
                staying.add(new Move(start, start, header + move.to() + move.length() - start));
            }
        }
        long cell = blocks.chunkSize();
        boolean whole = staying.stream().allMatch(move -> move.to() % cell == 0 && move.length() % cell == 0);
        return whole ? MovedCells.of(blocks, staying) : blocks;
    }

    /** What is in use of what is encrypted, in octets from its start. */
    private static Extents inside(Content.Blocks blocks, LuksKey key) {
        return blocks.used().without(Extents.of(0, key.offset())).shifted(-key.offset());
    }
}
