package firstlight.netboot.preboot;

import firstlight.model.FactName;
import firstlight.model.Facts;
import java.util.Set;

/**
 * Cards of which iPXE hears nothing more, for good, once packets came in a burst (more than it has receive buffers for, it seems; why was not
 * looked into): seen with the ROMs of 2019 in QEMU 7.2, whose LAN is faster than such a card ever was. HTTP sends in bursts; TFTP, as iPXE
 * speaks it, a packet at a time.
 */
final class LockStepCards {
    /** Vendor and device on PCI. */
    private static final Set<String> SEEN = Set.of(
            "8086:1209", // Intel 82551, 82559ER
            "8086:1229", // Intel 82550, 82557 to 82559
            "1022:2000"); // AMD PCnet

    private LockStepCards() {}

    static boolean isOne(Facts facts) {
        return facts.first(FactName.NIC_PCI_ID).filter(SEEN::contains).isPresent();
    }
}
