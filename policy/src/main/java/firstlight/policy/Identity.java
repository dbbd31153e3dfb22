package firstlight.policy;

import firstlight.model.Facts;
import firstlight.model.MacAddress;
import firstlight.policy.IdentityKey.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Recognises a device by the sum of its marks: what agrees counts for it, what contradicts counts against it, once for each part
 * of the PC that the contradiction may be due to.
 */
final class Identity {
    /** The sum from which on a device is recognised. */
    static final int ENOUGH = 30;
    /** How far the best must be ahead of the next for the choice to be no guess. */
    static final int MARGIN = 20;
    /** A mark that so many devices show is cloned, or wanders: it is nobody's. */
    static final int NOBODYS = 3;

    // MAC and disk in another board (30 + 30 - 40) are not enough, UUID and MAC with another serial number (50 + 30 -
    // 40) are.
    private static final int ANOTHER = 40;
    private static final List<Kind> KINDS = List.of(Kind.values());
    /** What another PC with the same UUID does not share; an asset tag may be a department's, and a copied disk is no disk. */
    private static final Set<Kind> TELLS_CLONES =
            EnumSet.of(Kind.SERIAL, Kind.BOARD_SERIAL, Kind.MAC, Kind.DISK_SERIAL, Kind.IMAGE_SAFE);

    private Identity() {}

    private record Weighed(Device device, int score, Set<Kind> agreed, Set<Kind> differing, List<String> reasons) {
        /** Something that hardly ever wanders agrees, and yet it is not enough: the same disk in another board. */
        boolean isDoubtful() {
            return agreed.contains(Kind.COPIED_SAFE)
                    || (!differing.isEmpty()
                            && agreed.stream().anyMatch(kind -> kind != Kind.MAC && kind != Kind.ASSET_TAG));
        }
    }

    private static final Comparator<Weighed> LIKELIEST =
            Comparator.comparingInt((Weighed one) -> -one.score).thenComparing(one -> one.device.id());

    /** The marks in {@code facts} that are the PC's own: no shared adapter is among them. */
    public static Set<IdentityKey> marks(Facts facts, Set<MacAddress> sharedAdapters) {
        Set<IdentityKey> own = IdentityKey.of(facts);
        sharedAdapters.forEach(mac -> own.remove(IdentityKey.mac(mac)));
        return own;
    }

    /**
     * @param shown the PC's marks
     * @param candidates at least all devices that share one of them
     */
    public static Recognition recognise(Set<IdentityKey> shown, Collection<Device> candidates) {
        Set<IdentityKey> telling = telling(shown, candidates);
        if (telling.isEmpty()) {
            return new Recognition.Nameless(List.of(
                    shown.isEmpty()
                            ? "it shows nothing by which a device can be told from another"
                            : "its " + names(shown) + " is shown by many devices and tells none from another"));
        }
        List<Device> said = new ArrayList<>();
        List<Weighed> weighed = new ArrayList<>();
        List<Weighed> likely = new ArrayList<>();
        Set<IdentityKey> hardware = withoutWritten(telling);
        for (Device device : candidates) {
            if (!hardware.isEmpty() && device.marks().containsAll(hardware)) {
                said.add(device);
            }
            weighed.add(weigh(device, telling));
        }
        if (said.size() == 1) {
            return new Recognition.Known(said.getFirst(), List.of("a person said so of its " + names(hardware)));
        }
        weighed.sort(LIKELIEST);
        for (Weighed one : weighed) {
            if (one.score >= ENOUGH) {
                likely.add(one);
            }
        }
        if (likely.isEmpty()) {
            List<Weighed> doubtful =
                    weighed.stream().filter(Weighed::isDoubtful).toList();
            return doubtful.isEmpty()
                    ? new Recognition.Unknown(List.of("no known device has its " + names(telling)))
                    : new Recognition.Doubtful(devices(doubtful), reasons(doubtful));
        }
        Weighed best = likely.getFirst();
        if (likely.size() == 1) {
            return new Recognition.Known(best.device, best.reasons);
        }
        List<Weighed> close =
                likely.stream().filter(one -> best.score - one.score < MARGIN).toList();
        return close.size() == 1
                ? new Recognition.Known(best.device, best.reasons)
                : new Recognition.Collision(devices(close), reasons(close));
    }

    /**
     * The devices whose disk this PC has, or the image-safe data of whose disk, though it was never seen with a disk before: was
     * {@code device} one of them, until its board was changed?
     */
    static List<Device> formerOwners(Device device, Set<IdentityKey> shown, Collection<Device> candidates) {
        Set<String> disks = valuesOf(Kind.DISK_SERIAL, shown);
        boolean hadDisks = !valuesOf(Kind.DISK_SERIAL, known(device)).isEmpty();
        return hadDisks
                ? List.of()
                : candidates.stream()
                        .filter(other -> other.id() != device.id()
                                && (valuesOf(Kind.DISK_SERIAL, known(other)).stream()
                                                .anyMatch(disks::contains)
                                        || shown.stream()
                                                .anyMatch(key -> key.kind().isWritten()
                                                        && other.marks().contains(key))))
                        .toList();
    }

    /**
     * Whether a PC that was just registered is {@code former} with a new board, and no person need be asked: its disk, with
     * that device's image-safe data on it, is the one that they were written to, and no serial number says otherwise.
     */
    static boolean provesItself(Device former, Set<IdentityKey> shown) {
        Set<IdentityKey> known = known(former);
        Weighed weighed = weigh(former, shown);
        return weighed.agreed.contains(Kind.IMAGE_SAFE)
                && weighed.agreed.contains(Kind.DISK_SERIAL)
                && shown.stream().noneMatch(key -> key.kind().isWritten() && !known.contains(key))
                && weighed.score >= ENOUGH;
    }

    /**
     * Whether a PC that was recognised as {@code device} shows nothing but its UUID, and network cards, or disks, that are all others:
     * they were changed, or another PC has that UUID. Whose vendor wrote a serial number has a UUID of its own; where that was left
     * blank whole series share one.
     *
     * @param shown without {@code sharedAdapters}
     */
    static boolean isByUuidAlone(Device device, Set<IdentityKey> shown, Set<MacAddress> sharedAdapters) {
        // What costs nothing is asked first: each firmware's packet comes by here.
        Set<Kind> kinds = kinds(shown);
        if (!kinds.contains(Kind.UUID) || kinds.contains(Kind.SERIAL)) {
            return false;
        }
        Set<IdentityKey> its = new LinkedHashSet<>(known(device));
        sharedAdapters.forEach(mac -> its.remove(IdentityKey.mac(mac)));
        Set<Kind> known = kinds(its);
        Set<Kind> agreed = agreed(its, shown);
        return agreed.contains(Kind.UUID)
                && Collections.disjoint(agreed, TELLS_CLONES)
                && Stream.of(Kind.MAC, Kind.DISK_SERIAL).anyMatch(kind -> known.contains(kind) && kinds.contains(kind));
    }

    private static Set<Kind> agreed(Set<IdentityKey> known, Set<IdentityKey> shown) {
        Set<Kind> agreed = EnumSet.noneOf(Kind.class);
        for (IdentityKey key : shown) {
            if (known.contains(key)) {
                agreed.add(key.kind());
            }
        }
        return agreed;
    }

    /** What of {@code shown} is that device's, in words. */
    static String shared(Device device, Set<IdentityKey> shown) {
        return String.join(", ", weigh(device, shown).reasons());
    }

    private static Set<IdentityKey> telling(Set<IdentityKey> shown, Collection<Device> candidates) {
        if (candidates.size() < NOBODYS) {
            return shown;
        }
        List<Set<IdentityKey>> known = candidates.stream().map(Identity::known).toList();
        return shown.stream()
                .filter(key -> known.stream().filter(keys -> keys.contains(key)).count() < NOBODYS)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Weighed weigh(Device device, Set<IdentityKey> shown) {
        Set<IdentityKey> known = known(device);
        int score = 0;
        Set<Kind> agreed = agreed(known, shown);
        Set<Kind> differing = EnumSet.noneOf(Kind.class);
        List<String> reasons = new ArrayList<>();
        Set<Kind> ofDevice = kinds(known);
        Set<Kind> ofFacts = kinds(shown);
        for (Kind kind : KINDS) {
            if (agreed.contains(kind)) {
                score += kind.weight();
                reasons.add("same " + kind.words());
            } else if (kind.isSingle() && ofDevice.contains(kind) && ofFacts.contains(kind)) {
                differing.add(kind);
                reasons.add("another " + kind.words());
            }
        }
        // UUID and board serial are of one part: a changed board is one change.
        boolean board = differing.contains(Kind.UUID) || differing.contains(Kind.BOARD_SERIAL);
        score -= (board ? ANOTHER : 0) + (differing.contains(Kind.SERIAL) ? ANOTHER : 0);
        return new Weighed(device, score, agreed, differing, List.copyOf(reasons));
    }

    private static Set<Kind> kinds(Set<IdentityKey> keys) {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        for (IdentityKey key : keys) {
            kinds.add(key.kind());
        }
        return kinds;
    }

    private static Set<IdentityKey> known(Device device) {
        // Image-safe data in facts are what was on the disk when it was seen; its own are among the marks.
        Set<IdentityKey> known = withoutWritten(IdentityKey.of(device.facts()));
        if (!device.marks().isEmpty()) {
            known = new LinkedHashSet<>(known);
            known.addAll(device.marks());
        }
        return known;
    }

    static Set<IdentityKey> withoutWritten(Set<IdentityKey> keys) {
        Set<IdentityKey> rest = new LinkedHashSet<>();
        for (IdentityKey key : keys) {
            if (!key.kind().isWritten()) {
                rest.add(key);
            }
        }
        return rest;
    }

    private static List<Device> devices(List<Weighed> weighed) {
        return weighed.stream().map(Weighed::device).toList();
    }

    private static List<String> reasons(List<Weighed> weighed) {
        return weighed.stream()
                .map(one -> "it could be '" + one.device.name() + "': " + String.join(", ", one.reasons))
                .toList();
    }

    private static Set<String> valuesOf(Kind kind, Set<IdentityKey> keys) {
        return keys.stream()
                .filter(key -> key.kind() == kind)
                .map(IdentityKey::value)
                .collect(Collectors.toSet());
    }

    private static String names(Set<IdentityKey> keys) {
        return keys.stream().map(key -> key.kind().words()).distinct().collect(Collectors.joining(", "));
    }
}
