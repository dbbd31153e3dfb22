package firstlight.netboot.dhcp;

/** What speaks to us: the kinds of client whose answers differ. Settings switch per kind. */
public enum ClientKind {
    /** A PXE ROM of a BIOS PC (Intel's UNDI and its relatives). */
    BIOS_ROM,
    /** The PXE client of a UEFI firmware (EDK2 and its descendants). */
    UEFI_PXE,
    /** UEFI HTTP Boot. */
    HTTP_BOOT,
    /** iPXE for BIOS: our own, or the ROM of QEMU's and VirtualBox's NICs. */
    IPXE_BIOS,
    IPXE_UEFI,
    RASPBERRY_PI;

    /** HTTP Boot takes a URL or nothing, and a Raspberry Pi knows no port but 67: an offer without a boot file is none to them. */
    boolean asksOnPort4011() {
        return this != HTTP_BOOT && this != RASPBERRY_PI;
    }

    boolean isIpxe() {
        return this == IPXE_BIOS || this == IPXE_UEFI;
    }
}
