package firstlight.model;

/** What a UEFI PC loads to ask for its menu and work. */
public enum UefiClient {
    IPXE,
    /** shim and GRUB, for Secure Boot; x64 and arm64 only. UEFI of 32 bits always gets GRUB, other architectures iPXE. */
    GRUB
}
