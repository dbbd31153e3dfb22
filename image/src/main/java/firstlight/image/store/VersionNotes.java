package firstlight.image.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What people add to a version, which itself never changes; kept beside its manifest, and kept when it is removed.
 *
 * @param tags names for it, each on one version of an image at a time
 * @param kept nobody can remove it, and it does not expire
 * @param expires when it is removed without being asked
 * @param removed the manifest is gone; the number is not used again
 * @param history what was done to it, the oldest first
 */
public record VersionNotes(
        String note, Set<String> tags, boolean kept, Optional<Instant> expires, boolean removed, List<Entry> history) {
    public static final VersionNotes NONE = new VersionNotes("", Set.of(), false, Optional.empty(), false, List.of());

    /** Its file cannot be read: nobody knows what it said, so the version stays. */
    static final VersionNotes DAMAGED = new VersionNotes(
            "the notes of this version were damaged in the store", Set.of(), true, Optional.empty(), false, List.of());

    private static final Pattern TAG = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,39}");

    /** {@code who} did {@code what}, both in words for people. */
    public record Entry(Instant at, String who, String what) {}

    public VersionNotes {
        tags = Collections.unmodifiableSet(new TreeSet<>(tags));
        history = List.copyOf(history);
    }

    /** Not a number, for {@code office@3} is version 3; not {@code latest}, for that it would seldom be. */
    public static boolean isTag(String text) {
        return TAG.matcher(text).matches() && !text.equalsIgnoreCase("latest");
    }

    public VersionNotes withNote(String text) {
        return new VersionNotes(text, tags, kept, expires, removed, history);
    }

    public VersionNotes withTags(Set<String> names) {
        return new VersionNotes(note, names, kept, expires, removed, history);
    }

    public VersionNotes withKept(boolean yes) {
        return new VersionNotes(note, tags, yes, expires, removed, history);
    }

    public VersionNotes withExpiry(Optional<Instant> when) {
        return new VersionNotes(note, tags, kept, when, removed, history);
    }

    VersionNotes withRemoved() {
        return new VersionNotes(note, Set.of(), kept, expires, true, history);
    }

    public VersionNotes and(Instant at, String who, String what) {
        List<Entry> longer = new ArrayList<>(history);
        longer.add(new Entry(at, who, what));
        return new VersionNotes(note, tags, kept, expires, removed, longer);
    }
}
