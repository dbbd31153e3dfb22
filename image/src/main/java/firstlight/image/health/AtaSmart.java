package firstlight.image.health;

import firstlight.image.health.DiskHealth.Verdict;
import firstlight.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * SMART of an ATA disk, asked for through SCSI (SAT-3, 12.2: ATA PASS-THROUGH (16)).
 *
 * <pre>
 *  85 | protocol | transfer | features 2 | count 2 | LBA low 2 | LBA mid 2 | LBA high 2 | device | command | control
 * </pre>
 *
 * <p>The attributes have no standard but what all makers do (SFF-8035i): 30 entries of 12 octets from octet 2 on.
 */
public final class AtaSmart {
    /** ACS-4, 7.46.3 SMART RETURN STATUS (B0h/DAh): no data; CK_COND has the registers put into the sense data. */
    public static final Bytes RETURN_STATUS =
            Bytes.ofHex("850620" + "00da" + "0000" + "0000" + "004f" + "00c2" + "00b000");

    /** ACS-2, 7.53.6 SMART READ DATA (B0h/D0h): PIO in, one block of 512 octets. */
    public static final Bytes READ_DATA = Bytes.ofHex("85080e" + "00d0" + "0001" + "0000" + "004f" + "00c2" + "00b000");

    /** In octets. */
    public static final int DATA = 512;

    private static final int ATTRIBUTES = 30;
    private static final int ENTRY = 12;
    /** Numbers of attributes: sectors that were replaced, that cannot be read for now, that could not be corrected. */
    private static final int REALLOCATED = 5;

    private static final int PENDING = 197;
    private static final int UNCORRECTABLE = 198;

    private AtaSmart() {}

    /**
     * @param sense of {@link #RETURN_STATUS}
     * @param data of {@link #READ_DATA}; empty when the disk gave none
     */
    public static DiskHealth decode(Bytes sense, Bytes data) {
        Optional<Boolean> failing = failing(sense);
        if (failing.isEmpty() && data.length() == 0) {
            return DiskHealth.UNKNOWN;
        }
        List<String> signs = new ArrayList<>();
        if (failing.orElse(false)) {
            signs.add("its own check says so");
        }
        if (data.length() != 0 && data.length() != DATA) {
            return DiskHealth.malformed(data.length() + " octets of SMART data");
        }
        boolean sound = sum(data) == 0;
        if (sound && data.length() == DATA) {
            // The upper octets of these hold other things at some makers'.
            count(signs, raw(data, REALLOCATED) & 0xffff, "reallocated");
            count(signs, raw(data, PENDING) & 0xffff_ffffL, "pending (cannot be read for now)");
            count(signs, raw(data, UNCORRECTABLE) & 0xffff_ffffL, "uncorrectable");
        }
        if (failing.orElse(false)) {
            return new DiskHealth(Verdict.FAILING, signs);
        }
        if (!sound) {
            return DiskHealth.malformed("the checksum of its SMART data");
        }
        boolean lost = raw(data, PENDING) != 0 || raw(data, UNCORRECTABLE) != 0;
        return new DiskHealth(lost ? Verdict.WORN : Verdict.GOOD, signs);
    }

    /** The registers LBA mid and high: 4Fh C2h as they were sent, or F4h 2Ch for a threshold exceeded; empty when not there. */
    private static Optional<Boolean> failing(Bytes sense) {
        int format = octet(sense, 0) & 0x7f;
        int registers;
        if (format == 0x72 && octet(sense, 8) == 0x09) {
            registers = octet(sense, 8 + 9) << 8
                    | octet(sense, 8 + 11); // SAT-3, 12.2.2.6: the ATA Status Return descriptor
        } else if (format == 0x70) {
            registers = octet(sense, 10) << 8 | octet(sense, 11); // SAT-3, 12.2.2.7: fixed format
        } else {
            return Optional.empty();
        }
        return switch (registers) {
            case 0x4fc2 -> Optional.of(false);
            case 0xf42c -> Optional.of(true);
            default -> Optional.empty();
        };
    }

    /** An attribute's raw value, 0 when the disk does not have it. */
    private static long raw(Bytes data, int attribute) {
        for (int i = 0; i < ATTRIBUTES; i++) {
            int at = 2 + i * ENTRY;
            if (octet(data, at) == attribute) {
                long value = 0;
                for (int octet = 5; octet >= 0; octet--) {
                    value = value << 8 | octet(data, at + 5 + octet);
                }
                return value;
            }
        }
        return 0;
    }

    private static void count(List<String> signs, long sectors, String what) {
        if (sectors != 0) {
            signs.add(sectors + (sectors == 1 ? " sector " : " sectors ") + what);
        }
    }

    private static int sum(Bytes data) {
        int sum = 0;
        for (int i = 0; i < data.length(); i++) {
            sum += octet(data, i);
        }
        return sum & 0xff;
    }

    private static int octet(Bytes octets, int at) {
        return at < octets.length() ? octets.unsigned(at) : 0;
    }
}
