package firstlight.policy.rule;

import firstlight.model.FactName;
import firstlight.model.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a condition can ask for: the facts, and what is derived from them. A single one has at most one value at a device; of a
 * manifold one the comparison is true when it is for one of the values.
 */
enum Fact {
    MAC("mac", FactName.MAC, Kind.TEXT, false),
    UUID("uuid", FactName.UUID, Kind.TEXT, true),
    SERIAL("serial", FactName.SERIAL, Kind.TEXT, true),
    ASSET_TAG("asset-tag", FactName.ASSET_TAG, Kind.TEXT, true),
    BOARD_SERIAL("board-serial", FactName.BOARD_SERIAL, Kind.TEXT, true),
    MANUFACTURER("manufacturer", FactName.MANUFACTURER, Kind.TEXT, true),
    MODEL("model", FactName.MODEL, Kind.TEXT, true),
    FIRMWARE("firmware", FactName.FIRMWARE, Kind.WORD, true),
    ARCHITECTURE("architecture", FactName.ARCHITECTURE, Kind.TEXT, true),
    NIC_PCI_ID("nic-pci-id", FactName.NIC_PCI_ID, Kind.TEXT, false),
    SUBNET("subnet", FactName.SUBNET, Kind.NETWORK, true),
    ADDRESS("address", FactName.ADDRESS, Kind.NETWORK, true),
    MEMORY("memory", FactName.MEMORY_MIB, Kind.BYTES, true),
    CPU_MODEL("cpu-model", FactName.CPU_MODEL, Kind.TEXT, true),
    CPU_CORES("cpu-cores", FactName.CPU_CORES, Kind.COUNT, true),
    DISK_COUNT("disk.count", FactName.DISK, Kind.COUNT, true),
    DISK_SIZE("disk.size", FactName.DISK, Kind.BYTES, false),
    DISK_NAME("disk.name", FactName.DISK, Kind.TEXT, false),
    DISK_SERIAL("disk.serial", FactName.DISK, Kind.TEXT, false),
    DISK_MODEL("disk.model", FactName.DISK, Kind.TEXT, false),
    LINK("link", FactName.LINK, Kind.COUNT, true),
    GPU("gpu", FactName.GPU, Kind.TEXT, false),
    SOUND("sound", FactName.SOUND, Kind.TEXT, false),
    TPM("tpm", FactName.TPM, Kind.TEXT, false),
    BATTERY("battery", FactName.BATTERY, Kind.TEXT, false),
    SECURE_BOOT("secure-boot", FactName.SECURE_BOOT, Kind.WORD, true),
    SAFE_NAME("safe-name", FactName.SAFE_NAME, Kind.TEXT, true),
    SAFE_IMAGE("safe-image", FactName.SAFE_IMAGE, Kind.TEXT, true);

    /** How a fact is compared. */
    public enum Kind {
        TEXT,
        /** One of a few texts. */
        WORD,
        /** A number of octets, with a unit. */
        BYTES,
        COUNT,
        /** An IPv4 address or network. */
        NETWORK
    }

    private final String key;
    private final FactName source;
    private final Kind kind;
    private final boolean single;

    Fact(String key, FactName source, Kind kind, boolean single) {
        this.key = key;
        this.source = source;
        this.kind = kind;
        this.single = single;
    }

    /** The name in conditions. */
    public String key() {
        return key;
    }

    public Kind kind() {
        return kind;
    }

    public boolean isSingle() {
        return single;
    }

    /** The words that it can be; empty for all kinds but {@link Kind#WORD}. */
    public Set<String> words() {
        return switch (this) {
            case FIRMWARE -> Set.of("bios", "uefi");
            case SECURE_BOOT -> Set.of("on", "off");
            default -> Set.of();
        };
    }

    static Optional<Fact> ofKey(String key) {
        for (Fact fact : values()) {
            if (fact.key.equals(key)) {
                return Optional.of(fact);
            }
        }
        return Optional.empty();
    }

    /** Its values in {@code facts}, as people read them; numbers as digits. */
    List<String> of(Facts facts) {
        List<String> raw = facts.all(source);
        if (raw.isEmpty()) {
            return raw;
        }
        return switch (this) {
            case DISK_COUNT -> List.of(Integer.toString(raw.size()));
            case DISK_NAME -> disks(raw, 0);
            case DISK_SIZE -> disks(raw, 1);
            case DISK_SERIAL -> disks(raw, 2);
            case DISK_MODEL -> disks(raw, 3);
            case LINK -> List.of(raw.getFirst().split(" ", 2)[0]);
            default -> single ? List.of(raw.getFirst()) : raw;
        };
    }

    /** {@code NAME BYTES SERIAL MODEL}; a serial number that is not there is "-". */
    private static List<String> disks(List<String> raw, int part) {
        List<String> found = new ArrayList<>(raw.size());
        for (String disk : raw) {
            String[] parts = disk.split(" ", 4);
            if (parts.length > part && !parts[part].equals("-")) {
                found.add(parts[part]);
            }
        }
        return found;
    }
}
