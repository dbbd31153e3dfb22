package firstlight.server.access;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Slows down guessing: after a few failures for one name or from one address each further one doubles the wait. Per
 * server, in memory: a restart forgives.
 */
final class SignInLimit {
    private static final int FREE = 5;
    /** A school's technicians sit behind one address. */
    private static final int FREE_OF_ADDRESS = 20;

    private static final Duration FIRST_WAIT = Duration.ofSeconds(10);
    private static final int DOUBLINGS = 6;
    private static final Duration FORGOTTEN = Duration.ofMinutes(30);
    private static final int MANY = 10_000;

    private record Failures(int count, Instant last) {}

    private final Map<String, Failures> byKey = new ConcurrentHashMap<>();

    /** How long this name or this address has to wait still; empty when it may try. */
    Optional<Duration> wait(String name, String address, Instant now) {
        Duration longest = longer(wait(keyOfName(name), FREE, now), wait(keyOf(address), FREE_OF_ADDRESS, now));
        return longest.isPositive() ? Optional.of(longest) : Optional.empty();
    }

    void failed(String name, String address, Instant now) {
        if (byKey.size() > MANY) {
            byKey.values().removeIf(failures -> now.isAfter(failures.last.plus(FORGOTTEN)));
        }
        count(keyOfName(name), now);
        count(keyOf(address), now);
    }

    /** The right password forgives its name, not its address: somebody may know one password and guess others. */
    void succeeded(String name) {
        byKey.remove(keyOfName(name));
    }

    private void count(String key, Instant now) {
        byKey.merge(
                key,
                new Failures(1, now),
                (before, _) -> new Failures(now.isAfter(before.last.plus(FORGOTTEN)) ? 1 : before.count + 1, now));
    }

    private Duration wait(String key, int free, Instant now) {
        Failures failures = byKey.get(key);
        if (failures == null || failures.count < free || now.isAfter(failures.last.plus(FORGOTTEN))) {
            return Duration.ZERO;
        }
        Duration whole = FIRST_WAIT.multipliedBy(1L << Math.min(failures.count - free, DOUBLINGS));
        return Duration.between(now, failures.last.plus(whole));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** As accounts are looked for: who writes the name otherwise guesses at the same account. LDAP takes several blanks for one, too. */
    private static String keyOfName(String name) {
        return "name " + name.strip().replaceAll("\\s+", " ").toLowerCase(java.util.Locale.ROOT);
    }

    private static String keyOf(String address) {
        return "address " + address;
    }
}
