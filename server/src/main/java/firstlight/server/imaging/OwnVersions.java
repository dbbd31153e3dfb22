package firstlight.server.imaging;

import firstlight.database.Database;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.VersionNotes;
import firstlight.policy.access.Role;
import firstlight.policy.access.User;
import firstlight.policy.level.GroupTree;
import firstlight.policy.work.Task;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whose reach is some groups adds versions to images of their devices, and to no others: the next version of an image is what rules,
 * schedules and other sites lay down everywhere. Asked when work is given out, and again when it is begun and when its image is published,
 * for an image that nobody had may be somebody's by then.
 */
public final class OwnVersions {
    /** Of a version's history: the maker made it. */
    private static final String CAPTURED = "captured: ";

    /** Who stands in the history of a capture without a maker: that of an administrator, a rule or a schedule. */
    private static final String ENGINE = "engine";
    /** Works that are looked through, the newest first. */
    private static final int MANY = 10_000;

    private final Database database;
    private final ImageStore images;

    public OwnVersions(Database database, ImageStore images) {
        this.database = database;
        this.images = images;
    }

    /** For the history of what {@code work} captured. Of an earlier boot's the maker is not known any more. */
    static VersionNotes noted(VersionNotes notes, Optional<Work> work, String device, Instant now) {
        String maker = work.isPresent() && work.get().task() instanceof Task.Capture capture ? capture.maker() : "";
        return notes.and(
                now,
                maker.isEmpty() ? ENGINE : maker,
                CAPTURED + work.map(Work::describe).orElse(device));
    }

    /**
     * Why that capture may not add a version; empty when it may.
     *
     * @throws IOException when the store cannot be read
     */
    Optional<String> refusal(Task.Capture capture) throws IOException {
        ImageName image = new ImageName(capture.image());
        if (capture.maker().isEmpty()) {
            return Optional.empty();
        }
        Optional<User> maker = database.accounts().user(capture.maker());
        boolean isFree = maker.filter(user -> user.role() == Role.ADMINISTRATOR).isPresent()
                || mayAdd(
                        image,
                        capture.maker(),
                        maker.map(User::groups).orElse(Set.of()),
                        maker.map(User::created).orElse(Instant.MIN));
        return isFree
                ? Optional.empty()
                : Optional.of("there is an image '" + image
                        + "' by now, and no version of it was captured from a device of "
                        + capture.maker() + ", who gave this work: capture under another name, or have an administrator"
                        + " give it");
    }

    /** Whether it has, or had, a version. A name that was somebody's is not free because its versions were removed. */
    public boolean isThere(ImageName image) throws IOException {
        return !versions(image).isEmpty();
    }

    private List<ImageVersion> versions(ImageName image) throws IOException {
        return Stream.concat(images.list().stream(), images.removed().stream())
                .filter(version -> version.image().equals(image))
                .toList();
    }

    /**
     * Whether {@code image} is nobody's, or {@code person}'s.
     *
     * @param groups the person's; what is below them is meant as well
     * @param since when the person came: who was called so before was somebody else
     */
    public boolean mayAdd(ImageName image, String person, Set<Long> groups, Instant since) throws IOException {
        List<ImageVersion> versions = versions(image);
        return versions.isEmpty()
                || versions.stream().anyMatch(version -> isBy(person, since, version))
                || isOfDevices(image, groups)
                || database.works().list(0, WorkState.DONE.name(), "capture", MANY).stream()
                        .anyMatch(work -> isOf(image, work)
                                && work.terms().createdBy().equals(person)
                                && !work.changed().isBefore(since));
    }

    private static boolean isBy(String person, Instant since, ImageVersion version) {
        return version.notes().history().stream()
                .anyMatch(entry -> entry.who().equals(person)
                        && entry.what().startsWith(CAPTURED)
                        && !entry.at().isBefore(since));
    }

    private boolean isOfDevices(ImageName image, Set<Long> groups) {
        GroupTree tree = database.policy().book().groups();
        Set<Long> below = new HashSet<>();
        groups.forEach(group -> below.addAll(tree.downwards(group)));
        return database.works().list(0, Optional.of(below), WorkState.DONE.name(), "capture", MANY).stream()
                .anyMatch(work -> isOf(image, work));
    }

    private static boolean isOf(ImageName image, Work work) {
        return work.task() instanceof Task.Capture capture && capture.image().equals(image.text());
    }
}
