package firstlight.policy;

import firstlight.model.BootDecisions;
import firstlight.model.ClientChoice;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.FirstAnswer;
import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.model.PrebootAnswer;
import firstlight.model.Scripts;
import firstlight.policy.level.AfterWork;
import firstlight.policy.rule.Rule;
import firstlight.policy.rule.Truth;
import firstlight.policy.work.Beginning;
import firstlight.policy.work.FirstDisk;
import firstlight.policy.work.Session;
import firstlight.policy.work.Task;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Who boots what, and why. The answers depend on the repositories' content, the facts and the time alone. */
public final class Decisions implements BootDecisions {
    // Each question of a waiting engine is an update of its row; a place that is free waits no longer than this.
    private static final Duration TURN = Duration.ofSeconds(10);
    /** The members of a session begin within this of each other. */
    private static final Duration TOGETHER = Duration.ofSeconds(3);

    /** What firmware and engine read out of the same tables (SMBIOS): what the one does not find, the other does not show. */
    private static final Set<FactName> OF_BOTH = Collections.unmodifiableSet(EnumSet.of(
            FactName.SERIAL, FactName.BOARD_SERIAL, FactName.ASSET_TAG, FactName.MANUFACTURER, FactName.MODEL));

    private static final String ASKED =
            "it may be another PC with that UUID, and a person was asked (firstlight device questions): no work until then";

    private final Devices devices;
    private final Repositories repositories;
    private final Registry registry;
    private final WorkCheck check;
    private final Supplier<RuleBook> books;
    private final Settings settings;

    /** @param books what persons have set, as it is at each decision */
    public Decisions(Repositories repositories, Supplier<RuleBook> books, Settings settings) {
        this.devices = repositories.devices();
        this.repositories = repositories;
        this.registry = new Registry(repositories, settings, new Newcomers(Newcomers.SITE));
        this.check = new WorkCheck(repositories, settings.limits());
        this.books = books;
        this.settings = settings;
    }

    @Override
    public FirstAnswer firstAnswer(Facts facts, Instant now) {
        RuleBook book = books.get();
        return firstAnswer(registry.recogniseOrRegister(facts, book, now), facts, book, now);
    }

    @Override
    public Prompt promptAnswer(Facts facts, Instant now) {
        RuleBook book = books.get();
        Optional<Asker> known = registry.recogniseAtOnce(facts, book, now);
        return known.isPresent()
                ? new Prompt.Settled(firstAnswer(known.get(), facts, book, now))
                : new Prompt.Provisional(firstAnswer(registry.foreseen(facts, book, now), facts, book, now));
    }

    @Override
    public List<FirstAnswer> firstAnswers(List<Facts> facts, Instant now) {
        RuleBook book = books.get();
        List<Asker> askers = registry.recogniseOrRegister(facts, book, now);
        List<FirstAnswer> answers = new ArrayList<>();
        for (int i = 0; i < facts.size(); i++) {
            answers.add(firstAnswer(askers.get(i), facts.get(i), book, now));
        }
        return answers;
    }

    private FirstAnswer firstAnswer(Asker asker, Facts facts, RuleBook book, Instant now) {
        Party party = asker.party();
        boolean stranger = asker.recognition() instanceof Recognition.Unknown
                && party.entries().isEmpty();
        boolean nobody = asker.recognition() instanceof Recognition.Nameless
                && IdentityKey.of(facts).isEmpty();
        if (stranger || nobody) {
            return new FirstAnswer.NoAnswer(party.reasons());
        }
        List<String> reasons = new ArrayList<>(party.reasons());
        boolean mayBeAnother = mayBeAnother(asker);
        if (mayBeAnother && registry.isAsked(asker)) {
            reasons.add(ASKED);
            return firstAnswer(party.withoutCandidates(), facts, book, reasons, now);
        }
        if (party.candidates().size() == 1 && !mayBeAnother) {
            reasons.addAll(check.settle(party.candidates().getFirst(), 0, now));
        }
        return firstAnswer(party, facts, book, reasons, now);
    }

    /**
     * Whether it is known by its UUID alone: with a changed card, or another PC of one UUID, which full facts tell. Until then its boot is
     * nobody's, and what runs at the device is not to be ended by it. At a shared dock all that have the UUID look so, and do once a person
     * was asked about one of them.
     */
    private boolean mayBeAnother(Asker asker) {
        return asker.recognition() instanceof Recognition.Known
                && (asker.byUuidAlone() || (asker.showsUuidAlone() && registry.isAsked(asker)));
    }

    private FirstAnswer firstAnswer(Party party, Facts facts, RuleBook book, List<String> reasons, Instant now) {
        WorkCheck.Limited limited = check.limited(party.candidates(), facts, book, now);
        reasons.addAll(limited.reasons());
        Optional<ClientChoice> clients = Optional.of(new ClientChoice(
                party.policy().biosClient().value(), party.policy().uefiClient().value()));
        if (limited.work() != Truth.FALSE || party.unheard()) {
            return new FirstAnswer.LoadPrebootClient(clients, reasons);
        }
        return switch (party.menu()) {
            case MenuSetting.Never _ -> new FirstAnswer.LocalBoot(reasons);
            case MenuSetting.Always _ -> new FirstAnswer.LoadPrebootClient(clients, reasons);
            case MenuSetting.OnHotkey(int seconds) ->
                new FirstAnswer.Hotkey(settings.prompt(), seconds, clients, reasons);
        };
    }

    @Override
    public PrebootAnswer prebootAnswer(Facts facts, Instant now) {
        RuleBook book = books.get();
        Asker asker = registry.recogniseOrRegister(facts, book, now);
        Party party = asker.party();
        long device = Transactions.NOBODY;
        List<String> reasons = new ArrayList<>(party.reasons());
        List<Candidate> candidates = party.candidates();
        boolean mayBeAnother = mayBeAnother(asker);
        if (mayBeAnother && registry.isAsked(asker)) {
            reasons.add(ASKED);
            candidates = List.of();
        }
        if (asker.recognition() instanceof Recognition.Known && candidates.size() == 1 && !mayBeAnother) {
            Device known = devices.learn(
                    candidates.getFirst().device(),
                    believed(candidates.getFirst().device(), facts),
                    now);
            device = known.id();
            candidates = List.of(registry.candidate(known, book));
            reasons.addAll(check.settle(candidates.getFirst(), 0, now));
        }
        WorkCheck.Limited limited = check.limited(candidates, facts, book, now);
        reasons.addAll(limited.reasons());
        boolean tellsMuch = facts.first(FactName.UUID).isPresent()
                || facts.first(FactName.SERIAL).isPresent();
        if (limited.work() == Truth.FALSE && tellsMuch) {
            registry.ask(asker.recognition(), facts, book, now); // else full facts may tell them apart
        }
        Transactions.Opened opened = repositories.transactions().open(device, facts, now);
        return new PrebootAnswer(
                opened.transaction(),
                opened.token(),
                party.menu(),
                entries(party.entries(), facts),
                limited.work() != Truth.FALSE,
                (kernelArguments(party.policy(), limited.rule()) + shell(device, now)).strip(),
                reasons);
    }

    /**
     * What is kept of a preboot client's question. Anybody can ask with the MAC address of another PC: what the engine of that one looked for
     * and did not find, it alone can add.
     */
    private static Facts believed(Device known, Facts shown) {
        if (!known.facts().areOfEngine()) {
            return shown;
        }
        Set<FactName> planted = EnumSet.copyOf(OF_BOTH);
        planted.removeAll(known.facts().values().keySet());
        return shown.without(planted);
    }

    private static String kernelArguments(EffectivePolicy policy, Optional<Rule> rule) {
        String own = policy.kernelArguments().value();
        return rule.map(each -> (own + " " + each.kernelArguments()).strip()).orElse(own);
    }

    /** Given maintenance ends in a shell also where the engine cannot ask for its order: a disk that hangs holds it up before. */
    private String shell(long device, Instant now) {
        return repositories
                .queue()
                .current(device, now)
                .filter(work -> work.task() instanceof Task.Maintenance)
                .map(_ -> " firstlight.shell=1")
                .orElse("");
    }

    /** What an engine gets that asked for its order with full facts. */
    public sealed interface Order {
        List<String> reasons();

        /**
         * @param addOnsOnly the base image is there already: of a restore only the add-ons are missing
         * @param scripts run around the work: its own, where it has none its policy's
         */
        record Begin(
                Device device, Work work, AfterWork after, boolean addOnsOnly, Scripts scripts, List<String> reasons)
                implements Order {}

        /** It is not this device's turn yet; its engine asks again after {@code pause}. */
        record Wait(Device device, Duration pause, List<String> reasons) implements Order {}

        /** {@code device} is empty when even full facts do not tell whose this is. */
        record Nothing(Optional<Device> device, List<String> reasons) implements Order {}
    }

    /**
     * The detailed check: full facts decide what preboot facts could not.
     *
     * @param owner the device that the transaction was opened for, or {@link Transactions#NOBODY}; its token opens nothing of another
     */
    public Order order(long owner, Facts told, long transaction, Instant now) {
        Facts facts = told.without(Set.of(FactName.MISSED_DISK)); // the server's own note
        RuleBook book = books.get();
        Asker asker = registry.recogniseOrRegister(facts, book, now);
        Party party = asker.party();
        if (!(asker.recognition() instanceof Recognition.Known)
                || party.candidates().size() != 1) {
            registry.ask(asker.recognition(), facts, book, now);
            return new Order.Nothing(Optional.empty(), party.reasons());
        }
        Device known = party.candidates().getFirst().device();
        Optional<Registry.Objection> objection = registry.objection(owner, known, facts, book, now);
        if (objection.isPresent()) {
            return new Order.Nothing(
                    objection.get().device(),
                    Registry.joined(party.reasons(), List.of(objection.get().why())));
        }
        List<String> reasons = new ArrayList<>(party.reasons());
        Candidate candidate = registry.candidate(known.withFacts(known.facts().mergedWith(facts), now), book);
        reasons.addAll(check.settle(candidate, transaction, now));
        Optional<WorkCheck.Begun> begun =
                check.begin(candidate, work -> held(work, known.facts(), facts), transaction, book, now);
        // With the note though its work is held to that disk: the next one, which a schedule gives, has nobody who
        // looked.
        Device device = devices.learn(known, FirstDisk.noted(known.facts(), facts), now);
        if (begun.isEmpty()) {
            reasons.addAll(check.nothing(candidate, book, now));
            return new Order.Nothing(Optional.of(device), List.copyOf(reasons));
        }
        reasons.addAll(begun.get().reasons());
        return switch (begun.get().beginning()) {
            case Beginning.Begun(Work work) ->
                begun(device, work, candidate.policy(), begun.get().addOnsOnly(), List.copyOf(reasons));
            case Beginning.TakenElsewhere(String why) ->
                new Order.Nothing(Optional.of(device), Registry.joined(reasons, List.of(why)));
            case Beginning.Gathering(String why) ->
                new Order.Wait(device, TOGETHER, Registry.joined(reasons, List.of(why)));
            case Beginning.AtLimit(String why) -> new Order.Wait(device, TURN, Registry.joined(reasons, List.of(why)));
        };
    }

    private Order begun(Device device, Work work, EffectivePolicy policy, boolean addOnsOnly, List<String> reasons) {
        if (overwrites(work.task()) && !addOnsOnly) {
            // Known again when it is done: a PC that is switched off in the middle holds no image.
            devices.imaged(device.id(), Optional.empty());
        } else if (work.task() instanceof Task.Restore restore) {
            // When that fails for good, nobody may think that the device has the image and no more.
            devices.imaged(device.id(), device.lastImage().map(last -> last.begun(restore)));
        }
        return new Order.Begin(
                device,
                work,
                work.terms().after().orElse(policy.afterWork().value()),
                addOnsOnly,
                work.task().takesScripts()
                        ? work.terms().scripts().or(policy.scripts()).toRun()
                        : Scripts.NONE,
                reasons);
    }

    /**
     * To the disk that is first, though it may still have to wait: when that one vanishes, the next attempt, or the next question,
     * must not take another (docs/adr/0029).
     */
    private static Work held(Work work, Facts before, Facts now) {
        return FirstDisk.of(work.task().held(), before, now)
                .map(disk -> work.pinned(work.task().heldTo(disk)))
                .orElse(work);
    }

    /** All that was laid down. */
    private static boolean overwrites(Task task) {
        return switch (task) {
            case Task.Restore restore -> restore.isWhole();
            case Task.Join _, Task.Wipe _ -> true;
            case Task.Capture _, Task.Script _, Task.Inventory _, Task.Maintenance _ -> false;
        };
    }

    /** The engine has done {@code work}, which its transaction runs. */
    public Work done(Work work, String summary, Instant now) {
        Optional<Task.Restore> laid = switch (work.task()) {
            case Task.Restore restore -> Optional.of(restore);
            case Task.Join(long session) ->
                repositories.queue().session(session).map(Session::restore);
            case Task.Capture _, Task.Script _, Task.Inventory _, Task.Maintenance _, Task.Wipe _ -> Optional.empty();
        };
        // A restore of a whole disk has forgotten the former image when it began; add-ons alone are noted with it.
        // Before the work is done: an engine says a result again that was not taken, but of work that is done nothing
        // more is noted, and a rule that gives each device its image once would give it again.
        laid.ifPresent(restore -> devices.imaged(
                work.device(),
                devices.find(work.device())
                        .flatMap(Device::lastImage)
                        .or(() -> Optional.of(restore)
                                .filter(Task.Restore::isWhole) // some partitions are not the image
                                .map(whole -> new LastImage(whole.image(), whole.version(), List.of(), now)))
                        .map(last -> last.after(restore, now))));
        Work done = work.done(summary, now);
        repositories.queue().keep(done);
        return done;
    }

    /** The engine has failed at {@code work}: it goes back to the queue, or it stops and a person is told. */
    public Work failed(Work work, String why, Instant now) {
        Optional<Device> device = devices.find(work.device());
        RuleBook book = books.get();
        EffectivePolicy policy =
                device.map(each -> registry.candidate(each, book).policy()).orElseGet(() -> registry.stranger(book));
        Work failed = work.failed(why, policy.maxAttempts().value(), now);
        repositories.queue().keep(failed);
        if (failed.state() == WorkState.FAILED) {
            String where = device.map(each -> " at '" + each.name() + "'").orElse("");
            String text = work.describe() + " has failed " + work.attempts() + " times" + where + " and stops: " + why;
            repositories.alarms().raise(work.device(), text, now);
        }
        return failed;
    }

    /** What {@code device} would get if it asked now, and why. Changes nothing. */
    public Explanation explain(Device device, Instant now) {
        RuleBook book = books.get();
        Recognition recognition = new Recognition.Known(device, List.of("asked for by name"));
        Party party = registry.party(recognition, book);
        FirstAnswer answer = firstAnswer(party, device.facts(), book, new ArrayList<>(party.reasons()), now);
        Recognition identity = registry.recognise(device.facts(), book).recognition();
        EffectivePolicy policy = registry.candidate(device, book).policy();
        return new Explanation(
                book.groups().path(device.group()), identity, answer, check.allRules(device, book, now), policy);
    }

    /** An EFI program is nothing for a BIOS, and maintenance nothing where the imaging environment cannot run. */
    private static List<MenuEntry> entries(List<MenuEntry> entries, Facts facts) {
        boolean uefi = facts.first(FactName.FIRMWARE).orElse("").equals("uefi");
        boolean environment = WorkCheck.runsEnvironment(facts);
        return entries.stream()
                .filter(entry -> uefi || !(entry.unlocked() instanceof MenuEntry.EfiProgram))
                .filter(entry -> environment || !(entry.unlocked() instanceof MenuEntry.Maintenance))
                .toList();
    }
}
