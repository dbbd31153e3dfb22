package firstlight.model;

import java.util.Optional;

/** What can be known of a device's hardware. A preboot fact can be seen before an operating system runs. */
public enum FactName {
    MAC("mac", true),
    UUID("uuid", true),
    SERIAL("serial", true),
    ASSET_TAG("asset-tag", true),
    BOARD_SERIAL("board-serial", true),
    MANUFACTURER("manufacturer", true),
    MODEL("model", true),
    FIRMWARE("firmware", true),
    ARCHITECTURE("architecture", true),
    NIC_PCI_ID("nic-pci-id", true),
    SUBNET("subnet", true),
    /** The IPv4 address that it asks from. */
    ADDRESS("address", true),
    MEMORY_MIB("memory-mib", false),
    CPU_MODEL("cpu-model", false),
    CPU_CORES("cpu-cores", false),
    /** One value a disk: {@code NAME BYTES SERIAL MODEL}, blanks in MODEL only. */
    DISK("disk", false),
    /** One value an internal disk: {@code NAME unknown|good|worn|failing}, and then, behind a colon, what it counts. */
    DISK_HEALTH("disk-health", false),
    /** Of the card that got an address, as it was agreed with the switch: {@code MEGABITS full|half}. */
    LINK("link", false),
    GPU("gpu", false),
    SOUND("sound", false),
    TPM("tpm", false),
    BATTERY("battery", false),
    SECURE_BOOT("secure-boot", false),
    /** Whose image-safe data are on a disk: {@code IDENTITY}, or {@code IDENTITY copied} when they were written to another one. */
    IMAGE_SAFE("image-safe", false),
    /**
     * Told by no engine: the server's own note that the first disk is gone and the next one moved up, with its serial number, as long as
     * engines without work on a disk see it so.
     */
    MISSED_DISK("missed-disk", false),
    /** The computer name in the image-safe data. */
    SAFE_NAME("safe-name", false),
    /** The last image in the image-safe data: {@code NAME VERSION}. */
    SAFE_IMAGE("safe-image", false);

    private final String key;
    private final boolean preboot;

    FactName(String key, boolean preboot) {
        this.key = key;
        this.preboot = preboot;
    }

    /** The name in requests, rules and the console. */
    public String key() {
        return key;
    }

    public boolean isPreboot() {
        return preboot;
    }

    public static Optional<FactName> ofKey(String key) {
        for (FactName name : values()) {
            if (name.key.equals(key)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }
}
