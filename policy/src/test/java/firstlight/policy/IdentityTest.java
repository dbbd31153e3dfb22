package firstlight.policy;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MacAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTest {
    private static final Facts OFFICE_PC =
            facts("uuid=4c4c4544-0043-4a10-8052-b3c04f4d3232; serial=7CJR322; board-serial=/7CJR322/CN1; "
                    + "mac=18:66:da:00:00:01; disk=sda 256060514304 S3TWNX0K SAMSUNG; asset-tag=INV-0001");

    private static final String SAFE = "00ff".repeat(8);

    private final List<Device> known =
            new ArrayList<>(List.of(device(1, "office", OFFICE_PC).withMarks(IdentityKey.imageSafe(SAFE))));

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            # what happened            | what it shows now                                                                              | recognised as
            nothing, at DHCP           | mac=18:66:da:00:00:01; uuid=4c4c4544-0043-4a10-8052-b3c04f4d3232                                | office
            nothing, ROM without UUID  | mac=18:66:da:00:00:01                                                                          | office
            nothing, UUID unswapped    | mac=18:66:da:00:00:01; uuid=44454c4c-4300-104a-8052-b3c04f4d3232                                | office
            a new NIC                  | mac=00:e0:4c:00:00:09; uuid=4c4c4544-0043-4a10-8052-b3c04f4d3232                                | office
            a dock                     | mac=00:e0:4c:00:00:09; uuid=4c4c4544-0043-4a10-8052-b3c04f4d3232; serial=7CJR322                | office
            a new disk                 | uuid=4c4c4544-0043-4a10-8052-b3c04f4d3232; serial=7CJR322; disk=sda 1 NEW x                     | office
            UUID erased, serial left   | mac=00:e0:4c:00:00:09; uuid=00000000-0000-0000-0000-000000000000; serial=7CJR322                | office
            NIC moved to another PC    | mac=18:66:da:00:00:01; uuid=aaaaaaaa-0000-0000-0000-000000000001                                | nobody
            disk moved to another PC   | uuid=aaaaaaaa-0000-0000-0000-000000000001; serial=OTHER; disk=sda 256060514304 S3TWNX0K SAMSUNG | asked
            asset tag alone            | asset-tag=INV-0001                                                                             | nobody
            another board, old serial  | uuid=aaaaaaaa-0000-0000-0000-000000000001; board-serial=/NEW/; serial=7CJR322; disk=sda 256060514304 S3TWNX0K SAMSUNG | office
            another board, preboot     | mac=00:00:5e:00:00:07; uuid=aaaaaaaa-0000-0000-0000-000000000001; serial=7CJR322                | asked
            another board, no serial   | mac=00:00:5e:00:00:07; uuid=aaaaaaaa-0000-0000-0000-000000000001; disk=sda 256060514304 S3TWNX0K SAMSUNG | asked
            another board, asset tag   | uuid=aaaaaaaa-0000-0000-0000-000000000001; disk=sda 256060514304 S3TWNX0K SAMSUNG; asset-tag=INV-0001; mac=18:66:da:00:00:01 | office
            board with the old UUID    | uuid=4c4c4544-0043-4a10-8052-b3c04f4d3232; board-serial=/NEW/; serial=7CJR322                   | office
            two more disks             | uuid=4c4c4544-0043-4a10-8052-b3c04f4d3232; disk=sdb 1 NEW x                                     | office
            a PC with the same UUID    | mac=00:00:5e:00:00:07; uuid=4c4c4544-0043-4a10-8052-b3c04f4d3232; serial=OTHER                  | asked
            a stranger                 | mac=00:00:5e:00:00:07; uuid=aaaaaaaa-0000-0000-0000-000000000001                                | nobody
            board and NIC, safe data   | mac=00:00:5e:00:00:07; uuid=aaaaaaaa-0000-0000-0000-000000000001; disk=sda 256060514304 S3TWNX0K SAMSUNG; image-safe=00ff00ff00ff00ff00ff00ff00ff00ff | office
            and another serial number  | mac=00:00:5e:00:00:07; uuid=aaaaaaaa-0000-0000-0000-000000000001; serial=OTHER; disk=sda 256060514304 S3TWNX0K SAMSUNG; image-safe=00ff00ff00ff00ff00ff00ff00ff00ff | asked
            a clone of its disk        | mac=00:00:5e:00:00:07; uuid=aaaaaaaa-0000-0000-0000-000000000001; disk=sda 1 NEW x; image-safe=00ff00ff00ff00ff00ff00ff00ff00ff copied | asked
            a clone, nothing else      | mac=00:00:5e:00:00:07; disk=sda 1 NEW x; image-safe=00ff00ff00ff00ff00ff00ff00ff00ff copied | asked
            a clone without serial     | mac=00:00:5e:00:00:07; uuid=aaaaaaaa-0000-0000-0000-000000000001; image-safe=00ff00ff00ff00ff00ff00ff00ff00ff | asked
            a new disk with a copy     | uuid=4c4c4544-0043-4a10-8052-b3c04f4d3232; serial=7CJR322; disk=sda 1 NEW x; image-safe=00ff00ff00ff00ff00ff00ff00ff00ff copied | office
            another site's disk        | mac=00:00:5e:00:00:07; uuid=aaaaaaaa-0000-0000-0000-000000000001; image-safe=11111111111111111111111111111111 | nobody
            damaged safe data          | image-safe=00ff                                                                               | nobody
            shows nothing              | manufacturer=Dell Inc.                                                                         | nobody
            """)
    void aDeviceIsRecognisedByTheSumOfItsMarks(String happening, String shown, String name) {
        String recognised = switch (recognise(facts(shown))) {
            case Recognition.Known one -> one.device().name();
            case Recognition.Unknown _, Recognition.Nameless _ -> "nobody";
            case Recognition.Collision _ -> "several";
            case Recognition.Doubtful _ -> "asked";
        };
        assertThat(recognised).as(happening).isEqualTo(name);
    }

    @Test
    void twoDevicesThatShareADockAreToldApartByWhatElseTheyShow() {
        String dock = "mac=00:e0:4c:00:00:09; ";
        known.add(device(2, "one", facts(dock + "uuid=aaaaaaaa-0000-0000-0000-000000000001")));
        known.add(device(3, "two", facts(dock + "uuid=aaaaaaaa-0000-0000-0000-000000000002")));

        assertThat(recognise(facts(dock + "uuid=aaaaaaaa-0000-0000-0000-000000000002")))
                .isEqualTo(new Recognition.Known(known.get(2), List.of("same UUID", "same MAC")));
    }

    @Test
    void aCollisionIsShownAndNeverGuessed() {
        String dock = "mac=00:e0:4c:00:00:09; ";
        known.add(device(2, "one", facts(dock + "uuid=aaaaaaaa-0000-0000-0000-000000000001")));
        known.add(device(3, "two", facts(dock + "uuid=aaaaaaaa-0000-0000-0000-000000000002")));

        assertThat(recognise(facts(dock)))
                .isEqualTo(new Recognition.Collision(
                        known.subList(1, 3), List.of("it could be 'one': same MAC", "it could be 'two': same MAC")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "uuid=00000000-0000-0000-0000-000000000000",
                "uuid=ffffffff-ffff-ffff-ffff-ffffffffffff",
                "uuid=03000200-0400-0500-0006-000700080009",
                "uuid=00020003-0004-0005-0006-000700080009",
                "uuid=4C4C4544-0000-2010-8020-80C04F202020",
                "uuid=44454c4c-0000-1020-8020-80c04f202020",
                "uuid=01010101-0101-0101-0101-010101010101",
                "uuid=not a uuid",
                "serial=To be filled by O.E.M.",
                "serial=  default string ",
                "serial=0000000",
                "serial=System Serial Number",
                "serial=SYS-1234567890",
                "board-serial=Not Specified",
                "asset-tag=No Asset Tag",
                "mac=00:00:00:00:00:00",
                "mac=ff:ff:ff:ff:ff:ff",
                "disk=sda 1000 - QEMU HARDDISK"
            })
    void whatAVendorLeftBlankIsNoIdentity(String shown) {
        assertThat(IdentityKey.of(facts(shown))).isEmpty();
    }

    @Test
    void anAdapterThatManyPcsHaveUsedTellsNothing() {
        known.clear();
        String adapter = "mac=00:e0:4c:00:00:09; ";
        for (int i = 1; i <= 30; i++) {
            known.add(device(i, "pc" + i, facts(adapter + "uuid=aaaaaaaa-0000-0000-0000-0000000000" + (10 + i))));
        }

        assertThat(recognise(facts(adapter))).isInstanceOf(Recognition.Nameless.class);
        assertThat(recognise(facts(adapter + "uuid=aaaaaaaa-0000-0000-0000-000000000025")))
                .isEqualTo(new Recognition.Known(known.get(14), List.of("same UUID")));
        assertThat(recognise(facts(adapter + "uuid=aaaaaaaa-0000-0000-0000-000000000099")))
                .isInstanceOf(Recognition.Unknown.class);
    }

    @Test
    void aListedAdapterIsNoMark() {
        Facts docked = facts("mac=00:e0:4c:00:00:09");

        assertThat(Identity.marks(docked, Set.of(MacAddress.parse("00:e0:4c:00:00:09"))))
                .isEmpty();
        assertThat(Identity.marks(OFFICE_PC, Set.of(MacAddress.parse("00:e0:4c:00:00:09"))))
                .isEqualTo(IdentityKey.of(OFFICE_PC));
    }

    @Test
    void aUuidThatIsClonedTellsNothingOnceItIsSeenToBe() {
        known.clear();
        String cloned = "uuid=aaaaaaaa-0000-0000-0000-000000000001; ";
        known.add(device(1, "one", facts(cloned + "serial=S1; mac=52:54:00:00:00:01")));
        assertThat(recognise(facts(cloned + "serial=S2; mac=52:54:00:00:00:02")))
                .isInstanceOf(Recognition.Doubtful.class);

        known.add(device(2, "two", facts(cloned + "serial=S2; mac=52:54:00:00:00:02")));
        known.add(device(3, "three", facts(cloned + "serial=S3; mac=52:54:00:00:00:03")));
        assertThat(recognise(facts(cloned + "serial=S4; mac=52:54:00:00:00:04")))
                .isInstanceOf(Recognition.Unknown.class);
        assertThat(recognise(facts(cloned + "mac=52:54:00:00:00:02")))
                .isEqualTo(new Recognition.Known(known.get(1), List.of("same MAC")));
    }

    @Test
    void twoPcsThatExchangeTheirDisksStayWhoTheyAre() {
        known.clear();
        String one = "uuid=aaaaaaaa-0000-0000-0000-000000000001; serial=S1; board-serial=B1; disk=sda 1 ";
        String two = "uuid=aaaaaaaa-0000-0000-0000-000000000002; serial=S2; board-serial=B2; disk=sda 1 ";
        known.add(device(1, "one", facts(one + "K1 x")));
        known.add(device(2, "two", facts(two + "K2 x")));

        assertThat(recognise(facts(one + "K2 x"))).extracting("device").isEqualTo(known.get(0));
        assertThat(recognise(facts(two + "K1 x"))).extracting("device").isEqualTo(known.get(1));
    }

    @Test
    void whatIsWrittenOnADiskBecomesNoMarkOfThePcThatShowsIt() {
        Facts clone = facts(
                "mac=00:00:5e:00:00:07; uuid=aaaaaaaa-0000-0000-0000-000000000001; image-safe=" + SAFE + " copied");
        Question question = Question.open(IdentityKey.of(clone), clone, 0, known, List.of(), Instant.EPOCH);
        Question.Outcome.Register register = (Question.Outcome.Register)
                question.outcome(new Question.Answer.New(), Optional.empty(), Instant.EPOCH);
        known.add(device(2, "clone", clone).withMarks(register.marks()));

        assertThat(known.get(1).imageSafe()).isEmpty();
        assertThat(recognise(clone)).extracting("device").isEqualTo(known.get(1));
        assertThat(recognise(facts("image-safe=" + SAFE + "; mac=18:66:da:00:00:01")))
                .extracting("device")
                .isEqualTo(known.get(0));
    }

    @Test
    void whatAPersonAnsweredIsRespectedTheNextTime() {
        Facts repaired = facts("mac=00:00:5e:00:00:07; uuid=aaaaaaaa-0000-0000-0000-000000000001; "
                + "disk=sda 256060514304 S3TWNX0K SAMSUNG");
        Recognition doubt = recognise(repaired);
        assertThat(doubt).isInstanceOf(Recognition.Doubtful.class);
        Question question = Question.open(IdentityKey.of(repaired), repaired, 0, known, doubt.reasons(), Instant.EPOCH);

        Question.Outcome itIs =
                question.outcome(new Question.Answer.Is(1), Optional.of(known.getFirst()), Instant.EPOCH);
        Device office = ((Question.Outcome.Keep) itIs).device();
        known.set(0, office);
        assertThat(recognise(repaired))
                .isEqualTo(new Recognition.Known(office, List.of("a person said so of its UUID, MAC, disk serial")));
        assertThat(recognise(facts("mac=00:00:5e:00:00:07; uuid=aaaaaaaa-0000-0000-0000-000000000001")))
                .extracting("device")
                .isEqualTo(office);
    }

    @Test
    void aNewDeviceIsNotAskedForAgain() {
        Facts clone = facts("uuid=4c4c4544-0043-4a10-8052-b3c04f4d3232; serial=OTHER; mac=00:00:5e:00:00:07");
        Question question = Question.open(IdentityKey.of(clone), clone, 0, known, List.of(), Instant.EPOCH);

        Question.Outcome own = question.outcome(new Question.Answer.New(), Optional.empty(), Instant.EPOCH);
        Question.Outcome.Register register = (Question.Outcome.Register) own;
        known.add(device(2, "clone", register.wanted().facts()).withMarks(register.marks()));

        assertThat(recognise(clone)).extracting("device").isEqualTo(known.get(1));
        assertThat(recognise(OFFICE_PC)).extracting("device").isEqualTo(known.get(0));
    }

    /** At a shared dock, whose card tells nobody. */
    @Test
    void whatHasTheUuidOfADeviceAndAnotherDiskIsKnownByItsUuidAlone() {
        Device laptop = device(
                1,
                "laptop",
                facts("uuid=5a5a0001-1234-4321-9999-0123456789ab; mac=52:54:00:00:00:01; disk=sda 1 DISK-1 x"));
        String uuid = "uuid=5a5a0001-1234-4321-9999-0123456789ab; ";

        assertThat(Identity.isByUuidAlone(laptop, IdentityKey.of(facts(uuid + "disk=sda 1 DISK-2 x")), Set.of()))
                .isTrue();
        assertThat(Identity.isByUuidAlone(laptop, IdentityKey.of(facts(uuid + "disk=sda 1 DISK-1 x")), Set.of()))
                .isFalse();
        assertThat(Identity.isByUuidAlone(laptop, IdentityKey.of(facts(uuid)), Set.of()))
                .isFalse();

        Device seenAtItsDockOnly = device(2, "new", facts(uuid + "mac=00:e0:4c:00:00:09"));
        assertThat(Identity.isByUuidAlone(
                        seenAtItsDockOnly,
                        IdentityKey.of(facts(uuid + "mac=52:54:00:00:00:07; disk=sda 1 DISK-7 x")),
                        Set.of(MacAddress.parse("00:e0:4c:00:00:09"))))
                .isFalse();
    }

    private Recognition recognise(Facts shown) {
        return Identity.recognise(IdentityKey.of(shown), known);
    }

    static Device device(long id, String name, Facts facts) {
        return Device.fresh(id, name, Registration.REGISTERED, facts, Instant.EPOCH);
    }

    /** {@code key=value; key=value}. */
    static Facts facts(String text) {
        Facts facts = Facts.NONE;
        for (String pair : text.split(";", -1)) {
            if (!pair.isBlank()) {
                String[] parts = pair.strip().split("=", 2);
                FactName name = FactName.ofKey(parts[0]).orElseThrow();
                facts = name == FactName.MAC
                        ? facts.mergedWith(Facts.NONE.with(name, parts[1]))
                        : facts.with(name, parts[1]);
            }
        }
        return facts;
    }
}
