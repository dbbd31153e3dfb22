package firstlight.engine;

import firstlight.image.Amount;
import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.ImageFailure;
import firstlight.image.addon.AddOnPlace;
import firstlight.image.addon.AddOnPlaces;
import firstlight.image.addon.ImagedPlace;
import firstlight.image.addon.LayDown;
import firstlight.image.addon.SharedPlace;
import firstlight.image.luks.KeyRing;
import firstlight.image.lvm.MappedDisk;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.PartitionChoice;
import firstlight.image.resize.DiskLayout;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.view.Slice;
import firstlight.wire.work.WorkOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/** The add-ons of a restore: fetched before anything is written, laid over the restored system in their order. */
final class AddOns {
    private final List<Fetched> all;
    private final String partition;
    private final RemoteChunks chunks;
    private final Reports reports;
    private final Console console;
    private final SequencedMap<Path, Disk> named = new LinkedHashMap<>();
    private final List<Placed> places = new ArrayList<>();

    private record Fetched(WorkOrder.Restore.AddOn name, AddOn addOn) {}

    private record Placed(Fetched fetched, ImagedPlace place) {}

    private AddOns(List<Fetched> all, String partition, RemoteChunks chunks, Reports reports, Console console) {
        this.all = all;
        this.partition = partition;
        this.chunks = chunks;
        this.reports = reports;
        this.console = console;
    }

    /**
     * Their tables of files only; the content comes when it is written.
     *
     * @throws Refused when the server does not give one of them
     */
    static AddOns fetch(WorkOrder.Restore order, Server server, RemoteChunks chunks, Reports reports, Console console)
            throws IOException {
        List<Fetched> all = new ArrayList<>();
        for (WorkOrder.Restore.AddOn name : order.addOns()) {
            AddOn addOn = server.addOn(name)
                    .addOn()
                    .orElseThrow(() -> new ImageFailure(
                            name + " is no add-on image",
                            "the server sent one of disks",
                            "Give the work with an add-on image; see firstlight image list"));
            all.add(new Fetched(name, addOn));
        }
        String partition = order.options().getOrDefault(PartitionChoice.OPTION, "");
        return new AddOns(all, partition, chunks, reports, console);
    }

    /**
     * Lays each down on the first of {@code disks} that has its partition; says what was done, for the summary.
     *
     * @param only the numbers of the partitions that were restored; empty for all. Others stay as they are
     * @param keys of what is encrypted
     * @throws ImageFailure where one finds no place or no room; those before it are laid down
     */
    String lay(List<Disk> disks, Set<Integer> only, KeyRing keys) throws IOException {
        StringBuilder done = new StringBuilder();
        for (Fetched fetched : all) {
            try {
                done.append(lay(fetched, disks, only, keys));
            } catch (ImageFailure failure) {
                throw new ImageFailure(
                        "Add-on " + fetched.name + ": " + failure.what(), failure.cause(), failure.cure());
            }
        }
        return done.toString();
    }

    /**
     * Before a disk is erased: whether the image {@code manifest} has the partition that each is for, and files can be written there.
     *
     * @param only the numbers of the partitions that are restored; empty for all. Of the others the disk has its own
     * @throws ImageFailure where it has not
     */
    void checkPlaces(Manifest manifest, Set<Integer> only, KeyRing keys) throws IOException {
        if (only.isEmpty()) {
            checkNumbers(manifest);
        }
        List<AddOn> before = new ArrayList<>();
        for (Fetched fetched : all) {
            if (isOfImage(choice(fetched.addOn), only)) {
                checkPlace(manifest, only, fetched, before, keys);
            }
            before.add(fetched.addOn);
        }
    }

    /**
     * Before a disk is erased, when it is known where volumes of LVM come to lie.
     *
     * @throws ImageFailure where one would find another place then than the image has
     */
    void checkPlaces(List<DiskLayout> layouts) throws IOException {
        for (Placed each : places) {
            inImage(each.fetched, () -> each.place.check(layouts));
        }
    }

    @FunctionalInterface
    private interface Look {
        void look() throws IOException;
    }

    /** What is thrown names the add-on. */
    private static void inImage(Fetched fetched, Look look) throws IOException {
        try {
            look.look();
        } catch (DiskFailure broken) {
            throw broken;
        } catch (ImageFailure failure) {
            throw new ImageFailure(
                    "Add-on " + fetched.name + ": " + failure.what(),
                    failure.cause() + "; nothing was written",
                    failure.cure());
        }
    }

    /** Whether the image tells what that partition will be like: of chosen ones the types are the disk's. */
    private static boolean isOfImage(PartitionChoice choice, Set<Integer> only) {
        return only.isEmpty()
                || switch (choice) {
                    case PartitionChoice.Numbered(int number) -> only.contains(number);
                    case PartitionChoice.Esp _ -> false;
                    case PartitionChoice.OfSystem _, PartitionChoice.Labelled _ -> true;
                };
    }

    private void checkNumbers(Manifest manifest) throws IOException {
        List<Partition> partitions = manifest.disks().stream()
                .flatMap(disk -> PartitionTable.partitions(disk.table(), disk.sectorSize()).stream())
                .toList();
        for (Fetched fetched : all) {
            boolean missing = switch (choice(fetched.addOn)) {
                case PartitionChoice.Numbered(int number) ->
                    partitions.stream().noneMatch(partition -> partition.number() == number);
                case PartitionChoice.Esp _ -> partitions.stream().noneMatch(Partition::isEsp);
                case PartitionChoice.OfSystem _, PartitionChoice.Labelled _ -> false;
            };
            if (missing) {
                throw new ImageFailure(
                        "Add-on " + fetched.name + ": There is no place for the add-on",
                        "it is for " + choice(fetched.addOn) + ", and the image has "
                                + partitions.stream()
                                        .map(partition -> "partition " + partition.number())
                                        .collect(Collectors.joining(", ", "", "; nothing was written")),
                        "Say where to: firstlight work restore ... --add-on-partition N, esp or label=NAME");
            }
        }
    }

    private void checkPlace(Manifest manifest, Set<Integer> only, Fetched fetched, List<AddOn> before, KeyRing keys)
            throws IOException {
        console.line("looking in the image for the place of add-on " + fetched.name);
        inImage(
                fetched,
                () -> places.add(new Placed(
                        fetched,
                        ImagedPlace.check(
                                manifest, chunks, choice(fetched.addOn), only, fetched.addOn, before, keys))));
    }

    /** Partitions onto which another computer's name was laid, in that order, and the disk that has each. */
    SequencedMap<Path, Disk> named() {
        return Collections.unmodifiableSequencedMap(named);
    }

    private String lay(Fetched fetched, List<Disk> disks, Set<Integer> only, KeyRing keys) throws IOException {
        AddOn addOn = fetched.addOn;
        AddOnPlace place = AddOnPlaces.find(disks, choice(addOn), only);
        Disk on = diskOf(disks, place);
        List<Disk> written = new ArrayList<>(List.of(on));
        for (Disk physical : place.volume().map(MappedDisk::physical).orElse(List.of())) {
            written.add(physical instanceof Slice slice ? slice.disk() : physical);
        }
        for (Disk disk : written) {
            if (disk instanceof OpenDisks.Unwritable kept) {
                throw kept.why();
            }
        }
        SharedPlace.refuse(disks, place, keys);
        String what = "add-on " + fetched.name + ", " + addOn.files() + " files, " + Amount.mib(addOn.octets());
        String where = " onto " + place;
        console.line("laying down " + what + where);
        reports.note("laying down " + what + where);
        new LayDown(chunks).lay(addOn, place, reports);
        if (addOn.entries().stream()
                .anyMatch(entry ->
                        entry.path().equals("etc/hostname") || entry.path().equalsIgnoreCase(RestoredWindows.SYSTEM))) {
            named.put(place.node(), on);
        }
        return "; " + what + where + ", read back";
    }

    private static Disk diskOf(List<Disk> disks, AddOnPlace place) throws IOException {
        for (Disk disk : disks) {
            if (disk.node(place.partition()).filter(place.node()::equals).isPresent()) {
                return disk;
            }
        }
        throw new IllegalStateException(place + " is on none of the disks that it was found on");
    }

    private PartitionChoice choice(AddOn addOn) throws ImageFailure {
        try {
            return partition.isEmpty() ? addOn.partition() : PartitionChoice.of(partition);
        } catch (IllegalArgumentException wrong) {
            throw new ImageFailure(
                    "The work's options are not understood", wrong, "Take the work back and give it anew");
        }
    }
}
