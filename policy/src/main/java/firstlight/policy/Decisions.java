package firstlight.policy;

import firstlight.model.BootDecisions;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.FirstAnswer;
import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.model.PrebootAnswer;
import firstlight.policy.level.AfterWork;
import firstlight.policy.level.Effective;
import firstlight.policy.level.Group;
import firstlight.policy.rule.Truth;
import firstlight.policy.work.Beginning;
import firstlight.policy.work.Work;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Who boots what, and why. The answers depend on the repositories' content, the facts and the time alone. */
public final class Decisions implements BootDecisions {
    private static final MenuSetting NEVER = new MenuSetting.Never();

    private final Devices devices;
    private final Transactions transactions;
    private final WorkCheck check;
    private final Supplier<RuleBook> book;
    private final Settings settings;

    /** @param book what persons have set, as it is at each decision */
    public Decisions(Repositories repositories, Supplier<RuleBook> book, Settings settings) {
        this.devices = repositories.devices();
        this.transactions = repositories.transactions();
        this.check = new WorkCheck(repositories.queue(), settings.limits());
        this.book = book;
        this.settings = settings;
    }

    /** Whose boot this is: one device, or one of several, or nobody's. */
    private record Party(List<Candidate> candidates, MenuSetting menu, EffectivePolicy policy, List<String> reasons) {}

    @Override
    public FirstAnswer firstAnswer(Facts facts, Instant now) {
        Recognition recognition = recogniseOrRegister(facts, now);
        if (recognition instanceof Recognition.Unknown unknown) {
            return new FirstAnswer.NoAnswer(unknown.reasons());
        }
        Party party = party(recognition);
        WorkCheck.Limited limited = check.limited(party.candidates, now);
        List<String> reasons = joined(party.reasons, limited.reasons());
        return switch (limited.work()) {
            case TRUE, UNKNOWN -> new FirstAnswer.LoadPrebootClient(reasons);
            case FALSE ->
                switch (party.menu) {
                    case MenuSetting.Never _ -> new FirstAnswer.LocalBoot(reasons);
                    case MenuSetting.Always _ -> new FirstAnswer.LoadPrebootClient(reasons);
                    case MenuSetting.OnHotkey(int seconds) ->
                        new FirstAnswer.Hotkey(settings.prompt(), seconds, reasons);
                };
        };
    }

    @Override
    public PrebootAnswer prebootAnswer(Facts facts, Instant now) {
        Party party = party(recogniseOrRegister(facts, now));
        long device = Transactions.NOBODY;
        List<String> reasons = new ArrayList<>(party.reasons);
        if (party.candidates.size() == 1) {
            Candidate one = party.candidates.getFirst();
            Device known = devices.learn(one.device(), facts, now);
            device = known.id();
            check.giveUpIfExhausted(new Candidate(known, one.policy()), now)
                    .ifPresent(work -> reasons.add("stopped: " + work.outcome()));
        }
        WorkCheck.Limited limited = check.limited(party.candidates, now);
        reasons.addAll(limited.reasons());
        Transactions.Opened opened = transactions.open(device, facts, now);
        return new PrebootAnswer(
                opened.transaction(),
                opened.token(),
                party.menu,
                entries(party.policy.entries().value(), facts),
                limited.work() != Truth.FALSE,
                party.policy.kernelArguments().value(),
                reasons);
    }

    /** What an engine gets that asked for its order with full facts. */
    public sealed interface Order {
        List<String> reasons();

        record Begin(Device device, Work work, AfterWork after, List<String> reasons) implements Order {}

        /** It is not this device's turn yet; its engine asks again. */
        record Wait(Device device, List<String> reasons) implements Order {}

        /** {@code device} is empty when even full facts do not tell whose this is. */
        record Nothing(Optional<Device> device, List<String> reasons) implements Order {}
    }

    /**
     * The detailed check: full facts decide what preboot facts could not.
     *
     * @param owner the device that the transaction was opened for, or {@link Transactions#NOBODY}; its token opens nothing of another
     */
    public Order order(long owner, Facts facts, long transaction, Instant now) {
        Party party = party(recogniseOrRegister(facts, now));
        if (party.candidates.size() != 1) {
            return new Order.Nothing(Optional.empty(), party.reasons);
        }
        Device device = devices.learn(party.candidates.getFirst().device(), facts, now);
        Candidate candidate = candidate(device);
        List<String> reasons = new ArrayList<>(party.reasons);
        if (owner != Transactions.NOBODY && owner != device.id()) {
            reasons.add("its full facts say that it is not the device which the boot was opened for; start it again");
            return new Order.Nothing(Optional.of(device), List.copyOf(reasons));
        }
        reasons.addAll(check.limited(List.of(candidate), now).reasons());
        Optional<Beginning> beginning = check.begin(candidate, transaction, now);
        return switch (beginning.orElse(null)) {
            case null -> new Order.Nothing(Optional.of(device), List.copyOf(reasons));
            case Beginning.Begun(Work work) ->
                new Order.Begin(
                        device,
                        work,
                        work.terms()
                                .after()
                                .orElse(candidate.policy().afterWork().value()),
                        List.copyOf(reasons));
            case Beginning.TakenElsewhere(String why) ->
                new Order.Nothing(Optional.of(device), joined(reasons, List.of(why)));
            case Beginning.AtLimit(String why) -> new Order.Wait(device, joined(reasons, List.of(why)));
        };
    }

    private Recognition recogniseOrRegister(Facts facts, Instant now) {
        Recognition recognition = Identity.recognise(facts, devices.sharing(IdentityKey.of(facts)));
        if (!(recognition instanceof Recognition.Unknown unknown)) {
            return recognition;
        }
        if (IdentityKey.of(facts).isEmpty()) {
            return unknown;
        }
        return switch (settings.newDevices()) {
            case REGISTER ->
                new Recognition.Known(
                        devices.register(fresh(facts, Registration.REGISTERED), now),
                        List.of("registered as a new device: "
                                + unknown.reasons().getFirst()));
            case APPROVE ->
                new Recognition.Known(
                        devices.register(fresh(facts, Registration.PENDING), now),
                        List.of("new, to be approved: " + unknown.reasons().getFirst()));
            case IGNORE ->
                new Recognition.Unknown(joined(unknown.reasons(), List.of("new devices are ignored (new-devices)")));
        };
    }

    private NewDevice fresh(Facts facts, Registration registration) {
        return new NewDevice(
                facts,
                registration,
                Group.NONE,
                Optional.empty(),
                stranger().naming().value(),
                "");
    }

    private EffectivePolicy stranger() {
        return EffectivePolicy.ofNew(Group.NONE, book.get(), settings);
    }

    private Candidate candidate(Device device) {
        return new Candidate(device, EffectivePolicy.of(device, book.get(), settings));
    }

    private Party party(Recognition recognition) {
        return switch (recognition) {
            case Recognition.Known(Device device, List<String> why)
            when device.registration() == Registration.PENDING ->
                new Party(
                        List.of(),
                        NEVER,
                        stranger(),
                        joined(why, List.of("'" + device.name() + "' waits for approval")));
            case Recognition.Known(Device device, List<String> why) -> {
                Candidate candidate = candidate(device);
                Effective<MenuSetting> menu = candidate.policy().menu();
                List<String> reasons = List.of(
                        "recognised as '" + device.name() + "': " + String.join(", ", why),
                        "menu " + words(menu.value()) + ": " + menu.from());
                yield new Party(List.of(candidate), menu.value(), candidate.policy(), reasons);
            }
            case Recognition.Collision(List<Device> candidates, List<String> why) ->
                new Party(
                        candidates.stream().map(this::candidate).toList(),
                        stranger().menu().value(),
                        stranger(),
                        joined(List.of("nobody can tell which device this is; a person must look"), why));
            case Recognition.Unknown(List<String> why) -> new Party(List.of(), NEVER, stranger(), why);
        };
    }

    /** An EFI program is nothing for a BIOS. */
    private static List<MenuEntry> entries(List<MenuEntry> entries, Facts facts) {
        boolean uefi = facts.first(FactName.FIRMWARE).orElse("").equals("uefi");
        return entries.stream()
                .filter(entry -> uefi || !(unlocked(entry) instanceof MenuEntry.EfiProgram))
                .toList();
    }

    private static MenuEntry unlocked(MenuEntry entry) {
        return entry instanceof MenuEntry.Locked(MenuEntry inner) ? inner : entry;
    }

    private static String words(MenuSetting menu) {
        return switch (menu) {
            case MenuSetting.Never _ -> "hidden";
            case MenuSetting.Always _ -> "always shown";
            case MenuSetting.OnHotkey(int seconds) -> "on a hotkey within " + seconds + " s";
        };
    }

    private static List<String> joined(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return List.copyOf(all);
    }
}
