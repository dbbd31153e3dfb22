package firstlight.policy;

import firstlight.model.Facts;
import firstlight.policy.IdentityKey.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Recognises a device by the sum of its marks: what agrees counts for it, what contradicts counts against it. */
public final class Identity {
    /** The sum from which on a device is recognised. */
    static final int ENOUGH = 30;
    /** How far the best must be ahead of the next for the choice to be no guess. */
    static final int MARGIN = 20;

    private static final List<Kind> KINDS = List.of(Kind.values());

    private Identity() {}

    private record Candidate(Device device, int score, List<String> reasons) {}

    /** {@code candidates}: at least all devices that share a mark with {@code facts}. */
    public static Recognition recognise(Facts facts, Collection<Device> candidates) {
        Set<IdentityKey> shown = IdentityKey.of(facts);
        if (shown.isEmpty()) {
            return new Recognition.Unknown(List.of("it shows nothing by which a device can be told from another"));
        }
        List<Candidate> likely = candidates.stream()
                .map(device -> weigh(device, shown))
                .filter(candidate -> candidate.score >= ENOUGH)
                .sorted(Comparator.comparingInt((Candidate candidate) -> -candidate.score)
                        .thenComparing(candidate -> candidate.device.id()))
                .toList();
        if (likely.isEmpty()) {
            return new Recognition.Unknown(List.of("no known device has its " + names(shown)));
        }
        Candidate best = likely.getFirst();
        List<Candidate> close = likely.stream()
                .filter(candidate -> best.score - candidate.score < MARGIN)
                .toList();
        if (close.size() == 1) {
            return new Recognition.Known(best.device, best.reasons);
        }
        return new Recognition.Collision(
                close.stream().map(Candidate::device).toList(),
                close.stream()
                        .map(candidate -> "it could be '" + candidate.device.name() + "': "
                                + String.join(", ", candidate.reasons))
                        .toList());
    }

    private static Candidate weigh(Device device, Set<IdentityKey> shown) {
        Set<IdentityKey> known = IdentityKey.of(device.facts());
        int score = 0;
        List<String> reasons = new ArrayList<>();
        for (Kind kind : KINDS) {
            if (!hasAny(kind, known) || !hasAny(kind, shown)) {
                continue;
            }
            if (sharesAny(kind, known, shown)) {
                score += kind.weight();
                reasons.add("same " + kind.words());
            } else if (kind.isSingle()) {
                score -= kind.weight();
                reasons.add("another " + kind.words());
            }
        }
        return new Candidate(device, score, List.copyOf(reasons));
    }

    private static boolean hasAny(Kind kind, Set<IdentityKey> keys) {
        for (IdentityKey key : keys) {
            if (key.kind() == kind) {
                return true;
            }
        }
        return false;
    }

    private static boolean sharesAny(Kind kind, Set<IdentityKey> known, Set<IdentityKey> shown) {
        for (IdentityKey key : shown) {
            if (key.kind() == kind && known.contains(key)) {
                return true;
            }
        }
        return false;
    }

    private static String names(Set<IdentityKey> keys) {
        return keys.stream().map(key -> key.kind().words()).distinct().collect(Collectors.joining(", "));
    }
}
