package firstlight.netboot.preboot;

import java.util.List;

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

    /** What the environment's kernel is given; it must not be told of an updates archive that is not there. */
    static List<String> initrds(boolean updates) {
        return updates ? List.of(INITRAMFS, UPDATES) : List.of(INITRAMFS);
    }
}
