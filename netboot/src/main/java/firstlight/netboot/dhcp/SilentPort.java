package firstlight.netboot.dhcp;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Judges when it is sure that broadcasts come to a card and nothing of them is heard at the port, and what is said then. Mutable, one
 * thread's; times are nanoseconds of any clock.
 */
final class SilentPort {
    /** What is heard at all was heard long before; a server that has just started may be that late. */
    private static final long PATIENCE = Duration.ofSeconds(3).toNanos();

    private final int port;
    private final List<String> others;
    private Optional<String> where = Optional.empty();
    private boolean filtered;
    private long since;
    private boolean told;

    /** @param others what else PCs must reach here: {@code 69/udp} */
    SilentPort(int port, List<String> others) {
        this.port = port;
        this.others = List.copyOf(others);
    }

    /**
     * A broadcast came to the card of that interface, or a relay's packet. Only the first counts.
     *
     * @param maybeFiltered whether the kernel drops it where the way back to its sender is another one
     */
    void came(String name, boolean maybeFiltered, long nanos) {
        if (where.isEmpty()) {
            where = Optional.of(name);
            filtered = maybeFiltered;
            since = nanos;
        }
    }

    boolean hasCome() {
        return where.isPresent();
    }

    /**
     * What there is to tell now, once.
     *
     * @param heard whether anything came to the port since the start, by whichever interface
     */
    Optional<String> told(long nanos, boolean heard) {
        if (told || heard || where.isEmpty() || nanos - since < PATIENCE) {
            return Optional.empty();
        }
        told = true;
        return where.map(this::warning);
    }

    boolean isTold() {
        return told;
    }

    private String warning(String name) {
        String first = port + "/udp";
        StringBuilder firewalld = new StringBuilder("firewall-cmd --permanent --add-port=" + first);
        StringBuilder ufw = new StringBuilder("ufw allow " + first);
        others.forEach(each -> {
            firewalld.append(" --add-port=").append(each);
            ufw.append("; ufw allow ").append(each);
        });
        return "PCs ask for an address on " + name
                + ", and Firstlight does not hear them: this host's firewall drops UDP port " + port
                + (filtered
                        ? ", or its reverse path filter drops what their DHCP relay sends, to whom the way back leads by another"
                                + " interface (`sysctl net.ipv4.conf." + name.replace('.', '/') + ".rp_filter=2`)"
                        : "")
                + ". No PC is booted until it lets in " + first + ", " + String.join(", ", others)
                + ". With firewalld: `" + firewalld
                + "; firewall-cmd --reload` (--zone=ZONE where " + name
                + " is in another than the default one); with ufw: `" + ufw
                + "`; with others see `nft list ruleset`";
    }
}
