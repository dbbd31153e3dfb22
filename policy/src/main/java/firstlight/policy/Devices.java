package firstlight.policy;

import firstlight.model.Facts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The devices that are known. Asked at every packet: must answer from memory or nearly so. */
public interface Devices {
    /** All devices that share at least one of {@code keys}, by their facts or by their {@link Device#marks}. */
    List<Device> sharing(Set<IdentityKey> keys);

    Optional<Device> find(long id);

    /** Makes a device of facts that no known device answers; calling twice with the same facts makes one device. */
    Device register(NewDevice wanted, Instant now);

    /** The same for several that share no key, which may be kept all at once; in their order. */
    default List<Device> register(List<NewDevice> wanted, Instant now) {
        return wanted.stream().map(each -> register(each, now)).toList();
    }

    /** Notes which image {@code device} holds; none while one is being laid down, and after a wipe. */
    void imaged(long device, Optional<LastImage> image);

    /** Keeps what was answered to a question about who a PC is; empty when the device is gone meanwhile. */
    Optional<Device> settle(Question.Outcome outcome, Instant now);

    /** Keeps what {@code facts} add to what is known. */
    Device learn(Device device, Facts facts, Instant now);
}
