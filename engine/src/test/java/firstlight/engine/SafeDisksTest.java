package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.safe.SafeData;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SafeDisksTest {
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
