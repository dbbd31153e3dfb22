package firstlight.server.imaging;

import firstlight.database.DeviceStore;
import firstlight.database.Kept;
import firstlight.image.safe.SafeData;
import firstlight.policy.Device;
import firstlight.policy.IdentityKey;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a restored disk is to keep of its device. The identity is drawn at the first restore: random, so that a disk that comes
 * from another site's server never claims to be a device of this one.
 */
final class SafeIdentity {
    private static final int OCTETS = 16;

    private final DeviceStore devices;
    private final SecureRandom random = new SecureRandom();

    SafeIdentity(DeviceStore devices) {
        this.devices = devices;
    }

    /**
     * By the names of {@link SafeData}. Without the identity where the device was removed meanwhile.
     *
     * @throws firstlight.database.DatabaseUnreachable when a first identity cannot be kept: one that nobody knows would be of no use
     */
    SortedMap<String, String> of(Device device) {
        SortedMap<String, String> values = new TreeMap<>();
        values.put(SafeData.COMPUTER_NAME, device.name());
        identity(device).ifPresent(identity -> values.put(SafeData.IDENTITY, identity));
        return values;
    }

    private Optional<String> identity(Device device) {
        byte[] drawn = new byte[OCTETS];
        random.nextBytes(drawn);
        String fresh = HexFormat.of().formatHex(drawn);
        if (device.imageSafe().isPresent()) {
            return device.imageSafe();
        }
        Kept<Device> kept = devices.change(
                device.id(), row -> row.imageSafe().isPresent() ? row : row.withMarks(IdentityKey.imageSafe(fresh)));
        return kept instanceof Kept.Done<Device>(Device known) ? known.imageSafe() : Optional.empty();
    }
}
