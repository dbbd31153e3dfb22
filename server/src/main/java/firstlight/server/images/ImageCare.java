package firstlight.server.images;

import firstlight.database.WorkStore;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.ChunkId;
import firstlight.image.store.Damage;
import firstlight.image.store.Freed;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.Repacked;
import firstlight.image.store.VersionNotes;
import firstlight.policy.Alarms;
import firstlight.policy.work.AddOnName;
import firstlight.policy.work.Task;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What must not go away while PCs need it, and what is looked after: verification, garbage collection. For several threads: PCs'
 * requests, jobs and the night's watch.
 */
public final class ImageCare {
    // Lines of damage in a job's answer; the rest is counted.
    private static final int TOLD = 20;

    private final ImageStore images;
    private final WorkStore works;
    private final Plans plans;
    private final Alarms alarms;
    private final InstantSource clock;
    private final OtherSites others;
    private final CaptureHolds captures;
    private final LostChunks lost;
    private final LostManifests lostManifests;

    /** @param plans what will be work */
    public ImageCare(ImageStore images, WorkStore works, Plans plans, Alarms alarms, InstantSource clock) {
        this(images, works, plans, alarms, clock, OtherSites.NONE);
    }

    /** @param others servers that may have what is missing here */
    public ImageCare(
            ImageStore images, WorkStore works, Plans plans, Alarms alarms, InstantSource clock, OtherSites others) {
        this.others = others;
        this.lost = new LostChunks(images, others, alarms, clock);
        this.lostManifests = new LostManifests(images, others, alarms, clock);
        this.plans = plans;
        this.images = images;
        this.captures = new CaptureHolds(images::hold);
        this.works = works;
        this.alarms = alarms;
        this.clock = clock;
        // An engine that goes on behind a restart of the server: what it sent is held before the first collection.
        works.open().stream().filter(ImageCare::isCapturing).forEach(work -> capturing(work.transaction()));
        images.troubles().forEach(trouble -> alarms.raise(0, trouble, clock.instant()));
    }

    public ImageStore images() {
        return images;
    }

    public LostChunks lost() {
        return lost;
    }

    public LostManifests lostManifests() {
        return lostManifests;
    }

    /** Call before an engine is told that the store has a chunk. */
    public void capturing(long transaction) {
        captures.begin(transaction);
    }

    /**
     * @param who for its history: a user's name, or the server
     * @throws ImageFailure when it is protected or needed
     */
    public void remove(ImageVersion version, String who, String why) throws IOException {
        remove(version, _ -> true, who, why);
    }

    /** @param still what must be so of its notes when its turn comes */
    void remove(ImageVersion version, Predicate<VersionNotes> still, String who, String why) throws IOException {
        boolean isOnlyVersion = images.list().stream()
                        .filter(other -> other.image().equals(version.image()))
                        .count()
                == 1;
        Optional<String> work = works.open().stream()
                .filter(each -> lays(each.task(), version, isOnlyVersion))
                .map(Work::describe)
                .findFirst();
        refuse(version, work, "Cancel that work or wait for its end; see firstlight work list");
        Optional<String> plan = plans.all()
                .filter(each -> lays(each.task(), version, isOnlyVersion))
                .map(each -> each.who() + " lays it down")
                .findFirst();
        if (plan.isPresent()) {
            throw new Planned(version, plan.get());
        }
        images.remove(version, still, new VersionNotes.Entry(clock.instant(), who, why));
    }

    /** What keeps a version does not end by itself, as work does. */
    static final class Planned extends ImageFailure {
        private static final long serialVersionUID = 1;

        private Planned(ImageVersion version, String plan) {
            super(
                    version.name() + " is in use",
                    plan,
                    "Have it lay down another version, or cancel it, switch it off or delete it, before");
        }
    }

    private static void refuse(ImageVersion version, Optional<String> need, String cure) throws ImageFailure {
        if (need.isPresent()) {
            throw new ImageFailure(version.name() + " is in use", need.get(), cure);
        }
    }

    private boolean lays(Task task, ImageVersion version, boolean isOnlyVersion) {
        return switch (task) {
            case Task.Restore restore ->
                needs(version, isOnlyVersion, restore.image(), restore.version())
                        || restore.addOns().stream()
                                .map(AddOnName::of)
                                .anyMatch(name -> needs(version, isOnlyVersion, name.image(), name.version()));
            case Task.Join(long session) ->
                plans.session(session)
                        .filter(each -> needs(version, isOnlyVersion, each.image(), each.version()))
                        .isPresent();
            case Task.Capture _, Task.Inventory _, Task.Maintenance _, Task.Script _, Task.Wipe _ -> false;
        };
    }

    /**
     * Whether who wants {@code number} of {@code image} wants this version. The newest (0) is any, as long as there is another.
     *
     * @param isOnlyVersion whether the image has no other version
     */
    private static boolean needs(ImageVersion version, boolean isOnlyVersion, String image, int number) {
        return image.equals(version.image().text()) && (number == version.number() || (number == 0 && isOnlyVersion));
    }

    private static boolean isCapturing(Work work) {
        return work.state() == WorkState.RUNNING && work.task() instanceof Task.Capture;
    }

    /**
     * The manifest, which is healed first where it is damaged, then its chunks.
     *
     * @param percent of the chunks, 1 to 100, chosen at random
     * @return not sound where something was not healed; what was is told all the same, for the disk may be failing
     */
    public ImageJob.Outcome verify(ImageVersion version, int percent, Progress progress) throws IOException {
        String damage = damage(version);
        if (damage.isEmpty()) {
            return chunks(version, percent, progress);
        }
        if (images.find(version.image(), version.number()).isEmpty()) { // not to be healed, either
            return ImageJob.Outcome.sound(version.name() + " was removed meanwhile", List.of());
        }
        String text = version.name() + ": its manifest is damaged (" + damage + ")";
        return switch (others.mend(version)) {
            case OtherSites.Mended.From(ImageVersion whole, String server) -> {
                alarms.raise(0, text + ", healed from " + server, clock.instant());
                ImageJob.Outcome rest = chunks(whole, percent, progress);
                yield new ImageJob.Outcome(
                        rest.sound(),
                        text + ", healed from " + server + "; " + rest.text(),
                        "see the health of the disk under the image store",
                        rest.details());
            }
            case OtherSites.Mended.No(String why) -> {
                String not = text + (why.isEmpty() ? "" : ", not healed: " + why);
                alarms.raise(0, not, clock.instant());
                yield new ImageJob.Outcome(
                        false,
                        not,
                        "put its file back from a backup; or remove it, and capture one of its PCs again or import it",
                        List.of());
            }
        };
    }

    /** What is wrong with its manifest; empty when that can be read and has its SHA-256. */
    private String damage(ImageVersion version) {
        if (!version.damage().isEmpty()) {
            return version.damage();
        }
        try {
            images.encoded(version);
            return "";
        } catch (ImageFailure failure) {
            return failure.cause();
        } catch (IOException unreadable) {
            return String.valueOf(unreadable.getMessage());
        }
    }

    private ImageJob.Outcome chunks(ImageVersion version, int percent, Progress progress) throws IOException {
        List<Damage> damages = images.verify(version, percent, progress);
        String read = percent >= 100 ? "all of it was read" : "a sample of " + percent + " % was read";
        if (damages.isEmpty()) {
            return ImageJob.Outcome.sound(version.name() + " is sound; " + read, List.of());
        }
        OtherSites.Healed healed =
                others.heal(damages.stream().map(Damage::chunk).distinct().toList());
        String also = sharers(version, damages);
        String text = version.name() + ": " + damages.size() + " damaged chunks" + healed.words(damages.size()) + "; "
                + read + (also.isEmpty() ? "" : "; " + also + " need some of them too");
        alarms.raise(0, text + "; first: " + damages.getFirst(), clock.instant());
        List<String> lines = damages.stream()
                .limit(TOLD)
                .map(damage -> damage + healed.became(damage.chunk()))
                .collect(Collectors.toCollection(ArrayList::new));
        if (damages.size() > TOLD) {
            lines.add("and " + (damages.size() - TOLD) + " more");
        }
        boolean whole = healed.from().size() == damages.size();
        return new ImageJob.Outcome(
                whole,
                text,
                whole
                        ? "see the health of the disk under the image store"
                        : "capture one of the PCs again, or import the image from another server: both bring what is missing",
                lines);
    }

    /** The other versions that lack the same chunks. */
    private String sharers(ImageVersion version, List<Damage> damages) throws IOException {
        Set<ChunkId> ids = damages.stream().map(Damage::chunk).collect(Collectors.toSet());
        List<String> names = new ArrayList<>();
        for (ImageVersion other : images.list()) {
            if (!other.name().equals(version.name()) && other.damage().isEmpty()) {
                Set<ChunkId> shared = new HashSet<>();
                images.open(other).forEachChunk(id -> {
                    if (ids.contains(id)) {
                        shared.add(id);
                    }
                });
                if (!shared.isEmpty()) {
                    names.add(other.name());
                }
            }
        }
        return String.join(", ", names);
    }

    /** Keeps what captures that run have sent, and what is half pulled from other servers. */
    public ImageJob.Outcome collect(boolean dryRun, Progress progress) throws IOException {
        return collect(dryRun, true, progress);
    }

    /** @param mayForget as of {@link OtherSites#unfinished} */
    ImageJob.Outcome collect(boolean dryRun, boolean mayForget, Progress progress) throws IOException {
        Set<Long> running = captures.endAllBut(() -> works.open().stream()
                .filter(ImageCare::isCapturing)
                .map(Work::transaction)
                .collect(Collectors.toSet()));
        Freed freed = images.collect(dryRun, keep -> others.unfinished(mayForget, keep), progress);
        freed.damages().forEach(damage -> alarms.raise(0, "image store: " + damage, clock.instant()));
        String text = (dryRun ? "would free " : "freed ") + size(freed.octets()) + " (" + freed.chunks() + " chunks, "
                + freed.packs() + " packs)"
                + (freed.left() == 0 ? "" : "; " + size(freed.left()) + " stay in packs that are nearly all in use")
                + (freed.noRoom() == 0 ? "" : "; " + noRoom(dryRun, size(freed.noRoom())))
                + (running.isEmpty() ? "" : "; what the captures that are running touched is kept");
        return ImageJob.Outcome.sound(text, freed.damages());
    }

    private static String noRoom(boolean dryRun, String size) {
        return dryRun
                ? size + " of this only if there is room by then to copy what is in use in its packs"
                : size + " stay in packs of which there is no room to copy what is in use: make room on the store's"
                        + " disk, or remove more versions";
    }

    /** @param level zstd's; what was packed at a lower one is packed anew, by half of the processors at the lowest priority */
    public ImageJob.Outcome pack(int level, Progress progress) throws IOException {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        Repacked packed = images.repack(level, threads, progress);
        packed.damages().forEach(damage -> alarms.raise(0, "image store: " + damage, clock.instant()));
        String rest = packed.noRoom() == 0
                ? "all that is in the store is packed at level " + level + " already"
                : packed.noRoom() + " packs stay as they are: there is no room for the copy of one beside it";
        String text = packed.packs() == 0
                ? rest
                : "packed " + packed.chunks() + " chunks of " + packed.packs() + " packs anew at level " + level + ": "
                        + size(packed.before()) + " became " + size(packed.after()) + ", " + packed.deltas()
                        + " chunks are kept as what they differ in from the version before"
                        + (packed.noRoom() == 0 ? "" : "; " + rest);
        return ImageJob.Outcome.sound(text, packed.damages());
    }

    /** Of the image store, so of no device. */
    void alarm(String text, Instant now) {
        alarms.raise(0, text, now);
    }

    private static String size(long octets) {
        return octets < 10_000_000
                ? String.format(Locale.ROOT, "%.1f KB", octets / 1e3)
                : String.format(Locale.ROOT, "%.2f GB", octets / 1e9);
    }
}
