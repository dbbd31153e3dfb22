package firstlight.server.access;

import firstlight.model.Bytes;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Slows down guessing: after a few failures for one name or from one address, or many from one network
 * of IPv6, each further one doubles the wait. What is being verified counts as a failure until it is
 * known, else a thousand guesses at once would all be tried. Per server, in memory: a restart forgives.
 */
final class SignInLimit {
    /** Failures for one name that cost no waiting. */
    private static final int FREE = 5;
    /** A school's technicians sit behind one address. */
    private static final int FREE_OF_ADDRESS = 20;

    /** Who has a network of IPv6 (64 bits of it) has an address for each guess; but a whole school sits in one as well. */
    private static final int FREE_OF_NETWORK = 100;

    /** After the first failure that costs something; doubled at most {@link #DOUBLINGS} times, which is 640 s. */
    private static final Duration FIRST_WAIT = Duration.ofSeconds(10);

    private static final int DOUBLINGS = 6;
    /** In which all free ones are forgotten, one after another. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(30);
    /** Names and addresses in memory before those that cost nothing are dropped. */
    private static final int MANY = 10_000;

    /** What came of an attempt. */
    enum Outcome {
        RIGHT,
        WRONG,
        /** Nobody could tell. */
        UNKNOWN
    }

    /** @param pending begun and not ended */
    private record Attempts(int failures, Instant last, int pending) {
        static final Attempts NONE = new Attempts(0, Instant.EPOCH, 0);

        /** One is forgotten after another once its wait is over, so that a day's typing errors behind one address do not add up. */
        int failures(int free, Instant now) {
            Duration since = Duration.between(last.plus(whole(free)), now);
            return since.isNegative()
                    ? failures
                    : (int) Math.max(0, failures - since.dividedBy(FORGOTTEN.dividedBy(free)));
        }

        private Duration whole(int free) {
            return failures < free
                    ? Duration.ZERO
                    : FIRST_WAIT.multipliedBy(1L << Math.min(failures - free, DOUBLINGS));
        }

        /** Without those that nobody knows the end of. */
        Attempts ended() {
            return new Attempts(failures, last, 0);
        }

        Duration wait(int free, Instant now) {
            if (failures(free, now) + pending < free) {
                return Duration.ZERO;
            }
            Duration left = Duration.between(now, last.plus(whole(free)));
            return pending > 0 ? longer(FIRST_WAIT, left) : left;
        }
    }

    /** By name, address and network; with this object's lock in hand. */
    private final Map<String, Attempts> byKey = new HashMap<>();

    /**
     * Why somebody has to wait.
     *
     * @param failed too much failed; else others are being verified
     */
    record Wait(Duration time, boolean failed) {}

    /** What is counted for itself, and how many failures of it cost nothing. */
    private record Counted(String key, int free) {}

    /** Empty when it may be tried now, and then it must be {@link #ended}; else how long this name or this address has to wait still. */
    synchronized Optional<Wait> begun(String name, String address, Instant now) {
        Optional<Wait> wait = wait(name, address, now);
        if (wait.isEmpty()) {
            counted(name, address).forEach(each -> add(each.key, 1));
        }
        return wait;
    }

    synchronized Optional<Wait> wait(String name, String address, Instant now) {
        Duration longest = Duration.ZERO;
        boolean failed = false;
        for (Counted each : counted(name, address)) {
            Attempts attempts = attempts(each.key);
            longest = longer(longest, attempts.wait(each.free, now));
            failed |= attempts.ended().wait(each.free, now).isPositive();
        }
        return longest.isPositive() ? Optional.of(new Wait(longest, failed)) : Optional.empty();
    }

    /**
     * The right password forgives its name, not its address: somebody may know one password and guess others. Once for each that {@link
     * #begun} let through.
     */
    synchronized void ended(String name, String address, Outcome outcome, Instant now) {
        counted(name, address).forEach(each -> add(each.key, -1));
        switch (outcome) {
            case RIGHT -> keep(keyOfName(name), new Attempts(0, Instant.EPOCH, attempts(keyOfName(name)).pending));
            case WRONG -> {
                counted(name, address).forEach(each -> count(each.key, each.free, now));
                if (byKey.size() > MANY) {
                    forget(now);
                }
            }
            case UNKNOWN -> {}
        }
    }

    /** Those that need not wait: whoever fills the memory with names may try each of them a little more often. */
    private void forget(Instant now) {
        byKey.values()
                .removeIf(each -> each.pending == 0 && !each.wait(FREE, now).isPositive());
    }

    private void count(String key, int free, Instant now) {
        Attempts before = attempts(key);
        // More make no longer a wait, and would have to be forgotten one by one.
        int known = Math.min(before.failures(free, now), free + DOUBLINGS);
        keep(key, new Attempts(known + 1, now, before.pending));
    }

    private void add(String key, int pending) {
        Attempts before = attempts(key);
        keep(key, new Attempts(before.failures, before.last, Math.max(0, before.pending + pending)));
    }

    private Attempts attempts(String key) {
        return byKey.getOrDefault(key, Attempts.NONE);
    }

    private void keep(String key, Attempts attempts) {
        if (attempts.equals(Attempts.NONE)) {
            byKey.remove(key);
        } else {
            byKey.put(key, attempts);
        }
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** As accounts are looked for: who writes the name otherwise guesses at the same account. LDAP takes several blanks for one, too. */
    private static String keyOfName(String name) {
        return "name " + name.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }

    private static List<Counted> counted(String name, String address) {
        List<Counted> all = new ArrayList<>(
                List.of(new Counted(keyOfName(name), FREE), new Counted("address " + address, FREE_OF_ADDRESS)));
        network(address).ifPresent(network -> all.add(new Counted(network, FREE_OF_NETWORK)));
        return all;
    }

    /** Of an address of IPv6 as a socket tells it. */
    private static Optional<String> network(String address) {
        if (address.indexOf(':') < 0) {
            return Optional.empty();
        }
        try {
            byte[] octets = InetAddress.ofLiteral(address).getAddress();
            return octets.length == 16
                    ? Optional.of("network " + Bytes.of(Arrays.copyOf(octets, 8)))
                    : Optional.empty();
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }
}
