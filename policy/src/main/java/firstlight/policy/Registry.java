package firstlight.policy;

import firstlight.model.Facts;
import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.policy.level.Effective;
import firstlight.policy.level.Group;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who asks: recognises devices, registers strangers as the settings say, opens questions. For several threads: what it keeps is compared with
 * what it follows from before it is given again. Behind {@link Decisions} alone.
 */
final class Registry {
    private static final MenuSetting NEVER = new MenuSetting.Never();

    /** A kilobyte each, also of PCs that somebody invents; those of a larger site do not all start at once. */
    private static final int KEPT = 1 << 14;

    private final Devices devices;
    private final Questions questions;
    private final Settings settings;
    private final Newcomers newcomers;
    private final KeptByDevice<Kept> kept = new KeptByDevice<>(KEPT);

    /** @param device the only one that shares a mark with who asked */
    private record Kept(Device device, Asker asker) {
        /** The picture gives the same device until something changes, and then another: to compare what they hold would cost more. */
        @SuppressWarnings("ReferenceEquality")
        boolean isOf(Device sharing, Set<IdentityKey> marks) {
            return device == sharing && asker.marks().equals(marks);
        }
    }

    Registry(Repositories repositories, Settings settings, Newcomers newcomers) {
        this.devices = repositories.devices();
        this.questions = repositories.questions();
        this.settings = settings;
        this.newcomers = newcomers;
    }

    /** Changes nothing. A device that shows what it showed before, and has not changed, is not weighed anew. */
    Asker recognise(Facts facts, RuleBook book) {
        Set<IdentityKey> marks = Identity.marks(facts, book.sharedAdapters());
        List<Device> sharing = devices.sharing(marks);
        if (sharing.size() != 1) {
            return asker(marks, Identity.recognise(marks, sharing), book);
        }
        Device device = sharing.getFirst();
        Optional<Kept> before = kept.of(device.id(), book);
        if (before.isPresent() && before.get().isOf(device, marks)) {
            return before.get().asker;
        }
        Asker fresh = asker(marks, Identity.recognise(marks, sharing), book);
        kept.keep(device.id(), book, new Kept(device, fresh));
        return fresh;
    }

    private Asker asker(Set<IdentityKey> marks, Recognition recognition, RuleBook book) {
        boolean byUuidAlone = recognition instanceof Recognition.Known(Device device, List<String> _)
                && Identity.isByUuidAlone(device, marks, book.sharedAdapters());
        return new Asker(marks, recognition, party(recognition, book), byUuidAlone);
    }

    /**
     * Unknown only when strangers are ignored, or when too many of them came ({@link Newcomers}); a repeated packet finds the device that
     * the first one made.
     */
    Asker recogniseOrRegister(Facts facts, RuleBook book, Instant now) {
        Asker asker = recognise(facts, book);
        if (!(asker.recognition() instanceof Recognition.Unknown unknown)) {
            return asker;
        }
        return asker(asker.marks(), registered(unknown.reasons().getFirst(), facts, book, now), book);
    }

    /** @param news why nobody knows it */
    private Recognition registered(String news, Facts facts, RuleBook book, Instant now) {
        // Counted although the repository may find that it has the device by now: the bound is against floods, not a
        // statistic.
        if (settings.newDevices() != NewDevices.IGNORE && !newcomers.admit(now)) {
            return tooMany(news);
        }
        return settings.newDevices() == NewDevices.IGNORE
                ? new Recognition.Unknown(List.of(news, "new devices are ignored (new-devices)"))
                : registered(devices.register(fresh(facts, book), now), news);
    }

    private static Recognition tooMany(String news) {
        return new Recognition.Unknown(
                List.of(
                        news,
                        "more new PCs than a site has have come lately, and it is not remembered; if they are real, it is when it asks again later"));
    }

    private static Recognition registered(Device made, String news) {
        String what =
                made.registration() == Registration.PENDING ? "new, to be approved: " : "registered as a new device: ";
        return new Recognition.Known(made, List.of(what + news));
    }

    /** The same for many PCs, of which the new ones are registered together; in the order of {@code facts}. */
    List<Asker> recogniseOrRegister(List<Facts> facts, RuleBook book, Instant now) {
        List<Integer> places = new ArrayList<>();
        List<String> news = new ArrayList<>();
        List<NewDevice> wanted = new ArrayList<>();
        Set<IdentityKey> claimed = new HashSet<>();
        for (int i = 0; i < facts.size(); i++) {
            Asker asker = recognise(facts.get(i), book);
            // Who shares something with one before it may be that one: told when that one is known.
            if (settings.newDevices() != NewDevices.IGNORE
                    && Collections.disjoint(claimed, asker.marks())
                    && asker.recognition() instanceof Recognition.Unknown(List<String> why)
                    && newcomers.admit(now)) {
                places.add(i);
                news.add(why.getFirst());
                wanted.add(fresh(facts.get(i), book));
                claimed.addAll(asker.marks());
            }
        }
        List<Device> made = devices.register(wanted, now);
        List<Asker> all = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < facts.size(); i++) {
            if (next < places.size() && places.get(next) == i) {
                Set<IdentityKey> marks = Identity.marks(facts.get(i), book.sharedAdapters());
                all.add(asker(marks, registered(made.get(next), news.get(next)), book));
                next++;
            } else {
                all.add(recogniseOrRegister(facts.get(i), book, now));
            }
        }
        return all;
    }

    /**
     * Empty when it would have to be registered. For the thread that reads packets: registering writes into a database, and may wait for
     * it.
     */
    Optional<Asker> recogniseAtOnce(Facts facts, RuleBook book, Instant now) {
        Asker asker = recognise(facts, book);
        if (!(asker.recognition() instanceof Recognition.Unknown)) {
            return Optional.of(asker);
        }
        return settings.newDevices() == NewDevices.IGNORE || !newcomers.isRoom(now)
                ? Optional.of(recogniseOrRegister(facts, book, now))
                : Optional.empty();
    }

    /** What {@link #recogniseOrRegister} will make of a PC that {@link #recogniseAtOnce} cannot tell; only its name and number are missing. */
    Asker foreseen(Facts facts, RuleBook book, Instant now) {
        Device device = Device.fresh(Transactions.NOBODY, "unknown", registration(), facts, now);
        return asker(Identity.marks(facts, book.sharedAdapters()), registered(device, "not written down yet"), book);
    }

    private NewDevice fresh(Facts facts, RuleBook book) {
        return NewDevice.in(Group.NONE, facts, registration(), Optional.empty(), "", book, settings);
    }

    /** Of those that nobody entered. */
    private Registration registration() {
        return settings.newDevices() == NewDevices.APPROVE ? Registration.PENDING : Registration.REGISTERED;
    }

    /** Asks a person, when nothing but a person can tell. */
    void ask(Recognition recognition, Facts facts, RuleBook book, Instant now) {
        switch (recognition) {
            case Recognition.Collision(List<Device> could, List<String> why) -> ask(facts, 0, could, why, book, now);
            case Recognition.Doubtful(List<Device> could, List<String> why) -> ask(facts, 0, could, why, book, now);
            case Recognition.Known _, Recognition.Unknown _, Recognition.Nameless _ -> {}
        }
    }

    /** Whether a person was asked who it is, and has not answered yet. */
    boolean isAsked(Asker asker) {
        return questions.isOpen(asker.marks());
    }

    /** Asks a person whether this is {@code device}, which it has but the UUID of. */
    private void askOfClone(Device device, Facts facts, RuleBook book, Instant now) {
        Set<IdentityKey> shown = Identity.marks(facts, book.sharedAdapters());
        List<Device> could = new ArrayList<>(List.of(device));
        could.addAll(Identity.formerOwners(device, shown, devices.sharing(shown)));
        ask(facts, 0, could, couldBe(could, shown), book, now);
    }

    private static List<String> couldBe(List<Device> could, Set<IdentityKey> shown) {
        return could.stream()
                .map(other -> "it could be '" + other.name() + "': " + Identity.shared(other, shown))
                .toList();
    }

    /** The devices that {@code device}, registered before its disks were seen, could be in truth; a question is open then. */
    private List<Device> doubts(Device device, Facts facts, RuleBook book, Instant now) {
        Set<IdentityKey> shown = Identity.marks(facts, book.sharedAdapters());
        List<Device> could = Identity.formerOwners(device, shown, devices.sharing(shown));
        if (!could.isEmpty()) {
            ask(facts, device.id(), could, couldBe(could, shown), book, now);
        }
        return could;
    }

    /**
     * The device that {@code device} was until its board was changed, when its disk proves it; {@code device}, registered
     * before its disk was seen, is gone then.
     */
    private Optional<Device> former(Device device, Facts facts, RuleBook book, Instant now) {
        Set<IdentityKey> shown = Identity.marks(facts, book.sharedAdapters());
        List<Device> could = Identity.formerOwners(device, shown, devices.sharing(shown));
        if (could.size() != 1 || !Identity.provesItself(could.getFirst(), shown)) {
            return Optional.empty();
        }
        Device former = could.getFirst();
        Question question = Question.open(shown, facts, device.id(), could, List.of(), now);
        return devices.settle(question.outcome(new Question.Answer.Is(former.id()), Optional.of(former), now), now);
    }

    private void ask(Facts facts, long asked, List<Device> could, List<String> why, RuleBook book, Instant now) {
        Set<IdentityKey> shown = Identity.marks(facts, book.sharedAdapters());
        questions.ask(Question.open(shown, facts, asked, could, why, now), now);
    }

    /** Of no group: what the server's level and the configuration say. */
    EffectivePolicy stranger(RuleBook book) {
        return EffectivePolicy.ofNew(Group.NONE, book, settings);
    }

    Candidate candidate(Device device, RuleBook book) {
        return new Candidate(device, EffectivePolicy.of(device, book, settings));
    }

    /** What {@code recognition} opens at most; work is looked for among its candidates only. */
    Party party(Recognition recognition, RuleBook book) {
        return switch (recognition) {
            case Recognition.Known(Device device, List<String> why)
            when device.registration() == Registration.PENDING ->
                outsider(book, false, joined(why, List.of("'" + device.name() + "' waits for approval")));
            case Recognition.Known(Device device, List<String> why) -> {
                Candidate candidate = candidate(device, book);
                Effective<MenuSetting> menu = candidate.policy().menu();
                List<String> reasons = List.of(
                        "recognised as '" + device.name() + "': " + String.join(", ", why),
                        "menu " + words(menu.value()) + ": " + menu.from());
                // Who is registered need not register.
                List<MenuEntry> entries = candidate.policy().entries().value().stream()
                        .filter(entry -> !(entry.unlocked() instanceof MenuEntry.Register))
                        .toList();
                yield new Party(List.of(candidate), menu.value(), entries, candidate.policy(), false, reasons);
            }
            case Recognition.Collision(List<Device> candidates, List<String> why) -> {
                EffectivePolicy stranger = stranger(book);
                yield new Party(
                        candidates.stream()
                                .filter(device -> device.registration() != Registration.PENDING)
                                .map(device -> candidate(device, book))
                                .toList(),
                        stranger.menu().value(),
                        stranger.entries().value().stream()
                                .filter(entry -> !(entry.unlocked() instanceof MenuEntry.Register))
                                .toList(),
                        stranger,
                        false,
                        joined(List.of("nobody can tell which device this is; a person must look"), why));
            }
            case Recognition.Doubtful(List<Device> _, List<String> why) ->
                outsider(
                        book,
                        false,
                        joined(List.of("it contradicts what is known; a person must say which device this is"), why));
            case Recognition.Nameless(List<String> why) -> outsider(book, true, why);
            case Recognition.Unknown(List<String> why) -> outsider(book, false, why);
        };
    }

    /** Gets nothing but its local disk; and, where the menu has that entry, may register itself. */
    private Party outsider(RuleBook book, boolean unheard, List<String> reasons) {
        EffectivePolicy stranger = stranger(book);
        List<MenuEntry> entries = stranger.entries().value().stream()
                .filter(entry -> entry.unlocked() instanceof MenuEntry.Register || entry instanceof MenuEntry.LocalDisk)
                .toList();
        boolean mayRegister = entries.stream().anyMatch(entry -> entry.unlocked() instanceof MenuEntry.Register);
        return new Party(
                List.of(),
                mayRegister ? stranger.menu().value() : NEVER,
                mayRegister ? entries : List.of(),
                stranger,
                unheard,
                reasons);
    }

    /** For reasons and explanations. */
    static String words(MenuSetting menu) {
        return switch (menu) {
            case MenuSetting.Never _ -> "hidden";
            case MenuSetting.Always _ -> "always shown";
            case MenuSetting.OnHotkey(int seconds) -> "on a hotkey within " + seconds + " s";
        };
    }

    /** @param device empty when nobody can tell which it is */
    record Objection(Optional<Device> device, String why) {}

    /**
     * What full facts say against any work for {@code known}, for which they are taken.
     *
     * @param owner the device that the boot was opened for, or {@link Transactions#NOBODY}
     */
    Optional<Objection> objection(long owner, Device known, Facts facts, RuleBook book, Instant now) {
        if (owner != Transactions.NOBODY && owner != known.id()) {
            return Optional.of(new Objection(
                    Optional.of(known),
                    "its full facts say that it is not the device which the boot was opened for; start it again"));
        }
        if (Recognition.isByUuidAlone(known, facts, book)) {
            askOfClone(known, facts, book, now);
            return Optional.of(new Objection(
                    Optional.empty(),
                    "it has the UUID of '" + known.name() + "' and neither its network card nor its disk"
                            + ", and PCs whose serial numbers were left blank may share a UUID"
                            + "; a person must say whether it is that device (firstlight device questions)"));
        }
        Optional<Device> former = former(known, facts, book, now);
        if (former.isPresent()) {
            return Optional.of(new Objection(
                    former,
                    "its disk, with image-safe data, is that of '"
                            + former.get().name() + "': it is that device with another board; start it again"));
        }
        List<Device> doubts = doubts(known, facts, book, now);
        if (!doubts.isEmpty()) {
            return Optional.of(new Objection(
                    Optional.of(known),
                    "it has the disk of '" + doubts.getFirst().name() + "', or a copy of it"
                            + "; a person must say whether it is that device (firstlight device questions)"));
        }
        return Optional.empty();
    }

    static List<String> joined(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return List.copyOf(all);
    }
}
