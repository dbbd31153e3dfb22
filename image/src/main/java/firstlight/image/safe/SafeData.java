package firstlight.image.safe;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What must survive a PC's re-imaging. Keys that this version does not know are kept: a newer one, or a tool in the operating
 * system, may have written them.
 *
 * @param values by keys of small letters and hyphens; texts of one line; {@value #MOST} octets in all
 */
public record SafeData(SortedMap<String, String> values) {
    /** Which device this is: 32 hexadecimal digits that the server drew for it. */
    public static final String IDENTITY = "identity";

    public static final String COMPUTER_NAME = "computer-name";
    /** {@code dhcp}, or the address and the rest as whoever set it writes it. */
    public static final String NETWORK = "network";

    /** What was laid down last as a whole; {@link #LAST_IMAGED} says when (ISO 8601). */
    public static final String LAST_IMAGE = "last-image";

    public static final String LAST_VERSION = "last-version";
    public static final String LAST_IMAGED = "last-imaged";
    /** {@code yes} until somebody in the new system has taken notice and set {@code no}. */
    public static final String JUST_IMAGED = "just-imaged";
    /** Of the disk that it was written to: on another one it is a copy, and says nothing of who that PC is. */
    public static final String DISK_SERIAL = "disk-serial";

    /** When (ISO 8601): of two copies the newer one counts. */
    public static final String WRITTEN = "written";

    /** What a block takes of keys and values, with two octets for each pair. */
    public static final int MOST = 3_500;

    private static final String KEY = "[a-z][a-z-]{0,39}";

    public SafeData {
        for (Map.Entry<String, String> each : values.entrySet()) {
            if (!each.getKey().matches(KEY)) {
                throw new IllegalArgumentException(
                        "'" + each.getKey() + "' is no key of image-safe data: use small letters and hyphens");
            }
            if (each.getValue().isEmpty() || each.getValue().chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("'" + each.getKey() + "' must be one line that is not empty");
            }
        }
        if (octets(values) > MOST) {
            throw new IllegalArgumentException(
                    "image-safe data of " + octets(values) + " octets are too many: " + MOST + " fit");
        }
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    public static SafeData of(Map<String, String> values) {
        return new SafeData(new TreeMap<>(values));
    }

    public Optional<String> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    private static int octets(Map<String, String> values) {
        int octets = 0;
        for (Map.Entry<String, String> each : values.entrySet()) {
            octets += each.getKey().length() + each.getValue().getBytes(StandardCharsets.UTF_8).length + 2;
        }
        return octets;
    }

    /** Whether there is room for {@code more}. */
    public boolean takes(Map<String, String> more) {
        return octets(merged(more)) <= MOST;
    }

    /** With {@code more}; an empty value takes its key away. */
    public SafeData with(Map<String, String> more) {
        return new SafeData(merged(more));
    }

    private SortedMap<String, String> merged(Map<String, String> more) {
        SortedMap<String, String> merged = new TreeMap<>(values);
        more.forEach((key, value) -> {
            if (value.isEmpty()) {
                merged.remove(key);
            } else {
                merged.put(key, value);
            }
        });
        return merged;
    }

    /** Whether a disk with that serial number, empty for none, is not the one that this was written to. */
    public boolean isCopyOn(String diskSerial) {
        return !get(DISK_SERIAL).orElse("").equals(diskSerial);
    }

    /** When it was written; the epoch when it does not say. */
    Instant written() {
        try {
            return get(WRITTEN).map(Instant::parse).orElse(Instant.EPOCH);
        } catch (DateTimeParseException noTime) {
            return Instant.EPOCH;
        }
    }

    /** {@code PC-03, image room12 version 4}. */
    public String words() {
        String image = get(LAST_IMAGE)
                .map(name -> ", image " + name
                        + get(LAST_VERSION).map(number -> " version " + number).orElse(""))
                .orElse("");
        return get(COMPUTER_NAME).orElse("without a name") + image;
    }
}
