package firstlight.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/** The facts that are known of one device, each with one or more values. A fact that is not in here is unknown, not false. */
public record Facts(Map<FactName, List<String>> values) {
    private static final List<FactName> NAMES = List.of(FactName.values());

    public static final Facts NONE = new Facts(Map.of());

    /** Former MAC addresses, the latest: whoever shows a device's UUID adds one each time. */
    private static final int MOST_GATHERED = 128;

    public Facts {
        EnumMap<FactName, List<String>> copy = new EnumMap<>(FactName.class);
        for (FactName name : NAMES) { // an entry of an EnumMap is an object made for who looks at it
            List<String> list = values.get(name);
            List<String> kept = list == null ? List.of() : stripped(list);
            if (!kept.isEmpty()) {
                copy.put(name, kept);
            }
        }
        values = Collections.unmodifiableMap(copy);
    }

    /**
     * The values on one line each, without white space around them; blank ones are left out. In plain loops, and the usual single value by itself:
     * facts are made anew several times for each firmware's packet.
     */
    private static List<String> stripped(List<String> list) {
        if (list.size() == 1) {
            String only = OneLine.of(list.getFirst()).strip();
            if (only.isEmpty()) {
                return List.of();
            }
            return only.equals(list.getFirst()) ? List.copyOf(list) : List.of(only);
        }
        List<String> kept = new ArrayList<>(list.size());
        for (String text : list) {
            String stripped = OneLine.of(text).strip();
            if (!stripped.isEmpty()) {
                kept.add(stripped);
            }
        }
        return List.copyOf(kept);
    }

    /** The first value. */
    public Optional<String> first(FactName name) {
        List<String> all = all(name);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getFirst());
    }

    public List<String> all(FactName name) {
        return values.getOrDefault(name, List.of());
    }

    /** These facts with {@code name} set to {@code value}. */
    public Facts with(FactName name, String... value) {
        EnumMap<FactName, List<String>> copy = new EnumMap<>(FactName.class);
        copy.putAll(values);
        copy.put(name, List.of(value));
        return new Facts(copy);
    }

    /**
     * These facts, overridden by {@code newer}; MAC addresses are gathered, since a device has several. What only an engine can tell,
     * and the engine that tells {@code newer} did not find, is not there any more.
     */
    public Facts mergedWith(Facts newer) {
        if (holdsAll(newer)) {
            return this; // a known device shows the same each time
        }
        EnumMap<FactName, List<String>> copy = new EnumMap<>(FactName.class);
        copy.putAll(values);
        copy.keySet().removeIf(name -> isGone(name, newer));
        newer.values.forEach((name, list) -> {
            if (name == FactName.MAC) {
                List<String> both = new ArrayList<>(list);
                all(name).stream()
                        .filter(mac -> !list.contains(mac))
                        .limit(MOST_GATHERED)
                        .forEach(both::add);
                copy.put(name, both);
            } else {
                copy.put(name, list);
            }
        });
        return new Facts(copy);
    }

    /** These facts without {@code names}. */
    public Facts without(Set<FactName> names) {
        EnumMap<FactName, List<String>> copy = new EnumMap<>(FactName.class);
        copy.putAll(values);
        copy.keySet().removeAll(names);
        return new Facts(copy);
    }

    /** Whether an imaging engine gathered these: each tells the memory, and nobody else does. */
    public boolean areOfEngine() {
        return !all(FactName.MEMORY_MIB).isEmpty();
    }

    /** A disk that cannot be seen now is a mark of its PC still, and so is what was written to it. */
    private static boolean isGone(FactName name, Facts newer) {
        return !name.isPreboot()
                && name != FactName.DISK
                && name != FactName.IMAGE_SAFE
                && !(name == FactName.DISK_HEALTH && newer.all(FactName.DISK).isEmpty())
                && newer.areOfEngine()
                && newer.all(name).isEmpty();
    }

    /** Whether {@link #mergedWith} would change nothing. */
    private boolean holdsAll(Facts newer) {
        if (newer.areOfEngine() && values.keySet().stream().anyMatch(name -> isGone(name, newer))) {
            return false;
        }
        for (Map.Entry<FactName, List<String>> shown : newer.values.entrySet()) {
            List<String> known = all(shown.getKey());
            List<String> list = shown.getValue();
            boolean gathered = shown.getKey() == FactName.MAC && known.size() > list.size();
            if (gathered
                    ? !known.subList(0, list.size()).equals(list)
                            || !Collections.disjoint(known.subList(list.size(), known.size()), list)
                    : !known.equals(list)) {
                return false;
            }
        }
        return true;
    }

    /** By {@link FactName#key()}, in the order of the enum: the form on the wire and on paper. */
    public SequencedMap<String, List<String>> byKey() {
        SequencedMap<String, List<String>> keyed = new LinkedHashMap<>();
        values.forEach((name, list) -> keyed.put(name.key(), list));
        return keyed;
    }

    /** The reverse of {@link #byKey()}; keys that no {@link FactName} has are left out (a newer engine may send more). */
    public static Facts ofKeys(Map<String, List<String>> keyed) {
        EnumMap<FactName, List<String>> values = new EnumMap<>(FactName.class);
        keyed.forEach((key, list) -> FactName.ofKey(key).ifPresent(name -> values.put(name, list)));
        return new Facts(values);
    }
}
