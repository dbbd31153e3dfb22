package firstlight.policy;

import firstlight.model.Facts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The three repositories of a decision, in lists. */
final class InMemory implements Devices, WorkQueue, Transactions {
    final List<Device> devices = new ArrayList<>();
    final List<Work> works = new ArrayList<>();
    long transactions;

    Device add(String name, Facts facts) {
        return add(
                new Device(devices.size() + 1, name, Registration.REGISTERED, Optional.empty(), facts, Instant.EPOCH));
    }

    Device add(Device device) {
        devices.add(device);
        return device;
    }

    Work assign(Device device, Task task) {
        Work work = new Work(works.size() + 1, device.id(), task, false, WorkState.QUEUED, 0, 0, "", Instant.EPOCH);
        works.add(work);
        return work;
    }

    @Override
    public List<Device> sharing(Set<IdentityKey> keys) {
        return devices.stream()
                .filter(device -> !Collections.disjoint(IdentityKey.of(device.facts()), keys))
                .toList();
    }

    @Override
    public Device register(Facts facts, Registration registration, Instant now) {
        return add(new Device(
                devices.size() + 1, "new-" + (devices.size() + 1), registration, Optional.empty(), facts, now));
    }

    @Override
    public Device learn(Device device, Facts facts, Instant now) {
        Device learned = device.withFacts(device.facts().mergedWith(facts), now);
        devices.replaceAll(each -> each.id() == device.id() ? learned : each);
        return learned;
    }

    @Override
    public Optional<Work> current(long device) {
        return works.stream()
                .filter(work -> work.device() == device && work.isOpen())
                .min(Comparator.comparing((Work work) -> work.state() != WorkState.RUNNING)
                        .thenComparing(Work::id));
    }

    @Override
    public void keep(Work work) {
        works.replaceAll(each -> each.id() == work.id() ? work : each);
    }

    @Override
    public Opened open(long device, Facts facts, Instant now) {
        transactions++;
        return new Opened(transactions, "token-" + transactions + "-of-" + device);
    }
}
