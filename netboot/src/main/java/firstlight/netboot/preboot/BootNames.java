package firstlight.netboot.preboot;

/** Names in the boot-file namespace that scripts point to. */
final class BootNames {
    static final String KERNEL = "environment/vmlinuz";
    static final String INITRAMFS = "environment/initramfs.zst";
    /** Drivers, firmware and scripts of the site's own. Its absence is normal. */
    static final String UPDATES = "environment/updates.cpio.zst";

    private BootNames() {}

    /** A file of ours by a name that each loader asks for as it stands: no URL, and ASCII. */
    static boolean isPlain(String name) {
        return !name.contains("://") && Escape.line(name).equals(name);
    }
}
