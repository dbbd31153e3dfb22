package firstlight.engine.img;

import firstlight.engine.BlockDevices.Device;
import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.Signatures;
import firstlight.image.extents.Volume;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.TableSectors;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "dump",
        mixinStandardHelpOptions = true,
        description = "Shows the partitions of this PC's disks, or, with PLACE and IMAGE, those of an image.")
final class DumpMode implements Callable<Integer> {
    @ParentCommand
    private Img img;

    @Parameters(
            paramLabel = "PLACE IMAGE",
            arity = "0..2",
            description = "a local place and an image's name, or NAME@VERSION")
    private List<String> of = List.of();

    @Override
    public Integer call() throws Exception {
        PrintStream out = img.prompt().console().out();
        if (of.size() == 1) {
            throw new ImageFailure(
                    "What is to be shown is not named",
                    "'" + of.getFirst() + "' alone is neither an image nor this PC's disks",
                    "Name a place and an image, as img dump /dev/sdb1 room12, or nothing for this PC's disks");
        }
        if (of.isEmpty()) {
            return disks(out) ? 0 : Img.FAILED;
        }
        try (Shelf shelf = Shelf.open(Place.of(of.get(0)), false)) {
            image(shelf.store().open(shelf.find(ImageText.of(of.get(1)))), out);
        }
        return 0;
    }

    /** Whether all could be read; the one that a person looks for may come behind one that fails. */
    private boolean disks(PrintStream out) {
        boolean all = true;
        for (Device disk : img.prompt().devices().all()) {
            out.println(Prompt.words(disk) + (disk.internal() ? "" : ", removable"));
            try (Disk opened = img.prompt().opener().open(disk.node(), false)) {
                partitions(opened, out);
            } catch (IOException unreadable) {
                out.println("  FAILED: " + unreadable.getMessage());
                all = false;
            }
        }
        return all;
    }

    /** By our own eyes: lsblk tells file systems from udev's notes, and nobody takes notes here. */
    private static void partitions(Disk disk, PrintStream out) throws IOException {
        PartitionTable table = PartitionTable.read(disk);
        table.notes().forEach(note -> out.println("  note: " + note));
        if (table.sectors().kind() == TableSectors.Kind.NONE) {
            out.println("  no partition table, " + holds(disk, 0, 0, disk.size()));
        }
        for (Partition partition : table.partitions()) {
            out.printf(
                    "  %2d  start %8d KiB, %8d KiB  %-10s %s%n",
                    partition.number(),
                    partition.start() >> 10,
                    partition.length() >> 10,
                    holds(disk, partition.number(), partition.start(), partition.length()),
                    partition.type());
        }
    }

    private static String holds(Disk disk, int number, long start, long length) throws IOException {
        FileSystem found = Signatures.recognise(new Volume.OfDisk(disk, disk.name(), number, start, length).window());
        return found == FileSystem.UNKNOWN ? "-" : found.word();
    }

    private static void image(Manifest manifest, PrintStream out) {
        out.println("made " + manifest.made() + " by " + manifest.maker());
        for (DiskImage disk : manifest.disks()) {
            out.printf("disk of %d MiB, sectors of %d octets%n", disk.size() >> 20, disk.sectorSize());
            for (Region region : disk.regions()) {
                out.printf(
                        "  %-12s start %12d  %10d KiB  %-8s %s%n",
                        region.name(),
                        region.start(),
                        region.length() >> 10,
                        region.fileSystem(),
                        content(region.content()));
            }
        }
        manifest.notes().forEach(note -> out.println("note: " + note));
    }

    private static String content(Content content) {
        return switch (content) {
            case Content.Blocks blocks ->
                (blocks.used().octets() >> 10) + " KiB kept"
                        + (blocks.method() == Content.Method.RAW ? ", all of it" : ", by used blocks");
            case Content.Swap swap -> "made anew with UUID " + swap.uuid();
        };
    }
}
