package firstlight.policy;

import firstlight.policy.work.AddOnName;
import firstlight.policy.work.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What was laid down on a device last.
 *
 * @param addOns with their versions, in the order in which they were laid over it
 * @param unfinished names of add-ons that were begun over it alone and did not end: some of their files are there
 * @param parts chosen partitions that were laid down since, or begun to be, in words: {@code partitions 2 of office@4}
 */
public record LastImage(
        String image, int version, List<String> addOns, Set<String> unfinished, Set<String> parts, Instant when) {
    public LastImage {
        addOns = List.copyOf(addOns);
        unfinished = Set.copyOf(unfinished);
        parts = Set.copyOf(parts);
    }

    /** The usual one: what was begun has ended. */
    public LastImage(String image, int version, List<String> addOns, Instant when) {
        this(image, version, addOns, Set.of(), Set.of(), when);
    }

    /** When add-ons of {@code restore}, or chosen partitions, begin to be laid over it: the PC no longer has what was there. */
    LastImage begun(Task.Restore restore) {
        Set<String> names = names(restore.addOns());
        List<String> whole = addOns.stream()
                .filter(before -> !names.contains(AddOnName.of(before).image()))
                .toList();
        names.addAll(unfinished);
        return new LastImage(image, version, whole, names, with(restore), when);
    }

    private Set<String> with(Task.Restore restore) {
        Set<String> all = new TreeSet<>(parts);
        if (!restore.isWhole()) {
            all.remove(restore.withVersions(0, List.of()).part()); // as it was begun, before its version was known
            all.add(restore.part());
        }
        return all;
    }

    private static Set<String> names(List<String> addOns) {
        Set<String> names = new TreeSet<>();
        addOns.forEach(each -> names.add(AddOnName.of(each).image()));
        return names;
    }

    /**
     * What is still to be laid down of {@code wanted}: from the first that is missing on, for those behind it may replace its files.
     *
     * @param has whether the device has what is wanted
     */
    static List<String> from(List<String> wanted, Predicate<String> has) {
        for (int i = 0; i < wanted.size(); i++) {
            if (!has.test(wanted.get(i))) {
                return List.copyOf(wanted.subList(i, wanted.size()));
            }
        }
        return List.of();
    }

    /** Those of {@code exact} (each NAME@VERSION) that are not on the device. */
    public List<String> missing(List<String> exact) {
        return from(exact, addOns::contains);
    }

    /** When {@code restore}, begun with those versions, was done at {@code now}, over this or in its place. */
    LastImage after(Task.Restore restore, Instant now) {
        if (restore.isWhole() && (!image.equals(restore.image()) || version != restore.version())) {
            return new LastImage(restore.image(), restore.version(), restore.addOns(), now);
        }
        List<String> all = new ArrayList<>(begun(restore).addOns());
        all.addAll(restore.addOns());
        Set<String> others = new TreeSet<>(unfinished);
        others.removeAll(names(restore.addOns()));
        return new LastImage(image, version, all, others, with(restore), restore.isWhole() ? now : when);
    }
}
