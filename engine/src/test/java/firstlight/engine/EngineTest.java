package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.Tool;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.ManifestCodec;
import firstlight.image.manifest.PartitionChoice;
import firstlight.image.manifest.Region;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.model.MacAddress;
import firstlight.model.Scripts;
import firstlight.model.WorkScript;
import firstlight.wire.work.After;
import firstlight.wire.work.MalformedMessage;
import firstlight.wire.work.Problem;
import firstlight.wire.work.Progress;
import firstlight.wire.work.Result;
import firstlight.wire.work.WorkCodec;
import firstlight.wire.work.WorkOrder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs of the engine against a server that hands out what the test says. */
class EngineTest {
    private static final WorkOrder.Heading HEADING =
            new WorkOrder.Heading(7, "pc-7", After.REBOOT, List.of("2 of at most 2 restores are running"));

    private static final Content.Blocks NOTHING =
            new Content.Blocks(Content.Method.USED_BLOCKS, Extents.NONE, new ChunkTable.Builder(0).build());

    @TempDir
    Path root;

    private final Queue<WorkOrder> orders = new ArrayDeque<>();
    private final List<Result> results = new ArrayList<>();
    private final List<Progress> reports = new ArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private final List<Path> opened = new ArrayList<>();
    private boolean cancelled;
    private boolean maintenance;
    private boolean away;
    private boolean refused;
    private Optional<Path> coming = Optional.empty();
    private Optional<Manifest> manifest = Optional.empty();

    @BeforeEach
    void aPcWithADisk() throws IOException {
        Path disk = Files.createDirectories(root.resolve("sys/block/sda"));
        Files.writeString(disk.resolve("size"), "16384\n");
        Path dmi = Files.createDirectories(root.resolve("sys/class/dmi/id"));
        Files.writeString(dmi.resolve("product_serial"), "B5RJ12\n");
    }

    @Test
    void waitsForItsTurnAndAsksAgain() {
        orders.addAll(List.of(
                new WorkOrder.Wait(HEADING, 15), new WorkOrder.Wait(HEADING, 30), new WorkOrder.Inventory(HEADING)));

        assertThat(run()).isEqualTo(Ending.REBOOT);
        assertThat(pauses).containsExactly(Duration.ofSeconds(15), Duration.ofSeconds(30));
        assertThat(results).containsExactly(new Result.Done("inventory taken"));
        assertThat(screen.toString(StandardCharsets.UTF_8))
                .containsOnlyOnce("waits for its turn: 2 of at most 2 restores are running");
    }

    /** The first disk is chosen among those that its facts have. */
    @Test
    void anNvmeThatIsStillComingIsWaitedForThoughAnotherDiskIsThere() throws IOException {
        Path state = root.resolve("sys/class/nvme/nvme0/state");
        Files.createDirectories(Objects.requireNonNull(state.getParent()));
        Files.writeString(state, "connecting\n");
        coming = Optional.of(state);
        orders.add(new WorkOrder.Inventory(HEADING));

        assertThat(run()).isEqualTo(Ending.REBOOT);
        assertThat(pauses).as("3 s for its namespaces").hasSize(30).containsOnly(Duration.ofMillis(100));
    }

    /** Somebody waits for a shell, perhaps to look at the very disk that hangs. */
    @Test
    void inMaintenanceNoDiskIsWaitedForOrOpened() throws IOException {
        maintenance = true;
        Path state = root.resolve("sys/class/nvme/nvme0/state");
        Files.createDirectories(Objects.requireNonNull(state.getParent()));
        Files.writeString(state, "connecting\n");
        Files.write(root.resolve("disk"), new byte[8 << 20]);
        orders.add(new WorkOrder.Maintenance(HEADING));

        assertThat(run()).isEqualTo(Ending.SHELL);
        assertThat(pauses).isEmpty();
        assertThat(opened).isEmpty();
    }

    /** Where a firewall lets TCP 8443 through to nobody. */
    @Test
    void inMaintenanceAServerThatDoesNotAnswerIsNotWaitedForLong() {
        maintenance = true;
        away = true;

        assertThat(run()).isEqualTo(Ending.FAILED);
        assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus)).isLessThanOrEqualTo(Retries.AT_A_PROMPT);
    }

    /** Its transaction would never end, and no event would say why. */
    @Test
    void inMaintenanceAServerThatAnswersIsToldWhatFailed() {
        maintenance = true;
        refused = true;

        assertThat(run()).isEqualTo(Ending.FAILED);
        assertThat(results).containsExactly(new Result.Failed("The versions do not fit", "1 and 2", "Start again"));
    }

    private void pause(Duration time) {
        pauses.add(time);
        try {
            if (coming.isPresent()) {
                Files.writeString(coming.get(), "live\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void runsAScriptWithTheFactsAsVariablesAndTellsWhatItSaid() {
        orders.add(new WorkOrder.Script(HEADING, "hello", "echo \"$FL_SERIAL of $FL_DEVICE\"\necho second >&2\n"));

        assertThat(run()).isEqualTo(Ending.REBOOT);
        assertThat(results)
                .containsExactly(
                        new Result.Done("script 'hello' ended with status 0, 2 lines of output, the last: second"));
        // An empty one tells that it goes on; lines that came within one look are in one.
        List<String> notes = reports.stream()
                .map(Progress::note)
                .filter(note -> !note.isEmpty())
                .toList();
        assertThat(String.join(" | ", notes)).isEqualTo("B5RJ12 of pc-7 | second");
    }

    @Test
    void aScriptThatFailsIsAFailureWithItsStatusAndLastWords() {
        orders.add(new WorkOrder.Script(HEADING, "check", "echo no such BIOS version\nexit 3\n"));

        assertThat(run()).isEqualTo(Ending.FAILED);
        assertThat(results)
                .containsExactly(new Result.Failed(
                        "The script 'check' failed",
                        "it ended with status 3: no such BIOS version",
                        "Its output is in the transaction's events"));
    }

    @Test
    void aCancelledScriptIsStopped() {
        cancelled = true;
        orders.add(new WorkOrder.Script(HEADING, "long", "echo begun\nexec sleep 600\n"));

        assertThat(run()).isEqualTo(Ending.FAILED);
        assertThat(results)
                .singleElement()
                .isInstanceOfSatisfying(
                        Result.Failed.class, failed -> assertThat(failed.what()).isEqualTo("The work was cancelled"));
    }

    @Test
    void scriptsRunAroundTheWorkAndKnowWhatItIs() throws IOException {
        Files.write(root.resolve("disk"), new byte[8 << 20]);
        orders.add(wipe(
                new WorkScript("b.sh", "echo $FL_SCRIPT $FL_WORK $FL_DISKS $FL_SERIAL $FL_DEVICE", 60),
                new WorkScript("a.sh", "echo \"$FL_SCRIPT: $FL_RESULT\"", 60)));

        assertThat(run()).isEqualTo(Ending.REBOOT);
        assertThat(reports).extracting(Progress::note).contains("before wipe /dev/sda B5RJ12 pc-7");
        assertThat(reports)
                .extracting(Progress::note)
                .anyMatch(note -> note.startsWith("after: wiped /dev/sda"))
                .contains("script 'a.sh' after the work ended with status 0, 1 lines of output");
        assertThat(results)
                .singleElement()
                .isInstanceOfSatisfying(
                        Result.Done.class,
                        done -> assertThat(done.summary())
                                .endsWith("; script 'a.sh' after the work ended with status 0, 1 lines of output"));
    }

    @Test
    void aScriptThatFailsBeforeTheWorkLeavesTheDiskAsItIs() throws IOException {
        byte[] data = new byte[8 << 20];
        Arrays.fill(data, (byte) 0x55);
        Files.write(root.resolve("disk"), data);
        orders.add(
                wipe(new WorkScript("b.sh", "echo BIOS 1.2 is too old; exit 7", 60), new WorkScript("a.sh", "", 60)));

        assertThat(run()).isEqualTo(Ending.FAILED);
        assertThat(Files.readAllBytes(root.resolve("disk"))).isEqualTo(data);
        assertThat(results).singleElement().isInstanceOfSatisfying(Result.Failed.class, failed -> {
            assertThat(failed.what()).isEqualTo("The script 'b.sh' before the work failed");
            assertThat(failed.cause()).isEqualTo("it ended with status 7; its last words: BIOS 1.2 is too old");
            assertThat(failed.cure()).startsWith("Nothing was touched.");
        });
    }

    @Test
    void aScriptThatFailsAfterTheWorkSaysThatTheWorkItselfIsDone() throws IOException {
        Files.write(root.resolve("disk"), new byte[8 << 20]);
        orders.add(wipe(new WorkScript("b.sh", "true", 60), new WorkScript("a.sh", "exit 1", 60)));

        assertThat(run()).isEqualTo(Ending.FAILED);
        assertThat(results).singleElement().isInstanceOfSatisfying(Result.Failed.class, failed -> {
            assertThat(failed.what()).isEqualTo("The script 'a.sh' after the work failed");
            assertThat(failed.cause()).contains("it said nothing; the work before it ended well: wiped /dev/sda");
        });
    }

    @Test
    void aScriptThatTakesTooLongIsEndedWithAllThatItStarted() throws Exception {
        orders.add(wipe(
                new WorkScript("b.sh", "sleep 600 & echo $!; sleep 600", 3), new WorkScript("a.sh", "exit 1", 60)));

        assertThat(run()).isEqualTo(Ending.FAILED);
        String cause = ((Result.Failed) results.getFirst()).cause();
        assertThat(cause).startsWith("it took longer than 3 s and was ended; its last words: ");
        long child = Long.parseLong(cause.replaceAll(".*words: (\\d+)$", "$1"));
        Optional<ProcessHandle> left = ProcessHandle.of(child);
        if (left.isPresent()) {
            left.get().onExit().get(10, TimeUnit.SECONDS); // it was told to end, and does
        }
    }

    @Test
    void aScriptThatTalksForEverWithoutALineIsCutIntoLines() throws IOException {
        Files.write(root.resolve("disk"), new byte[8 << 20]);
        orders.add(wipe(
                new WorkScript("b.sh", "head -c 5000 /dev/zero | tr '\\0' x; exit 2", 60),
                new WorkScript("a.sh", "", 60)));

        assertThat(run()).isEqualTo(Ending.FAILED);
        assertThat(reports).allSatisfy(report -> assertThat(report.note()).hasSizeLessThan(1000));
    }

    private static WorkOrder wipe(WorkScript before, WorkScript after) {
        WorkOrder.Heading heading = new WorkOrder.Heading(
                7, "pc-7", After.REBOOT, List.of(), new Scripts(Optional.of(before), Optional.of(after)).toRun());
        return new WorkOrder.Wipe(heading, List.of(), WorkOrder.Wipe.Method.ZEROS);
    }

    @Test
    void wipesTheDiskAndSaysThatItWasReadBack() throws IOException {
        Path file = root.resolve("disk");
        byte[] data = new byte[8 << 20];
        Arrays.fill(data, (byte) 0x55);
        Files.write(file, data);
        orders.add(new WorkOrder.Wipe(HEADING, List.of(), WorkOrder.Wipe.Method.ZEROS));

        assertThat(run()).isEqualTo(Ending.REBOOT);
        assertThat(Files.readAllBytes(file)).containsOnly(0);
        assertThat(results)
                .singleElement()
                .isInstanceOfSatisfying(
                        Result.Done.class,
                        done -> assertThat(done.summary())
                                .startsWith("wiped /dev/sda (8 MiB): 8 MiB overwritten and read back"));
    }

    /** It may be the second one, and the first one behind the controller. */
    @Test
    void thatAControllerHasNoDriverIsToldWithWorkThatTakesTheFirstDisk() throws IOException {
        Files.write(root.resolve("disk"), new byte[8 << 20]);
        Path controller = Files.createDirectories(root.resolve("sys/bus/pci/devices/0000:00:17.0"));
        Files.writeString(controller.resolve("class"), "0x010400\n");
        Files.writeString(controller.resolve("vendor"), "0x8086\n");
        Files.writeString(controller.resolve("device"), "0x282a\n");
        orders.add(new WorkOrder.Wipe(HEADING, List.of(), WorkOrder.Wipe.Method.SIGNATURES));

        assertThat(run()).isEqualTo(Ending.REBOOT);
        assertThat(reports)
                .extracting(Progress::note)
                .anyMatch(note -> note.startsWith("no driver for the storage controller 8086:282a"));
    }

    @Test
    void aCaptureThatIsToStopAtALockedPartitionSaysSoBeforeItTakesAnything() throws IOException {
        byte[] disk = new byte[1 << 20];
        System.arraycopy("\u00ebX\u0090-FVE-FS-".getBytes(StandardCharsets.ISO_8859_1), 0, disk, 0, 11);
        Files.write(root.resolve("disk"), disk);
        orders.add(new WorkOrder.Capture(
                HEADING, "room12", List.of("internal"), WorkOrder.Capture.IfLocked.STOP, List.of(), List.of()));

        assertThat(run()).isEqualTo(Ending.FAILED);
        assertThat(results).singleElement().isInstanceOfSatisfying(Result.Failed.class, failed -> {
            assertThat(failed.what()).isEqualTo("The capture was stopped before it began");
            assertThat(failed.cause()).contains("BitLocker");
        });
    }

    /** Of a disk with a table and boot code, and nothing else to fetch. */
    private static Manifest ofABiosSystem() throws IOException {
        return ofABiosSystem("");
    }

    /** @param more lines for sfdisk, of partitions of which the image has nothing */
    private static Manifest ofABiosSystem(String more) throws IOException {
        Path file = Files.createTempFile("table", ".img");
        try {
            byte[] octets = new byte[8 << 20];
            octets[0] = (byte) 0xEB;
            Files.write(file, octets);
            Tool made = Tool.run(List.of(
                    "sh",
                    "-c",
                    "printf 'label: dos\\nstart=2048, size=4096, type=82\\n" + more + "' | sfdisk -q --wipe never "
                            + file));
            assertThat(made.succeeded()).as(made.output()).isTrue();
            try (DiskFile disk = DiskFile.open(file, 512, Access.READ)) {
                PartitionTable table = PartitionTable.read(disk);
                Partition swap = table.partitions().getFirst();
                Region region =
                        new Region(1, swap.start(), swap.length(), "swap", new Content.Swap(new UUID(0, 1), "", 4096));
                return new Manifest(
                        Instant.EPOCH,
                        "test",
                        List.of(new DiskImage(disk.size(), 512, table.sectors(), List.of(region))),
                        List.of());
            }
        } finally {
            Files.delete(file);
        }
    }

    private static WorkOrder.Restore restore(WorkOrder.Restore.AddOn... addOns) {
        return restore(Map.of(), addOns);
    }

    private static WorkOrder.Restore restore(Map<String, String> options, WorkOrder.Restore.AddOn... addOns) {
        return new WorkOrder.Restore(
                HEADING, "room12", 3, List.of(), "", new TreeMap<>(options), List.of(addOns), false);
    }

    private Path fullDisk() throws IOException {
        byte[] data = new byte[8 << 20];
        Arrays.fill(data, (byte) 0x55);
        return Files.write(root.resolve("disk"), data);
    }

    @Test
    void whatWasTakenBackIsHeardBeforeTheDiskIsErased() throws IOException {
        Path file = fullDisk();
        manifest = Optional.of(ofABiosSystem());
        cancelled = true;
        for (WorkOrder order :
                List.of(restore(), new WorkOrder.Wipe(HEADING, List.of(), WorkOrder.Wipe.Method.SIGNATURES))) {
            orders.add(order);
            assertThat(run()).isEqualTo(Ending.FAILED);
            assertThat(results)
                    .last()
                    .isInstanceOfSatisfying(
                            Result.Failed.class,
                            failed -> assertThat(failed.what()).isEqualTo("The work was cancelled"));
            assertThat(Files.readAllBytes(file)).containsOnly(0x55);
        }
    }

    @Test
    void anImageForTheOtherFirmwareIsToldAlsoWhereAnAddOnFindsNoPlace() throws IOException {
        fullDisk();
        Path firmware = Files.createDirectories(root.resolve("sys/firmware/efi"));
        Files.writeString(firmware.resolve("fw_platform_size"), "64\n");
        manifest = Optional.of(ofABiosSystem());
        orders.add(restore());
        assertThat(run()).isEqualTo(Ending.REBOOT);
        assertThat(results)
                .singleElement()
                .isInstanceOfSatisfying(
                        Result.Done.class,
                        done -> assertThat(done.summary())
                                .contains("this PC started by UEFI, and the image has no EFI"));

        screen.reset();
        // The image has a partition 2, the disk of this test no node for it.
        manifest = Optional.of(ofABiosSystem("start=8192, type=83\\n"));
        orders.add(restore(Map.of("add-on-partition", "2"), new WorkOrder.Restore.AddOn("drivers", 1)));
        assertThat(run()).isEqualTo(Ending.FAILED);
        assertThat(results)
                .last()
                .isInstanceOfSatisfying(
                        Result.Failed.class,
                        failed -> assertThat(failed.what())
                                .isEqualTo("Add-on drivers@1: There is no place for the add-on"));
        assertThat(screen.toString(StandardCharsets.UTF_8)).contains("restored, but this PC started by UEFI");
    }

    /** The PC's old disk, which had this image, beside the new one. */
    @Test
    void anotherDiskWithPartitionsOfTheSameNamesIsTold() throws IOException {
        Path file = fullDisk();
        manifest = Optional.of(ofABiosSystem());
        Files.write(root.resolve("second"), new byte[8 << 20]);
        Path sdb = Files.createDirectories(root.resolve("sys/block/sdb"));
        Files.writeString(sdb.resolve("size"), "16384\n");
        orders.add(restore());
        assertThat(run()).isEqualTo(Ending.REBOOT);
        String alone = ((Result.Done) results.getLast()).summary();
        assertThat(alone).startsWith("restored room12 version 3").doesNotContain("/dev/sdb");

        Files.copy(file, root.resolve("second"), StandardCopyOption.REPLACE_EXISTING);
        orders.add(restore());
        assertThat(run()).isEqualTo(Ending.REBOOT);
        assertThat(((Result.Done) results.getLast()).summary())
                .contains(", but /dev/sdb (8 MiB) has partitions of the same names as the image");
        assertThat(reports).extracting(Progress::note).anyMatch(note -> note.startsWith("/dev/sdb (8 MiB) has"));

        for (String disk : List.of("sda", "sdb")) {
            Path device = Files.createDirectories(
                    root.resolve("sys/block").resolve(disk).resolve("device"));
            Files.writeString(device.resolve("serial"), "S6Z1\n");
        }
        orders.add(restore());
        assertThat(run()).isEqualTo(Ending.REBOOT);
        assertThat(((Result.Done) results.getLast()).summary())
                .as("a second way to the same disk")
                .doesNotContain("/dev/sdb");
    }

    /** The restore does not need it. */
    @Test
    void anotherDiskThatCannotBeReadIsPassedOver() throws IOException {
        fullDisk();
        manifest = Optional.of(ofABiosSystem());
        Path sdb = Files.createDirectories(root.resolve("sys/block/sdb"));
        Files.writeString(sdb.resolve("size"), "16384\n");
        orders.add(restore());
        assertThat(run()).isEqualTo(Ending.REBOOT);
        assertThat(((Result.Done) results.getLast()).summary()).doesNotContain("/dev/sdb");
        assertThat(screen.toString(StandardCharsets.UTF_8))
                .contains("/dev/sdb cannot be read for partitions of the image's names");
    }

    @Test
    void anAddOnForAPartitionThatTheImageHasNotIsRefusedBeforeTheErase() throws IOException {
        Path file = fullDisk();
        manifest = Optional.of(ofABiosSystem());
        for (String where : List.of("esp", "2", "system", "label=DATA")) {
            orders.add(restore(Map.of("add-on-partition", where), new WorkOrder.Restore.AddOn("drivers", 1)));
            assertThat(run()).isEqualTo(Ending.FAILED);
            assertThat(results)
                    .last()
                    .isInstanceOfSatisfying(
                            Result.Failed.class,
                            failed -> assertThat(failed.what())
                                    .isEqualTo("Add-on drivers@1: There is no place for the add-on"));
            assertThat(Files.readAllBytes(file)).containsOnly(0x55);
        }
        for (String where : List.of("system", "label=DATA", "1")) {
            orders.add(restore(
                    Map.of("add-on-partition", where, "partitions", "1"), new WorkOrder.Restore.AddOn("drivers", 1)));
            assertThat(run()).isEqualTo(Ending.FAILED);
            assertThat(results)
                    .last()
                    .isInstanceOfSatisfying(
                            Result.Failed.class,
                            failed -> assertThat(failed.cause()).endsWith("; nothing was written"));
            assertThat(Files.readAllBytes(file)).containsOnly(0x55);
        }
    }

    private Ending run() {
        CommandLine.Given given = (CommandLine.Given) CommandLine.parse(
                "firstlight.server=https://10.0.0.1:8443 firstlight.token=s3cret firstlight.pin=sha256:"
                        + "00".repeat(32) + " firstlight.mac=" + new MacAddress(0x525400123456L)
                        + " firstlight.maintenance=" + (maintenance ? 1 : 0));
        assertThat(given.server()).isEqualTo(URI.create("https://10.0.0.1:8443"));
        Console console = new Console(new PrintStream(screen, true, StandardCharsets.UTF_8));
        return new Engine(
                        given,
                        root,
                        new Told(),
                        console,
                        (node, writing) -> {
                            opened.add(node);
                            Path file = root.resolve(node.endsWith("sdb") ? "second" : "disk");
                            return DiskFile.open(file, 512, writing ? Access.READ_WRITE : Access.READ);
                        },
                        this::pause)
                .run();
    }

    /** The server's side, without a network. */
    private final class Told implements Exchange {
        @Override
        public <T> T send(String method, String path, String type, Body body, Reader<T> reader) throws IOException {
            if (away) {
                throw new IOException("Connect timed out");
            }
            try {
                byte[] said = octets(body);
                byte[] answer = switch (path) {
                    case "/engine/hello" -> {
                        if (refused) {
                            throw new Refused(new Problem(403, "The versions do not fit", "1 and 2", "Start again"));
                        }
                        yield WorkCodec.encode(orders.remove());
                    }
                    case "/engine/progress" -> {
                        if (cancelled) {
                            throw new Refused(new Problem(409, "The work was cancelled", "by anna", ""));
                        }
                        reports.add(WorkCodec.decodeProgress(said));
                        yield new byte[0];
                    }
                    case "/engine/result" -> {
                        results.add(WorkCodec.decodeResult(said));
                        yield new byte[0];
                    }
                    case "/engine/manifest" -> ManifestCodec.encode(manifest.orElseThrow());
                    case "/engine/add-ons/drivers/1" ->
                        ManifestCodec.encode(Manifest.of(
                                Instant.EPOCH,
                                "test",
                                new AddOn(PartitionChoice.SYSTEM, List.of(), List.of(), NOTHING),
                                List.of()));
                    default -> throw new ImageFailure("no " + path, "", "");
                };
                return reader.read(new ByteArrayInputStream(answer));
            } catch (MalformedMessage e) {
                throw new IOException(e);
            }
        }

        private static byte[] octets(Body body) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            body.write(out);
            return out.toByteArray();
        }
    }
}
