package firstlight.engine.img;

import firstlight.engine.BlockDevices.Device;
import firstlight.engine.BootEntry;
import firstlight.engine.DiskOpener;
import firstlight.engine.OpenDisks;
import firstlight.engine.SafeDisks;
import firstlight.engine.Threads;
import firstlight.image.Amount;
import firstlight.image.ImageFailure;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.ReadBack;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.image.safe.SafeData;
import firstlight.image.store.ImageVersion;
import firstlight.wire.work.ManualWork;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = "Lays an image down on this PC's disks, and reads it back. What was on them is lost.")
final class RestoreMode implements Callable<Integer> {
    @ParentCommand
    private Img img;

    @Mixin
    private SignIn signIn;

    @Parameters(
            arity = "1..2",
            paramLabel = "[PLACE] IMAGE",
            hideParamSyntax = true,
            description =
                    "where from (server if not given: the one that started this environment; http://ADDRESS:8080; a partition "
                            + "such as /dev/sdb1; a folder), and the image's name, or NAME@VERSION")
    private List<String> words = List.of();

    @Option(
            names = "--disk",
            split = ",",
            paramLabel = "DISK",
            description = "name or serial number, several with commas; the first internal disk if not given")
    private List<String> disks = List.of();

    @Option(
            names = "--verify",
            paramLabel = "full|sampled",
            defaultValue = "full",
            description =
                    "reads back all that was written (default), or some: one chunk of 64, which takes a disk with a moving head half"
                            + " the time")
    private ReadBack verify = ReadBack.FULL;

    @Option(
            names = "--grow",
            paramLabel = "N|VG/LV|largest|none",
            defaultValue = "largest",
            description =
                    "the partition, or the volume of LVM, that takes what a larger disk has more; the largest if not given")
    private String grow = "largest";

    @Option(
            names = {"-y", "--yes"},
            description = "does not ask before the disks are overwritten")
    private boolean sure;

    @Override
    public Integer call() throws Exception {
        ImageText named = ImageText.of(words.getLast());
        Place from = Place.of(words.size() == 1 ? "server" : words.getFirst());
        List<Device> chosen = img.prompt().disks(disks);
        if (from instanceof Place.Server server) {
            if (verify != ReadBack.FULL) {
                throw new ImageFailure(
                        "A server's restore that is asked for here reads back all",
                        "--verify sampled is for images from a disk, a folder or a share",
                        "Leave it out, or have an operator give the work: firstlight work restore PC IMAGE --verify"
                                + " sampled");
            }
            if (!wishes().equals(Wishes.USUAL)) {
                throw new ImageFailure(
                        "A server's restore that is asked for here grows the largest partition that can",
                        "--grow is for images from a disk, a folder or a share",
                        "Leave it out, or have an operator give the work: firstlight work restore PC IMAGE --grow "
                                + grow);
            }
            confirm(chosen, named.toString());
            return signIn.perform(
                    img.prompt(),
                    server,
                    ManualWork.of(
                            ManualWork.Kind.RESTORE,
                            named.name().text(),
                            named.version(),
                            Prompt.lasting(chosen, img.prompt().devices().all()),
                            ""));
        }
        return restore(from, named, chosen);
    }

    private Wishes wishes() throws ImageFailure {
        try {
            return Wishes.of(Map.of(Wishes.GROW, grow));
        } catch (IllegalArgumentException wrong) {
            throw new ImageFailure("--grow is not understood", wrong, "'img dump PLACE IMAGE' has the numbers");
        }
    }

    private void confirm(List<Device> chosen, String what) throws IOException {
        if (!sure) {
            String names =
                    String.join(" and ", chosen.stream().map(Prompt::words).toList());
            img.prompt().confirm(what + " will be laid down on " + names + "; all that is there will be lost");
        }
    }

    private int restore(Place from, ImageText named, List<Device> chosen) throws IOException {
        Prompt prompt = img.prompt();
        Wishes wishes = wishes();
        PlaceOfImages.mustBeApart(from, chosen, prompt.root());
        return prompt.byHand()
                .work(
                        chosen,
                        PlaceOfImages.disk(from, prompt.devices().all(), prompt.root()),
                        watched -> restore(from, named, chosen, wishes, watched));
    }

    /** Nobody is asked about a disk that nothing will be written to, nor agrees to one without having been told of another. */
    private static void oneForEach(List<DiskImage> disks, List<Device> chosen) throws ImageFailure {
        if (disks.size() != chosen.size()) {
            throw new ImageFailure(
                    "The image has " + counted(disks.size()) + ", and " + counted(chosen.size()) + " of this PC's "
                            + (chosen.size() == 1 ? "is" : "are") + " to take it",
                    "the image's: "
                            + String.join(
                                    ", ",
                                    disks.stream()
                                            .map(disk -> Amount.mib(disk.size()))
                                            .toList()) + "; this PC's: "
                            + String.join(
                                    ", ", chosen.stream().map(Prompt::words).toList()),
                    "Name one for each of the image's, in that order: --disk sda,sdb");
        }
    }

    private static String counted(int disks) {
        return disks == 1 ? "1 disk" : disks + " disks";
    }

    private int restore(Place from, ImageText named, List<Device> chosen, Wishes wishes, DiskOpener opener)
            throws IOException {
        Prompt prompt = img.prompt();
        try (Shelf shelf = Shelf.open(from, false)) {
            ImageVersion version = shelf.find(named);
            Manifest manifest = shelf.store().open(version);
            oneForEach(manifest.base().disks(), chosen);
            confirm(chosen, version.image() + "@" + version.number() + " of " + manifest.made());
            try (OpenDisks open = OpenDisks.of(chosen, opener, true)) {
                List<Optional<SafeData>> safe = SafeDisks.before(open.disks());
                RestoreSummary done = new Restore(shelf.store().source(), Threads.count())
                        .reading(verify)
                        .restore(manifest, open.disks(), wishes, prompt.progress(), prompt.console()::line);
                done.notes().forEach(prompt.console()::line);
                if (!manifest.lost().isEmpty()) {
                    prompt.console().line(manifest.lost());
                }
                SafeDisks.keep(
                        open,
                        safe,
                        i -> wishes.touches(manifest.disks().get(i)),
                        i -> manifest.disks().get(i).isBare(),
                        Collections.emptySortedMap(),
                        version.image().text(),
                        version.number(),
                        prompt.console()::line);
                prompt.console()
                        .line("restored " + version.image() + "@" + version.number() + ": " + done.readBack()
                                + new BootEntry(prompt.root()).after(manifest, open.disks(), wishes.only())
                                + "; 'exit' restarts this PC");
                return 0;
            }
        }
    }
}
