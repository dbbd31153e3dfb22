package firstlight.image.resize;

import firstlight.image.Amount;
import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.anew.Anew;
import firstlight.image.anew.OldFileSystem;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.disk.Access;
import firstlight.image.disk.KernelDisk;
import firstlight.image.extents.Volume;
import firstlight.image.luks.LuksDisk;
import firstlight.image.lvm.MappedDisk;
import firstlight.image.lvm.MetadataWriter;
import firstlight.image.lvm.PhysicalVolume;
import firstlight.image.manifest.Region;
import firstlight.image.view.ImageDisk;
import firstlight.image.view.Joined;
import firstlight.image.view.Medium;
import firstlight.image.view.Overlay;
import firstlight.image.view.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Gives a restored file system its new length, on the target. To shrink one, a device of the old length is presented: below
 * the new end it is the target itself, above it the image's chunks with an overlay in memory. The file system's own tool
 * then moves what lies above to below, as on the original disk, which nobody has to touch.
 */
public record Resize(ChunkSource source) {
    /**
     * A region on the target, whose octets below its new end are there already.
     *
     * @param held its first cell is not to be on the disk yet: without it there is no file system to be seen
     */
    public record Piece(Disk disk, int imageSectorSize, Placement placement, boolean held) {}

    /**
     * @param pieces one, or all physical volumes of a group
     * @return what their first cells have to become, where they are held
     */
    public List<Optional<byte[]>> resize(List<Piece> pieces, Heard heard) throws IOException {
        List<Optional<byte[]>> firsts = new ArrayList<>();
        resize(pieces, new ArrayList<>(), firsts, heard);
        return firsts;
    }

    /** With one after the other opened. */
    private void resize(List<Piece> pieces, List<OnTarget> opened, List<Optional<byte[]>> firsts, Heard heard)
            throws IOException {
        if (opened.size() < pieces.size()) {
            Piece next = pieces.get(opened.size());
            Region region = next.placement().region();
            long cell = OnTarget.firstCell(next.placement());
            try (ImageDisk pristine = ImageDisk.of(region.name(), region, next.imageSectorSize(), source);
                    Overlay image = Overlay.over(new Slice(pristine, 0, pristine.size()));
                    Overlay first = Overlay.over(new Slice(image, 0, cell))) {
                opened.add(OnTarget.of(next, pristine, image, first));
                resize(pieces, opened, firsts, heard);
            }
            return;
        }
        for (OnTarget each : opened) {
            Placement placement = each.piece().placement();
            boolean unmoved =
                    placement.content() == placement.region().content(); // else whole cells were moved, and none is cut
            if (placement.shrinks() && !placement.anew() && unmoved) {
                each.end();
            }
        }
        OnTarget first = opened.getFirst();
        Placement placement = first.piece().placement();
        if (placement.within().isPresent()) {
            switch (placement.within().get()) {
                case LvmLayout _ -> volumes(opened, heard);
                case LuksLayout luks -> encrypted(luks, first, heard);
            }
        } else if (placement.anew()) {
            makeAnew(
                    OldFileSystem.of(placement.region()),
                    first.image(),
                    new Anew.Target(
                            first.below(),
                            first.piece().imageSectorSize(),
                            placement.region().start(),
                            placement.start()),
                    heard);
        } else {
            byTool(OldFileSystem.of(placement.region()), first.pristine(), first.image(), first.below(), heard);
        }
        for (OnTarget each : opened) {
            each.below().flush();
            firsts.add(each.firstCell());
        }
    }

    /** All that tools and we read and write passes through the cipher. */
    private static void encrypted(LuksLayout luks, OnTarget on, Heard heard) throws IOException {
        Disk pristine = new LuksDisk(on.pristine(), luks.key());
        Disk old = new LuksDisk(on.image(), luks.key());
        Disk fresh = new LuksDisk(on.below(), luks.key());
        switch (luks.inside()) {
            case LuksLayout.Inside.OneFileSystem one -> {
                if (one.anew()) {
                    makeAnew(one.old(), old, new Anew.Target(fresh, on.piece().imageSectorSize(), 0, 0), heard);
                } else {
                    byTool(one.old(), pristine, old, fresh, heard);
                }
            }
            case LuksLayout.Inside.Volumes(LvmLayout layout, MovedExtents moved) -> {
                PhysicalVolume was = PhysicalVolume.read(volume(pristine));
                moved.copy(pristine, fresh, heard); // before a file system is to be seen in its new place
                for (LvmLayout.Change change : layout.changes()) {
                    change(
                            change,
                            Map.of(was.id(), pristine),
                            Map.of(was.id(), old),
                            Map.of(was.id(), fresh),
                            on.piece().imageSectorSize(),
                            heard);
                }
                metadata(layout, was, fresh, on.piece().disk().name());
            }
        }
    }

    /** Each volume that gets another length by itself, and in the end what LVM knows of all. */
    private static void volumes(List<OnTarget> group, Heard heard) throws IOException {
        Map<String, Disk> pristine = new HashMap<>();
        Map<String, Disk> image = new HashMap<>();
        Map<String, Disk> below = new HashMap<>();
        Map<OnTarget, PhysicalVolume> before = new LinkedHashMap<>();
        for (OnTarget each : group) {
            PhysicalVolume was = PhysicalVolume.read(volume(each.pristine()));
            before.put(each, was);
            pristine.put(was.id(), each.pristine());
            image.put(was.id(), each.image());
            below.put(was.id(), each.below());
        }
        for (OnTarget each : group) {
            for (LvmLayout.Change change : each.layout().changes()) {
                change(change, pristine, image, below, each.piece().imageSectorSize(), heard);
            }
        }
        for (Map.Entry<OnTarget, PhysicalVolume> each : before.entrySet()) {
            OnTarget on = each.getKey();
            metadata(on.layout(), each.getValue(), on.below(), on.piece().disk().name());
        }
    }

    /** The maps are of the group's physical volumes, by their ids. */
    private static void change(
            LvmLayout.Change change,
            Map<String, Disk> pristine,
            Map<String, Disk> image,
            Map<String, Disk> below,
            int sectorSize,
            Heard heard)
            throws IOException {
        MappedDisk old = new MappedDisk(change.old(), image);
        MappedDisk fresh = new MappedDisk(change.fresh(), below);
        if (change.anew()) {
            makeAnew(change.fileSystem(), old, new Anew.Target(fresh, sectorSize, 0, 0), heard);
        } else {
            byTool(change.fileSystem(), new MappedDisk(change.old(), pristine), old, fresh, heard);
        }
    }

    private static void metadata(LvmLayout layout, PhysicalVolume was, Disk below, String name) throws IOException {
        new MetadataWriter(was, below).write(layout.rearranged());
        PhysicalVolume now = PhysicalVolume.read(volume(new Medium(below)));
        if (!now.metadata().equals(Optional.of(layout.rearranged().text()))) {
            throw new ImageFailure(
                    "The disk does not hold what was written to it",
                    name + " reads back other metadata of LVM",
                    "Replace the disk, or check the PC's memory and cables; what was restored is not to be used");
        }
    }

    /**
     * @param pristine the file system as the image has it
     * @param image the same, of which what lies behind the new end is written over
     * @param below as long as the file system will be
     */
    private static void byTool(OldFileSystem old, Disk pristine, Disk image, Disk below, Heard heard)
            throws IOException {
        FileSystemTool tool = FileSystemTool.of(old.kind());
        long length = Longest.of(old, pristine, below.size());
        if (length < below.size()) {
            heard.lost(old.name() + " grew to " + Amount.text(length) + " of " + Amount.text(below.size())
                    + ", the most that it can have as it was made" + Longest.cure(old));
        }
        if (length < old.length()) {
            Joined whole = new Joined(List.of(below, new Slice(image, length, old.length() - length)));
            apply(tool, whole, length);
            if (tool == FileSystemTool.NTFS && ShadowCopies.are(pristine)) {
                heard.lost(old.name()
                        + " has shadow copies (restore points, previous versions), which do not follow what moved"
                        + " when it became smaller: 'vssadmin delete shadows /all' takes them away");
            }
            if (tool == FileSystemTool.EXT) {
                DirectoryTimes.copy(pristine, below)
                        .ifPresent(why -> heard.lost("folders of " + old.name()
                                + " in which files got new numbers have the time of the restore (" + why + ")"));
            }
        } else {
            apply(tool, below, length);
        }
        below.flush();
        try (KernelDisk device = KernelDisk.attach(below, Access.READ)) {
            tool.check(device.node());
        }
    }

    /** Who counts and shows what is copied, file by file or extent by extent. */
    public interface Heard {
        /** What did not become as it was, for people. */
        void lost(String note);

        Anew.Heard copying(long total) throws IOException;

        Anew.Heard verifying(long total) throws IOException;
    }

    private static Volume volume(Disk of) {
        return new Volume.OfDisk(of, of.name(), 0, 0, of.size());
    }

    private static void makeAnew(OldFileSystem old, Disk image, Anew.Target target, Heard heard) throws IOException {
        Anew anew = Anew.of(old, image);
        anew.loader()
                .ifPresent(name -> heard.lost(old.name() + " was made anew, and starts by " + name + " again when '"
                        + name.toLowerCase(Locale.ROOT) + " --install' was run on it"));
        long length = target.disk().size();
        long fills = anew.fills(target.disk().sectorSize(), length);
        if (length - fills >= Packing.STEP) {
            heard.lost(old.name() + " fills " + Amount.text(fills) + " of " + Amount.text(length)
                    + ", the most that it can have (FAT16 2 GiB, FAT32 2 TiB)");
        }
        anew.write(target, heard.copying(anew.octets()), heard.verifying(anew.octets()));
    }

    private static void apply(FileSystemTool tool, Disk whole, long length) throws IOException {
        try (KernelDisk device = KernelDisk.attach(whole, Access.READ_WRITE)) {
            tool.resize(device.node(), length);
        }
    }
}
