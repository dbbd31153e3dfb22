package firstlight.model;

/** What a BIOS PC loads to ask for its menu and work. */
public enum BiosClient {
    IPXE,
    PXELINUX
}
