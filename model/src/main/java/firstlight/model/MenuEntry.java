package firstlight.model;

import java.util.List;

/** One line of the boot menu. Paths are names in the boot-file namespace, or URLs. */
public sealed interface MenuEntry {
    String title();

    /** Do the assigned work, if there is some; else boot the local disk. */
    record Automatic(String title) implements MenuEntry {}

    /** The imaging environment with a shell (the seed's diagnostic mode). */
    record Maintenance(String title) implements MenuEntry {}

    record LocalDisk(String title) implements MenuEntry {}

    record Kernel(String title, String kernel, List<String> initrds, String arguments) implements MenuEntry {
        public Kernel {
            initrds = List.copyOf(initrds);
        }
    }

    /** Shown on UEFI only. */
    record EfiProgram(String title, String path) implements MenuEntry {}

    /** Another iPXE script. */
    record Script(String title, String path) implements MenuEntry {}
}
