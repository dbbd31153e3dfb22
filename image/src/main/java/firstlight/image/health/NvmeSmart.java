package firstlight.image.health;

import firstlight.image.health.DiskHealth.Verdict;
import firstlight.model.Bytes;
import java.util.ArrayList;
import java.util.List;

/** The page SMART / Health Information of an NVMe disk (NVMe 1.4, 5.14.1.2). */
public final class NvmeSmart {
    /** Get Log Page (5.14). */
    public static final int GET_LOG_PAGE = 0x02;

    /** Page 02h, of 128 double words. */
    public static final int PAGE = 127 << 16 | 0x02;

    /** In octets. */
    public static final int DATA = 512;

    /** Offsets in the page. */
    private static final int WARNING = 0;

    private static final int PERCENTAGE_USED = 5;
    private static final int MEDIA_ERRORS = 160;

    /** Bits of the critical warning, in order. */
    private static final List<String> WARNINGS = List.of(
            "its spare blocks run out",
            "it is too hot or too cold",
            "it is not reliable any more",
            "it has become read-only",
            "its cache would not survive a power cut");

    /** Spare, reliability, read-only: what a pause or a fan does not mend. */
    private static final int FAILING = 0b1101;

    private NvmeSmart() {}

    public static DiskHealth decode(Bytes page) {
        if (page.length() != DATA) {
            return DiskHealth.malformed(page.length() + " octets of its health page");
        }
        List<String> signs = new ArrayList<>();
        int warning = page.unsigned(WARNING);
        for (int bit = 0; bit < WARNINGS.size(); bit++) {
            if ((warning & 1 << bit) != 0) {
                signs.add(WARNINGS.get(bit));
            }
        }
        int used = page.unsigned(PERCENTAGE_USED); // more than 100 is allowed; 255 stands for all above
        if (used >= 100) {
            signs.add(used + " % of its expected life are used");
        }
        long errors = 0;
        for (int octet = 7; octet >= 0; octet--) { // of 16: no disk comes near the upper 8
            errors = errors << 8 | page.unsigned(MEDIA_ERRORS + octet);
        }
        if (errors != 0) {
            signs.add(Long.toUnsignedString(errors) + " media errors");
        }
        if ((warning & FAILING) != 0) {
            return new DiskHealth(Verdict.FAILING, signs);
        }
        return new DiskHealth(signs.isEmpty() ? Verdict.GOOD : Verdict.WORN, signs);
    }
}
