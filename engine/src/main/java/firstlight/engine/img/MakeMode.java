package firstlight.engine.img;

import firstlight.engine.BlockDevices.Device;
import firstlight.engine.DiskOpener;
import firstlight.engine.OpenDisks;
import firstlight.engine.Threads;
import firstlight.image.Amount;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.capture.CaptureOptions;
import firstlight.image.capture.CapturePlan;
import firstlight.image.capture.CaptureSummary;
import firstlight.image.capture.IfUnreadable;
import firstlight.image.store.ImageStore;
import firstlight.image.store.Publication;
import firstlight.wire.work.ManualWork;
import firstlight.wire.work.WorkOrder;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "make",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a new version of an image from this PC's disks. Nothing is written to them.",
            "In a local place the image lies in folders 'packs' and 'manifests': what it shares with other images there "
                    + "is kept once."
        },
        footer = {
            "",
            "Of a disk that fails, what can still be read, to a USB disk:",
            "  img make /dev/sdb1 rescue --if-unreadable zero"
        })
final class MakeMode implements Callable<Integer> {
    @ParentCommand
    private Img img;

    @Mixin
    private SignIn signIn;

    @Parameters(
            arity = "1..2",
            paramLabel = "[PLACE] IMAGE",
            hideParamSyntax = true,
            description =
                    "where to (server if not given: the one that started this environment; http://ADDRESS:8080; a partition such "
                            + "as /dev/sdb1; a folder), and the image's name")
    private List<String> words = List.of();

    @Option(
            names = "--disk",
            split = ",",
            paramLabel = "DISK",
            description = "name or serial number, several with commas; the first internal disk if not given")
    private List<String> disks = List.of();

    @Option(
            names = "--if-unreadable",
            paramLabel = "stop|zero",
            defaultValue = "stop",
            description =
                    "what becomes of sectors that a failing disk cannot read: no image, or zeros in their place, which the "
                            + "image names for ever; stop if not given")
    private IfUnreadable ifUnreadable = IfUnreadable.STOP;

    @Override
    public Integer call() throws Exception {
        ImageText named = ImageText.of(words.getLast());
        if (named.version() != 0) {
            throw new ImageFailure(
                    "'" + named + "' is a version that is there, or will be",
                    "a new version gets the next number",
                    "Name the image alone, as " + named.name());
        }
        Place to = Place.of(words.size() == 1 ? "server" : words.getFirst());
        return to instanceof Place.Server server
                ? signIn.perform(
                        img.prompt(),
                        server,
                        ManualWork.of(ManualWork.Kind.CAPTURE, named.name().text(), 0, disks, "")
                                .with(
                                        switch (ifUnreadable) {
                                            case STOP -> WorkOrder.Capture.IfUnreadable.STOP;
                                            case ZERO -> WorkOrder.Capture.IfUnreadable.ZERO;
                                        }))
                : make(to, named);
    }

    private int make(Place to, ImageText named) throws IOException {
        Prompt prompt = img.prompt();
        List<Device> chosen = prompt.disks(disks);
        // Before the medium is mounted, and before the disk is opened.
        PlaceOfImages.mustBeApart(to, chosen, prompt.root());
        return prompt.byHand()
                .work(
                        chosen,
                        PlaceOfImages.disk(to, prompt.devices().all(), prompt.root()),
                        watched -> make(to, named, chosen, watched));
    }

    private int make(Place to, ImageText named, List<Device> chosen, DiskOpener opener) throws IOException {
        Prompt prompt = img.prompt();
        try (Shelf shelf = Shelf.open(to, true);
                OpenDisks open = OpenDisks.of(chosen, opener, false)) {
            chosen.forEach(device -> prompt.console().line("capturing " + Prompt.words(device)));
            ImageStore store = shelf.store();
            Progress progress = prompt.progress();
            CapturePlan plan = Capture.plan(open.disks(), CaptureOptions.USUAL.with(ifUnreadable), progress);
            prompt.console().line(room(plan.used(), shelf.room()));
            Capture.Captured captured =
                    new Capture(store.trustingSink(), Threads.count(), "img 0.1").capture(plan, progress);
            switch (store.publish(named.name(), captured.manifest())) {
                case Publication.Published published -> {
                    CaptureSummary done = captured.summary();
                    done.notes().forEach(prompt.console()::line);
                    prompt.console()
                            .line("made " + published.version().image() + "@"
                                    + published.version().number() + ": "
                                    + Amount.mib(done.usedBytes()) + " in use, " + Amount.mib(done.newBytes())
                                    + " new here");
                    return 0;
                }
                case Publication.Incomplete incomplete ->
                    throw new ImageFailure(
                            "The image is not complete",
                            incomplete.missing().size() + " of its chunks are not in the place any more",
                            "Check the medium, and make the image again");
            }
        }
    }

    /** How much an image will take is known when it is made; that it might be too much, before. */
    private static String room(long used, long free) {
        return Amount.mib(used) + " in use, " + Amount.mib(free) + " free in that place"
                + (used <= free
                        ? ""
                        : ": it fits only if it packs well (often to a half), or if images there have the same"
                                + " content. Without room for all of it no image is made");
    }
}
