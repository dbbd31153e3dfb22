package firstlight.policy;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MacAddress;
import firstlight.model.MenuSetting;
import firstlight.policy.level.Group;
import firstlight.policy.level.GroupTree;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.work.Limits;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** As {@link KeptMatchesTest}: who was recognised before is whom a server that just started recognises. The seed is fixed. */
class KeptAskersTest {
    private static final Settings SETTINGS =
            new Settings(NewDevices.REGISTER, "Press F8", PolicyValues.NONE, Limits.NONE);
    private static final MacAddress DOCK = MacAddress.parse("52:54:00:00:00:09");

    private final Random random = new Random(20261130);
    private final InMemory memory = new InMemory();
    private RuleBook book = RuleBook.EMPTY;

    @Test
    @SuppressWarnings("ReferenceEquality") // what is given again is what was kept
    void whoWasRecognisedBeforeIsRecognisedAsAtFirstWhateverChanges() {
        Registry lasting = registry();
        for (int i = 1; i <= 8; i++) {
            memory.add("pc" + i, facts());
        }
        Set<Asker> seen = new HashSet<>();
        int kept = 0;
        for (int i = 0; i < 8_000; i++) {
            if (random.nextInt(3) == 0) {
                change();
            }
            Facts shown = facts();
            Asker asker = lasting.recognise(shown, book);
            assertThat(asker).as("step %s", i).isEqualTo(registry().recognise(shown, book));
            kept += asker == lasting.recognise(shown, book) ? 1 : 0;
            seen.add(asker);
        }
        assertThat(kept).as("given again as they were").isGreaterThan(800);
        assertThat(seen).as("different answers").hasSizeGreaterThan(300);
    }

    private Registry registry() {
        return new Registry(memory.repositories(), SETTINGS, new Newcomers(Newcomers.SITE));
    }

    private void change() {
        int at = random.nextInt(memory.devices.size());
        Device device = memory.devices.get(at);
        switch (random.nextInt(7)) {
            case 0 -> memory.devices.set(at, device.withFacts(facts(), Instant.EPOCH));
            case 1 -> memory.devices.set(at, device.withGroup(random.nextInt(3)));
            case 2 ->
                memory.devices.set(
                        at,
                        device.withRegistration(random.nextBoolean() ? Registration.PENDING : Registration.REGISTERED));
            case 3 -> memory.devices.set(at, device.withName("pc" + device.id() + "-" + random.nextInt(3)));
            case 4 -> memory.devices.set(at, device.withMarks(IdentityKey.of(facts())));
            case 5 -> // another in its place
                memory.devices.set(
                        at, Device.fresh(device.id(), device.name(), Registration.REGISTERED, facts(), Instant.EPOCH));
            default -> book = book();
        }
    }

    private RuleBook book() {
        List<Group> groups = List.of(
                new Group(1, "one", Group.NONE, menu()), new Group(2, "two", random.nextInt(2), PolicyValues.NONE));
        return new RuleBook(GroupTree.of(groups), menu(), List.of(), random.nextBoolean() ? Set.of(DOCK) : Set.of());
    }

    private PolicyValues menu() {
        return switch (random.nextInt(3)) {
            case 0 -> PolicyValues.NONE;
            case 1 -> PolicyValues.NONE.with(draft -> draft.menu = Optional.of(new MenuSetting.Always()));
            default -> PolicyValues.NONE.with(draft -> draft.menu = Optional.of(new MenuSetting.OnHotkey(3)));
        };
    }

    private Facts facts() {
        Facts facts = Facts.NONE;
        if (random.nextInt(4) > 0) {
            facts = facts.with(FactName.MAC, "52:54:00:00:00:0" + random.nextInt(10));
        }
        if (random.nextInt(4) == 0) {
            facts = facts.with(FactName.UUID, "4c4c4544-0031-4a10-8054-b8c04f33323" + random.nextInt(8));
        }
        if (random.nextInt(4) == 0) {
            facts = facts.with(FactName.SERIAL, "SN-" + random.nextInt(8));
        }
        return facts;
    }
}
