package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.Tool;
import firstlight.image.safe.SafeArea;
import firstlight.image.safe.SafeData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeDisksTest {
    @TempDir
    Path folder;

    private static final Instant NOW = Instant.parse("2026-11-28T10:00:00Z");
    private static final String OURS = "0123456789abcdef0123456789abcdef";
    private static final String NETWORK = "10.0.0.9/24";

    private static Optional<String> networkAfter(Map<String, String> before) {
        return SafeDisks.after(
                        Optional.of(SafeData.of(before)),
                        new TreeMap<>(Map.of(SafeData.IDENTITY, OURS)),
                        "room12",
                        1,
                        "DISK1",
                        NOW)
                .data()
                .get(SafeData.NETWORK);
    }

    /** The restore is done when they are written: it does not fail for them. */
    @Test
    void ofDataThatAreNearlyFullTheImagesOwnAreLeftOutAndTold() {
        SafeData before = SafeData.of(Map.of(
                SafeData.IDENTITY,
                OURS,
                SafeData.DISK_SERIAL,
                "DISK1",
                SafeData.LAST_IMAGE,
                "old",
                "notes",
                "x".repeat(3_340)));
        SafeDisks.After after = SafeDisks.after(
                Optional.of(before), new TreeMap<>(Map.of(SafeData.IDENTITY, OURS)), "room12", 1, "DISK1", NOW);
        assertThat(after.leftOut()).containsExactly(SafeData.LAST_IMAGED);
        assertThat(after.data().values())
                .containsEntry(SafeData.JUST_IMAGED, "yes")
                .containsEntry(SafeData.LAST_IMAGE, "room12")
                .containsEntry("notes", "x".repeat(3_340));

        SafeData full = SafeData.of(
                Map.of(SafeData.LAST_IMAGE, "old", SafeData.DISK_SERIAL, "DISK1", "notes", "x".repeat(3_450)));
        SafeDisks.After none = SafeDisks.after(
                Optional.of(full), new TreeMap<>(Map.of(SafeData.IDENTITY, OURS)), "room12", 1, "DISK1", NOW);
        assertThat(none.leftOut())
                .contains(SafeData.JUST_IMAGED, SafeData.LAST_IMAGE, SafeData.IDENTITY)
                .doesNotContain(SafeData.DISK_SERIAL);
        assertThat(none.data().values()).containsOnlyKeys(SafeData.DISK_SERIAL, "notes");
    }

    /** A system's disk may have no room for them: its first partition begins at sector 63, or it has no table. */
    @Test
    void aSystemWhoseDiskHasNoneGetsWhatThePcsOtherDisksSay() throws IOException {
        try (OpenDisks disks = disks("one", "two", "three")) {
            List<Disk> all = disks.disks();
            List<String> said = new ArrayList<>();
            Disk bare = all.getLast();
            assertThat(SafeDisks.of(bare, disks, said::add).values()).isEmpty();
            SafeData ours = SafeData.of(
                    Map.of(SafeData.IDENTITY, OURS, SafeData.NETWORK, NETWORK, SafeData.DISK_SERIAL, "one"));
            SafeArea.write(all.getFirst(), ours);
            assertThat(SafeDisks.of(bare, disks, said::add).get(SafeData.NETWORK))
                    .contains(NETWORK);
            SafeData copied = SafeData.of(Map.of(SafeData.IDENTITY, "another's", SafeData.DISK_SERIAL, "another"));
            SafeArea.write(all.get(1), copied);
            assertThat(SafeDisks.of(bare, disks, said::add).get(SafeData.IDENTITY))
                    .contains(OURS);
            SafeArea.write(
                    all.get(1), SafeData.of(Map.of(SafeData.IDENTITY, "another's", SafeData.DISK_SERIAL, "two")));
            assertThat(SafeDisks.of(bare, disks, said::add).values()).isEmpty();
            assertThat(SafeDisks.of(all.get(1), disks, said::add).get(SafeData.IDENTITY))
                    .contains("another's");
            assertThat(said).isEmpty();
        }
    }

    /** A data disk that nothing was restored onto may be another PC's. */
    @Test
    void nothingIsWrittenToADiskOfWhichNoPartitionWasChosen() throws IOException {
        try (OpenDisks disks = disks("one", "two")) {
            List<SafeData> kept = SafeDisks.keep(
                    disks,
                    SafeDisks.before(disks.disks()),
                    i -> i == 1,
                    _ -> false,
                    new TreeMap<>(Map.of(SafeData.IDENTITY, OURS)),
                    "",
                    0,
                    words -> assertThat(words).isEmpty());
            assertThat(kept).hasSize(2);
            assertThat(SafeArea.find(disks.disks().getFirst())).isEmpty();
            assertThat(SafeArea.find(disks.disks().getLast())).contains(kept.getLast());
        }
    }

    /** A member of an array has its data there, and zeros among them; the table is what the disk had before. */
    @Test
    void nothingIsWrittenIntoWhatWasCapturedWholeThoughThereIsATable() throws IOException {
        try (OpenDisks disks = disks("one")) {
            List<String> said = new ArrayList<>();
            SafeDisks.keep(
                    disks,
                    SafeDisks.before(disks.disks()),
                    _ -> true,
                    _ -> true,
                    new TreeMap<>(Map.of(SafeData.IDENTITY, OURS)),
                    "room12",
                    1,
                    said::add);
            assertThat(SafeArea.find(disks.disks().getFirst())).isEmpty();
            assertThat(said).singleElement().asString().endsWith("the image has no partition table of it");
        }
    }

    private OpenDisks disks(String... names) throws IOException {
        List<BlockDevices.Device> devices = Stream.of(names)
                .map(name -> new BlockDevices.Device(name, 16 << 20, name, "", true))
                .toList();
        for (BlockDevices.Device device : devices) {
            Path file = Files.write(folder.resolve(device.name()), new byte[16 << 20]);
            Tool table = Tool.run(
                    List.of("sh", "-c", "printf 'label: gpt\nstart=2048\n' | sfdisk --quiet '%s'".formatted(file)));
            assertThat(table.succeeded()).as(table.output()).isTrue();
        }
        DiskOpener opener =
                (node, _) -> DiskFile.open(folder.resolve(node.getFileName().toString()), 512, Access.READ_WRITE);
        return OpenDisks.of(devices, opener, true);
    }

    /** They stay on the disk while it is restored, so that a restore that is cut off has them still. */
    @Test
    void whereTheImageLeavesNoRoomForThemTheyAreTakenAwayOnceAllOfItIsThere() throws IOException {
        try (OpenDisks disks = disks("one")) {
            Disk disk = disks.disks().getFirst();
            SafeData former = SafeData.of(Map.of(SafeData.IDENTITY, OURS));
            assertThat(SafeArea.write(disk, former)).isEmpty();
            disk.write(
                    (1 << 20) - (8 << 10),
                    ByteBuffer.wrap("a boot loader".repeat(100).getBytes(StandardCharsets.US_ASCII), 0, 512));
            List<Optional<SafeData>> before = SafeDisks.before(disks.disks());
            assertThat(before).containsExactly(Optional.of(former));

            List<String> said = new ArrayList<>();
            SafeDisks.keep(disks, before, _ -> true, _ -> false, new TreeMap<>(), "", 0, said::add);
            assertThat(SafeArea.find(disk)).as("chosen partitions").contains(former);
            SafeDisks.keep(disks, before, _ -> true, _ -> false, new TreeMap<>(), "room12", 1, said::add);
            assertThat(SafeArea.find(disk)).as("a whole image").isEmpty();
            assertThat(said)
                    .hasSize(2)
                    .allSatisfy(words -> assertThat(words).startsWith("no room for image-safe data on "));
        }
    }

    @Test
    void whatTheSameDeviceWroteIsKept() {
        assertThat(networkAfter(Map.of(SafeData.IDENTITY, OURS, SafeData.NETWORK, NETWORK)))
                .contains(NETWORK);
    }

    @Test
    void whatAPersonWroteBeforeTheServerKnewThePcIsKept() {
        assertThat(networkAfter(Map.of(SafeData.DISK_SERIAL, "DISK1", SafeData.NETWORK, NETWORK)))
                .contains(NETWORK);
    }

    @Test
    void chosenPartitionsLeaveWhatIsKnownOfTheWholeImage() {
        SafeData before = SafeData.of(Map.of(SafeData.LAST_IMAGE, "room12", SafeData.LAST_VERSION, "3"));
        SafeData after = SafeDisks.after(Optional.of(before), new TreeMap<>(), "", 4, "DISK1", NOW)
                .data();
        assertThat(after.get(SafeData.LAST_IMAGE)).contains("room12");
        assertThat(after.get(SafeData.LAST_VERSION)).contains("3");
        assertThat(after.get(SafeData.JUST_IMAGED)).contains("yes");
    }

    @Test
    void whatAnotherDeviceWroteOrWasCopiedFromAnotherDiskIsNot() {
        String other = "f".repeat(32);
        assertThat(networkAfter(Map.of(SafeData.IDENTITY, other, SafeData.NETWORK, NETWORK)))
                .isEmpty();
        assertThat(networkAfter(Map.of(SafeData.DISK_SERIAL, "DISK2", SafeData.NETWORK, NETWORK)))
                .isEmpty();
    }
}
