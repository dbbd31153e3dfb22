package firstlight.engine;

import static firstlight.image.Amount.mib;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.capture.Capture;
import firstlight.image.capture.CapturePlan;
import firstlight.image.capture.CaptureSummary;
import firstlight.image.luks.KeyRing;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.ReadBack;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.image.safe.SafeData;
import firstlight.image.wipe.Wipe;
import firstlight.model.StageTime;
import firstlight.wire.multicast.StreamTicket;
import firstlight.wire.work.Published;
import firstlight.wire.work.WorkOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Does what an order says and answers with one line that tells it. One order each; on the engine's thread. It throws what ends the work,
 * and the engine tells the server.
 */
final class Work {
    /** The answer to a manifest whose chunks are not all there, as after a power cut at the server. */
    private static final int INCOMPLETE = 409;

    private final Server server;
    private final RemoteChunks chunks;
    private final Reports reports;
    private final Console console;
    private final BlockDevices devices;
    private final ChosenDisks choice;
    private final DiskWatch opener;
    private final WorkScripts scripts;
    private final BootEntry bootEntry;
    private List<StageTime> stages = List.of();

    Work(
            Server server,
            RemoteChunks chunks,
            Reports reports,
            Console console,
            BlockDevices devices,
            DiskWatch opener,
            WorkScripts scripts,
            BootEntry bootEntry) {
        this.server = server;
        this.chunks = chunks;
        this.reports = reports;
        this.console = console;
        this.devices = devices;
        this.choice = new ChosenDisks(devices);
        this.opener = opener;
        this.scripts = scripts;
        this.bootEntry = bootEntry;
    }

    /** Opens the disks for reading only. */
    String capture(WorkOrder.Capture order) throws IOException {
        List<BlockDevices.Device> chosen = choice.of(order.disks(), 1);
        tellUnseen(order.disks());
        WorkScripts.Subject subject = new WorkScripts.Subject("capture", order.image(), 0, nodes(chosen));
        scripts.before(subject);
        console.line("capturing " + names(chosen) + " as '" + order.image() + "'");
        Captured captured = FailedDisk.named(chosen, devices, () -> captureFrom(order, chosen));
        return scripts.after(subject.withVersion(captured.version()), captured.summary());
    }

    private record Captured(int version, String summary) {}

    private Captured captureFrom(WorkOrder.Capture order, List<BlockDevices.Device> chosen) throws IOException {
        try (OpenDisks open = OpenDisks.of(chosen, opener, false)) {
            CapturePlan plan = Capture.plan(open.disks(), CaptureChoices.of(order), reports, console::line);
            plan.notes().forEach(this::tell);
            Capture.Captured captured = new Capture(chunks, Threads.count(), Engine.NAME).capture(plan, reports);
            Published published;
            try {
                published = server.publish(order.image(), captured.manifest());
            } catch (Refused incomplete) {
                if (incomplete.status() != INCOMPLETE) {
                    throw incomplete;
                }
                console.line("the server has lost some of it ("
                        + incomplete.problem().detail() + "); sending again what it lacks");
                captured = new Capture(chunks, Threads.count(), Engine.NAME).capture(plan, reports);
                published = server.publish(order.image(), captured.manifest());
            }
            CaptureSummary done = captured.summary();
            done.notes().stream().filter(note -> !plan.notes().contains(note)).forEach(this::tell);
            return new Captured(
                    published.version(),
                    "captured " + published.image() + " version " + published.version() + ": "
                            + mib(done.usedBytes()) + " in use, " + mib(done.newBytes()) + " new, "
                            + mib(done.sentBytes()) + " sent, " + rate(done.usedBytes(), done.time())
                            + lost(captured.manifest())
                            + stages(done.stageTimes()));
        }
    }

    String restore(WorkOrder.Restore order) throws IOException {
        // A member of its stream from the order on: what comes before it listens may take minutes.
        try (MulticastChunks stream = multicast(order)) {
            return restoreBy(order, stream);
        }
    }

    private MulticastChunks multicast(WorkOrder.Restore order) {
        return new MulticastChunks(ear(order.stream()), () -> again(order), this::tell);
    }

    private Optional<StreamEar> ear(Optional<StreamTicket> ticket) {
        try {
            return ticket.isEmpty() ? Optional.empty() : Optional.of(new TicketEar(ticket.get()));
        } catch (IOException e) {
            tell("no multicast for this PC: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** A hello may be said twice; the answer to a member's has another number of the stream that runs now. */
    private Optional<StreamEar> again(WorkOrder.Restore order) throws IOException {
        reports.stillWanted(); // else a hello would begin what comes after this work
        return server.hello(scripts.hello()) instanceof WorkOrder.Restore same
                        && same.image().equals(order.image())
                        && same.version() == order.version()
                ? ear(same.stream())
                : Optional.empty();
    }

    private String restoreBy(WorkOrder.Restore order, MulticastChunks stream) throws IOException {
        AddOns addOns = AddOns.fetch(order, server, chunks, reports, console);
        if (order.addOnsOnly()) {
            return layOver(order, addOns);
        }
        Manifest manifest = server.manifest();
        KeyRing keys = keys(order);
        addOns.checkPlaces(manifest, wishes(order.options()).only(), keys);
        List<BlockDevices.Device> chosen = choice.forImage(order.disks(), manifest);
        tellUnseen(order.disks());
        String clones = wishes(order.options()).only().isEmpty()
                ? Clones.beside(chosen, manifest, devices, opener, console::line)
                        .words()
                : "";
        if (!clones.isEmpty()) {
            tell(clones);
        }
        WorkScripts.Subject subject = new WorkScripts.Subject("restore", order.image(), order.version(), nodes(chosen));
        scripts.before(subject);
        console.line("restoring '" + order.image() + "' version " + order.version() + " onto " + names(chosen));
        String done =
                FailedDisk.named(chosen, devices, () -> restoreOnto(order, addOns, manifest, chosen, keys, stream));
        return scripts.after(
                subject,
                done + (clones.isEmpty() ? "" : ", but " + clones)); // with the disks closed: it may mount them
    }

    private String restoreOnto(
            WorkOrder.Restore order,
            AddOns addOns,
            Manifest manifest,
            List<BlockDevices.Device> chosen,
            KeyRing keys,
            MulticastChunks stream)
            throws IOException {
        try (OpenDisks open = OpenDisks.of(chosen, opener, true)) {
            List<Disk> disks = open.disks();
            List<Optional<SafeData>> safe = SafeDisks.before(disks);
            Wishes wishes = wishes(order.options());
            Restored restored = restored(order, addOns, manifest, disks, wishes, keys, stream);
            RestoreSummary done = restored.summary();
            done.notes().forEach(this::tell);
            if (!done.complete()) {
                throw new ImageFailure(
                        "The restored disk is not the image",
                        mib(done.verifiedBytes()) + " of " + mib(done.usedBytes()) + " were read back right",
                        "Check the disk's health and cable, then restore again");
            }
            String whole = wishes.only().isEmpty() ? order.image() : "";
            List<SafeData> kept = SafeDisks.keep(
                    open,
                    safe,
                    i -> wishes.touches(manifest.disks().get(i)),
                    i -> manifest.disks().get(i).isBare(),
                    order.heading().imageSafe(),
                    whole,
                    order.version(),
                    this::tell);
            // First what the PC starts by, then its name: neither is to wait for an add-on that may find no place.
            String entry = bootEntry.after(manifest, disks, wishes.only());
            if (!entry.isEmpty()) {
                console.line("restored" + entry);
            }
            RestoredSystem system = RestoredSystem.of(order.computerName(), kept.getFirst(), scripts.mac(), console);
            String named = name(system, keys, manifest, disks, wishes);
            String added = addOns.lay(disks, wishes.only(), keys);
            if (!added.isEmpty()) {
                named = name(system, keys, manifest, disks, wishes); // an add-on may have brought another's
                String now = bootEntry.after(manifest, disks, wishes.only()); // or the loader itself
                entry = now.isEmpty() ? entry : now;
            }
            return told(order, restored) + lost(manifest) + stages(done.stageTimes()) + added + named + entry;
        }
    }

    private static String told(WorkOrder.Restore order, Restored restored) {
        RestoreSummary done = restored.summary();
        return "restored " + order.image() + " version " + order.version() + ": " + done.readBack()
                + ", " + mib(done.writtenBytes()) + " written, " + mib(done.keptBytes())
                + " were there, " + mib(done.fetchedBytes()) + " fetched" + restored.byMulticast() + ", "
                + rate(done.usedBytes(), done.time());
    }

    private KeyRing keys(WorkOrder.Restore order) {
        return new KeyRing(CaptureChoices.passphrases(order.passphrases()), console::line);
    }

    private static String name(RestoredSystem system, KeyRing keys, Manifest manifest, List<Disk> disks, Wishes wishes)
            throws IOException {
        return system.name().isEmpty() ? "" : new Naming(system, keys).apply(manifest, disks, wishes.only());
    }

    /** To the screen and into the transaction. */
    private void tell(String note) {
        console.line(note);
        reports.note(note);
    }

    private void tellUnseen(List<String> disks) {
        String unseen = choice.unseen(disks);
        if (!unseen.isEmpty()) {
            tell(unseen);
        }
    }

    private static String lost(Manifest manifest) {
        return manifest.lost().isEmpty() ? "" : "; " + manifest.lost();
    }

    /** The image itself is there: the disks that the order names, or all internal ones, are looked through for its system. */
    private String layOver(WorkOrder.Restore order, AddOns addOns) throws IOException {
        List<BlockDevices.Device> chosen = choice.withSystem(order.disks());
        WorkScripts.Subject subject = new WorkScripts.Subject("restore", order.image(), order.version(), nodes(chosen));
        scripts.before(subject);
        console.line("'" + order.image() + "' version " + order.version() + " is there already");
        return scripts.after(subject, FailedDisk.named(chosen, devices, () -> layOnto(order, addOns, chosen)));
    }

    private String layOnto(WorkOrder.Restore order, AddOns addOns, List<BlockDevices.Device> chosen)
            throws IOException {
        try (OpenDisks open = OpenDisks.lookedThrough(chosen, opener)) {
            List<Disk> disks = open.disks();
            KeyRing keys = keys(order);
            String added = addOns.lay(disks, Set.of(), keys);
            String named = "";
            if (!addOns.named().isEmpty() && !order.computerName().isEmpty()) {
                Disk system = addOns.named().values().iterator().next();
                SafeData safe = SafeDisks.of(system, open, console::line);
                named = new Naming(RestoredSystem.of(order.computerName(), safe, scripts.mac(), console), keys)
                        .applyTo(disks, addOns.named().keySet());
            }
            return order.image() + " version " + order.version() + " was there" + added + named;
        }
    }

    /** @param byMulticast for the result; empty without a stream */
    private record Restored(RestoreSummary summary, String byMulticast) {}

    private Restored restored(
            WorkOrder.Restore order,
            AddOns addOns,
            Manifest manifest,
            List<Disk> disks,
            Wishes wishes,
            KeyRing keys,
            MulticastChunks stream)
            throws IOException {
        Restore restore = new Restore(chunks, Threads.ofRestore())
                .reading(readBack(order.options()))
                .opening(keys)
                .asking(addOns::checkPlaces);
        if (order.stream().isEmpty()) {
            return new Restored(restore.restore(manifest, disks, wishes, reports, console::line), "");
        }
        RestoreSummary summary = restore.hearing(stream).restore(manifest, disks, wishes, reports, console::line);
        return new Restored(summary, stream.words());
    }

    private static Wishes wishes(Map<String, String> options) throws ImageFailure {
        return understood(() -> Wishes.of(options));
    }

    private static ReadBack readBack(Map<String, String> options) throws ImageFailure {
        return understood(() -> ReadBack.of(options));
    }

    private static <T> T understood(Supplier<T> reading) throws ImageFailure {
        try {
            return reading.get();
        } catch (IllegalArgumentException wrong) {
            throw new ImageFailure(
                    "The work's options are not understood", wrong, "Take the work back and give it anew");
        }
    }

    /** All disks that the order names, one after the other: each is read back before the next is touched. */
    String wipe(WorkOrder.Wipe order) throws IOException {
        List<BlockDevices.Device> chosen = choice.of(order.disks(), 1);
        tellUnseen(order.disks());
        WorkScripts.Subject subject = new WorkScripts.Subject("wipe", "", 0, nodes(chosen));
        scripts.before(subject);
        console.line("wiping " + names(chosen) + ": " + order.method());
        return scripts.after(subject, FailedDisk.named(chosen, devices, () -> overwrite(order, chosen)));
    }

    private String overwrite(WorkOrder.Wipe order, List<BlockDevices.Device> chosen) throws IOException {
        Wipe.Method method = switch (order.method()) {
            case SIGNATURES -> Wipe.Method.SIGNATURES;
            case ZEROS -> Wipe.Method.ZEROS;
            case RANDOM -> Wipe.Method.RANDOM;
            case DEVICE -> Wipe.Method.DEVICE;
        };
        long start = System.nanoTime();
        long octets = 0;
        for (BlockDevices.Device device : chosen) {
            // A disk that erases itself may answer after hours.
            DiskOpener way = method == Wipe.Method.DEVICE ? opener.unwatched() : opener;
            try (Disk disk = way.open(device.node(), true)) {
                octets += Wipe.wipe(disk, method, reports);
            }
        }
        String done = method == Wipe.Method.DEVICE ? " erased by the disk itself, " : " overwritten and read back, ";
        return "wiped " + names(chosen) + ": " + mib(octets) + done
                + rate(octets, Duration.ofNanos(System.nanoTime() - start));
    }

    /** Where the time of what was done last went; empty before, and for what has no stages. */
    List<StageTime> stages() {
        return stages;
    }

    /** Remembers them, and tells them: {@code ; read 812 MB/s, hash 903 MB/s, compress 310 MB/s, send 95 MB/s, most of the time in send}. */
    private String stages(List<StageTime> times) {
        stages = times;
        StageTime longest = Collections.max(times, Comparator.comparingLong(StageTime::millis));
        return "; "
                + String.join(
                        ", ",
                        times.stream()
                                .filter(stage -> stage.octets() > 0)
                                .map(StageTime::toString)
                                .toList())
                + ", most of the time in " + longest.stage();
    }

    private static String names(List<BlockDevices.Device> devices) {
        return devices.isEmpty()
                ? "none"
                : String.join(
                        ", ",
                        devices.stream()
                                .map(device -> device.node() + " (" + mib(device.bytes()) + ")")
                                .toList());
    }

    private static List<Path> nodes(List<BlockDevices.Device> devices) {
        return devices.stream().map(BlockDevices.Device::node).toList();
    }

    private static String rate(long bytes, Duration time) {
        long millis = Math.max(1, time.toMillis());
        return "in " + (millis + 500) / 1000 + " s (" + bytes / 1000 / millis + " MB/s)";
    }
}
