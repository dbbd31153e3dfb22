package firstlight.model;

import java.util.List;

/** One line of the boot menu. Paths are names in the boot-file namespace, or URLs. */
public sealed interface MenuEntry {
    String title();

    /** The entry behind the lock. */
    default MenuEntry unlocked() {
        return this instanceof Locked(MenuEntry entry) ? entry : this;
    }

    /** Do the assigned work, if there is some; else boot the local disk. */
    record Automatic(String title) implements MenuEntry {}

    /** The imaging environment with a shell. */
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

    /** Asks for a name and registers this PC under it; shown while the PC is unknown or waits for approval. */
    record Register(String title) implements MenuEntry {}

    /** Asks for a sign-in at the PC before it does what {@code entry} does. Only iPXE can ask. */
    record Locked(MenuEntry entry) implements MenuEntry {
        public Locked {
            if (entry instanceof Locked) {
                throw new IllegalArgumentException("'" + entry.title() + "' is locked already");
            }
        }

        @Override
        public String title() {
            return entry.title();
        }
    }
}
