package firstlight.policy.work;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.HeldDisk;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FirstDiskTest {
    private static final String SYSTEM = "nvme0n1 512110190592 SYS1 PM9A1 NVMe Samsung 512GB";
    private static final String DATA = "sda 4000787030016 DATA1 WDC WD40";
    private static final String NEW = "nvme0n1 512110190592 SYS2 PM9A1 NVMe Samsung 512GB";

    private static Facts disks(String... disks) {
        return Facts.NONE.with(FactName.DISK, disks);
    }

    private static Optional<HeldDisk> first(Facts before, Facts now) {
        return FirstDisk.of(Optional.empty(), before, now);
    }

    private static Optional<HeldDisk> begun(Facts before, Facts now) {
        return FirstDisk.of(Optional.of(new HeldDisk("SYS1")), before, now);
    }

    @Test
    void isTheOneThatIsThere() {
        assertThat(first(Facts.NONE, disks(SYSTEM, DATA))).contains(new HeldDisk("SYS1"));
        assertThat(first(disks(SYSTEM, DATA), disks(SYSTEM, DATA))).contains(new HeldDisk("SYS1"));
    }

    @Test
    void isStillTheOneThatIsGoneWhenTheNextOneMovedUp() {
        assertThat(first(disks(SYSTEM, DATA), disks(DATA))).contains(new HeldDisk("SYS1"));
    }

    @Test
    void isNotForgottenByAnEngineWithoutWorkThatSeesTheNextOneAlone() {
        Facts once = FirstDisk.noted(disks(SYSTEM, DATA), disks(DATA));
        assertThat(once.first(FactName.MISSED_DISK)).contains("SYS1");
        Facts twice = FirstDisk.noted(once, disks(DATA));
        assertThat(first(twice, disks(DATA))).contains(new HeldDisk("SYS1"));

        assertThat(first(twice, disks(SYSTEM, DATA))).as("it is back").contains(new HeldDisk("SYS1"));
        assertThat(FirstDisk.noted(twice, disks(SYSTEM, DATA))).isEqualTo(disks(SYSTEM, DATA));
        assertThat(first(twice, disks(NEW, DATA))).as("replaced").contains(new HeldDisk("SYS2"));
        assertThat(FirstDisk.noted(twice, disks(NEW, DATA))).isEqualTo(disks(NEW, DATA));
        assertThat(FirstDisk.noted(Facts.NONE, disks(DATA))).isEqualTo(disks(DATA));
        assertThat(FirstDisk.noted(disks(SYSTEM, DATA), Facts.NONE)).isEqualTo(Facts.NONE);
    }

    /** A controller that is in RAID mode for one boot, or a disk that spins up too late. */
    @Test
    void isNotForgottenByAnEngineThatSeesNoDisk() {
        Facts missed = disks(DATA).with(FactName.MISSED_DISK, "SYS1");
        assertThat(FirstDisk.noted(missed, Facts.NONE).first(FactName.MISSED_DISK))
                .contains("SYS1");
        assertThat(FirstDisk.noted(missed, disks("vda 1000 -", DATA)).first(FactName.MISSED_DISK))
                .contains("SYS1");
        assertThat(FirstDisk.noted(missed, disks("vda 1000 -", SYSTEM)).first(FactName.MISSED_DISK))
                .isEmpty();
    }

    @Test
    void isForgottenWhenWorkThatWasHeldToItIsGivenAgain() {
        Facts missed = disks(DATA).with(FactName.MISSED_DISK, "SYS1");
        assertThat(FirstDisk.released(missed, Optional.of(new HeldDisk("SYS1", 2))))
                .isEqualTo(disks(DATA));
        assertThat(FirstDisk.released(missed, Optional.of(new HeldDisk("DATA1"))))
                .isEqualTo(missed);
        assertThat(FirstDisk.released(missed, Optional.empty())).isEqualTo(missed);
        assertThat(FirstDisk.released(disks(DATA), Optional.of(new HeldDisk("SYS1"))))
                .isEqualTo(disks(DATA));
    }

    @Test
    void isItsReplacementWhenThatWasNeverSeen() {
        assertThat(first(disks(SYSTEM, DATA), disks(NEW, DATA))).contains(new HeldDisk("SYS2"));
        assertThat(first(disks(SYSTEM), disks(NEW))).contains(new HeldDisk("SYS2"));
    }

    @Test
    void staysTheOneThatTheWorkWasBegunOnThoughAnotherComesFirst() {
        assertThat(begun(disks(SYSTEM), disks(DATA, SYSTEM))).contains(new HeldDisk("SYS1"));
        assertThat(begun(disks(DATA), disks(DATA))).contains(new HeldDisk("SYS1"));
        assertThat(begun(disks(DATA), disks(NEW, DATA))).contains(new HeldDisk("SYS2"));
        assertThat(begun(disks(DATA), Facts.NONE)).isEmpty();
    }

    /** As the namespaces of an NVMe have, and disks of one maker's carelessness. */
    @Test
    void isOneOfAsManyAsHaveItsSerialNumber() {
        String second = "nvme0n2 512110190592 SYS1 PM9A1 NVMe Samsung 512GB";
        HeldDisk oneOfTwo = new HeldDisk("SYS1", 2);
        assertThat(first(Facts.NONE, disks(SYSTEM, second))).contains(oneOfTwo);
        assertThat(first(disks(SYSTEM, second), disks(second)))
                .as("nobody can tell whether the first went")
                .contains(oneOfTwo);
        assertThat(first(disks(SYSTEM, second, DATA), disks(DATA))).contains(oneOfTwo);
        assertThat(FirstDisk.of(Optional.of(oneOfTwo), disks(SYSTEM, second), disks(second)))
                .contains(oneOfTwo);
    }

    @Test
    void staysWhatItIsInAListOfDisks() {
        for (HeldDisk disk : List.of(new HeldDisk("SYS1"), new HeldDisk("SYS1", 2))) {
            assertThat(HeldDisk.in(disk.disks())).contains(disk);
            assertThat(HeldDisk.isNamed(disk.disks())).isFalse();
        }
        for (String other : List.of("first=", "first=A B", "first=A 1", "first=A 2 2", "first=A 12345678901", "sda")) {
            assertThat(HeldDisk.in(List.of(other))).as(other).isEmpty();
        }
    }

    @Test
    void isUnknownWithoutADiskOrASerialNumber() {
        assertThat(first(disks(SYSTEM), Facts.NONE)).isEmpty();
        assertThat(first(Facts.NONE, disks("vda 1000 -"))).isEmpty();
        assertThat(first(disks("vda 1000 - Other"), disks("vda 1000 -", DATA))).isEmpty();
    }

    /** A memory card in a reader has a serial number too; no internal disk was seen while the controller was in RAID mode. */
    @Test
    void isNoneThatIsNotBuiltIn() {
        String card = "mmcblk0 32010928128 CARD1 SD32G";
        Facts ofCard = disks(card);
        Facts healed = disks(SYSTEM, card).with(FactName.DISK_HEALTH, "nvme0n1 good");
        assertThat(FirstDisk.of(Optional.of(new HeldDisk("CARD1")), ofCard, healed))
                .contains(new HeldDisk("SYS1"));
        assertThat(first(healed, disks(card).with(FactName.DISK_HEALTH, "sda unknown")))
                .isEmpty();
    }

    @Test
    void workIsHeldToItUntilAPersonGivesItAgain() {
        Task given = new Task.Wipe(List.of(), Task.WipeMethod.ZEROS);
        Task held = given.heldTo(new HeldDisk("SYS1"));
        assertThat(held.words()).isEqualTo("wipe (zeros)");
        assertThat(held.held()).contains(new HeldDisk("SYS1"));
        assertThat(held.asGiven()).isEqualTo(given);
    }

    @Test
    void disksThatSomebodyNamedAreTheirs() {
        Task named = new Task.Capture("room12", List.of("sdb"), Collections.emptySortedMap());
        assertThat(named.heldTo(new HeldDisk("SYS1"))).isEqualTo(named);
        assertThat(named.asGiven()).isEqualTo(named);
    }
}
