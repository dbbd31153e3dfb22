package firstlight.policy;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.FactName;
import firstlight.model.Facts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTest {
    private static final Facts OFFICE_PC =
            facts("uuid=4c4c4544-0043-4a10-8052-b3c04f4d3232; serial=7CJR322; board-serial=/7CJR322/CN1; "
                    + "mac=18:66:da:00:00:01; disk=sda 256060514304 S3TWNX0K SAMSUNG; asset-tag=INV-0001");

    private final List<Device> known = new ArrayList<>(List.of(device(1, "office", OFFICE_PC)));

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
            disk moved to another PC   | uuid=aaaaaaaa-0000-0000-0000-000000000001; serial=OTHER; disk=sda 256060514304 S3TWNX0K SAMSUNG | nobody
            asset tag alone            | asset-tag=INV-0001                                                                             | nobody
            a PC with the same UUID    | mac=00:00:5e:00:00:07; uuid=4c4c4544-0043-4a10-8052-b3c04f4d3232; serial=OTHER                  | nobody
            a stranger                 | mac=00:00:5e:00:00:07; uuid=aaaaaaaa-0000-0000-0000-000000000001                                | nobody
            shows nothing              | manufacturer=Dell Inc.                                                                         | nobody
            """)
    void aDeviceIsRecognisedByTheSumOfItsMarks(String happening, String shown, String name) {
        String recognised = switch (Identity.recognise(facts(shown), known)) {
            case Recognition.Known one -> one.device().name();
            case Recognition.Unknown _ -> "nobody";
            case Recognition.Collision _ -> "several";
        };
        assertThat(recognised).as(happening).isEqualTo(name);
    }

    @Test
    void twoDevicesThatShareADockAreToldApartByWhatElseTheyShow() {
        String dock = "mac=00:e0:4c:00:00:09; ";
        known.add(device(2, "one", facts(dock + "uuid=aaaaaaaa-0000-0000-0000-000000000001")));
        known.add(device(3, "two", facts(dock + "uuid=aaaaaaaa-0000-0000-0000-000000000002")));

        assertThat(Identity.recognise(facts(dock + "uuid=aaaaaaaa-0000-0000-0000-000000000002"), known))
                .isEqualTo(new Recognition.Known(known.get(2), List.of("same UUID", "same MAC")));
    }

    @Test
    void aCollisionIsShownAndNeverGuessed() {
        String dock = "mac=00:e0:4c:00:00:09; ";
        known.add(device(2, "one", facts(dock + "uuid=aaaaaaaa-0000-0000-0000-000000000001")));
        known.add(device(3, "two", facts(dock + "uuid=aaaaaaaa-0000-0000-0000-000000000002")));

        assertThat(Identity.recognise(facts(dock), known))
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
                "uuid=not a uuid",
                "serial=To be filled by O.E.M.",
                "serial=  default string ",
                "serial=0000000",
                "serial=System Serial Number",
                "board-serial=Not Specified",
                "asset-tag=No Asset Tag",
                "mac=00:00:00:00:00:00",
                "mac=ff:ff:ff:ff:ff:ff",
                "disk=sda 1000 - QEMU HARDDISK"
            })
    void whatAVendorLeftBlankIsNoIdentity(String shown) {
        assertThat(IdentityKey.of(facts(shown))).isEmpty();
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
                facts = facts.mergedWith(Facts.ofKeys(Map.of(parts[0], List.of(parts[1]))));
                assertThat(FactName.ofKey(parts[0])).isPresent();
            }
        }
        return facts;
    }
}
