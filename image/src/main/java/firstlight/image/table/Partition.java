package firstlight.image.table;

/**
 * A partition as both kinds of table know it.
 *
 * @param number as Linux counts: a GPT entry's index + 1, an MBR slot 1 to 4, logical partitions from 5
 * @param start octets from the start of the disk
 * @param length in octets
 * @param type the GPT type GUID, or the MBR type such as {@code 0x83}
 */
public record Partition(int number, long start, long length, String type) {
    static final String ESP = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
    static final String BIOS_BOOT = "21686148-6449-6e6f-744e-656564454649";

    public long end() {
        return start + length;
    }

    /** An EFI system partition (UEFI 2.10, 5.3.3); 0xEF on an MBR. */
    public boolean isEsp() {
        return type.equalsIgnoreCase(ESP) || type.equalsIgnoreCase("0xef");
    }

    /** In which GRUB's core.img lies, for a BIOS that starts from a GPT. */
    public boolean isBiosBoot() {
        return type.equalsIgnoreCase(BIOS_BOOT);
    }
}
