package firstlight.policy;

import java.util.List;

/** What the imaging engine is to do at a device. {@code disks} empty means: the first internal disk. */
public sealed interface Task {
    /** In words, for reasons and tables. */
    String words();

    record Capture(String image, List<String> disks) implements Task {
        public Capture {
            disks = List.copyOf(disks);
        }

        @Override
        public String words() {
            return "capture " + image + onDisks(disks);
        }
    }

    /** {@code version} 0: the newest when the work begins. */
    record Restore(String image, int version, List<String> disks) implements Task {
        public Restore {
            disks = List.copyOf(disks);
        }

        @Override
        public String words() {
            return "restore " + image + (version == 0 ? "" : " version " + version) + onDisks(disks);
        }
    }

    record Inventory() implements Task {
        @Override
        public String words() {
            return "inventory";
        }
    }

    record Maintenance() implements Task {
        @Override
        public String words() {
            return "maintenance";
        }
    }

    private static String onDisks(List<String> disks) {
        return disks.isEmpty() ? "" : " on " + String.join(", ", disks);
    }
}
