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

    /** Notes what was laid down on {@code device}. */
    void imaged(long device, LastImage image, Instant now);

    /** Keeps what {@code facts} add to what is known. */
    Device learn(Device device, Facts facts, Instant now);
}
