package firstlight.policy.work;

import firstlight.model.HeldDisk;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the imaging engine is to do at a device. {@code disks} empty means: the first internal disk; {@link HeldDisk} the one that
 * this was when the work was begun.
 */
public sealed interface Task {
    /** The word of requests, tables and the database. */
    String kind();

    /** In words, for reasons and tables. */
    String words();

    /**
     * @param options for the engine, by its words: {@code if-locked}, {@code if-unreadable}, {@code leave-out}
     * @param maker who gave it, of a person who adds versions to own images alone; empty where it may be any image. Also of a rule's and a
     *     schedule's: whose image it is then is not known before
     */
    record Capture(String image, List<String> disks, SortedMap<String, String> options, String maker) implements Task {
        public Capture {
            disks = List.copyOf(disks);
            options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
        }

        public Capture(String image, List<String> disks, SortedMap<String, String> options) {
            this(image, disks, options, "");
        }

        /** Given by somebody who adds versions to own images alone. */
        public Capture by(String person) {
            return new Capture(image, disks, options, person);
        }

        /** The usual one: no options. */
        public Capture(String image, List<String> disks) {
            this(image, disks, Collections.emptySortedMap());
        }

        @Override
        public String kind() {
            return "capture";
        }

        @Override
        public String words() {
            return "capture " + image + onDisks(disks) + (options.isEmpty() ? "" : " " + written(options));
        }
    }

    /**
     * @param version 0: the newest when the work begins
     * @param addOns add-on images, each an {@link AddOnName}, laid over the restored system in this order
     * @param options for the engine, by its words
     */
    record Restore(
            String image, int version, List<String> addOns, List<String> disks, SortedMap<String, String> options)
            implements Task {
        public Restore {
            addOns = List.copyOf(addOns);
            disks = List.copyOf(disks);
            options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
        }

        /** The usual one: no add-ons, no options. */
        public static Restore of(String image, int version, List<String> disks) {
            return new Restore(image, version, List.of(), disks, Collections.emptySortedMap());
        }

        /** Whether all of the image is laid down, and not chosen partitions of it, beside which the rest of a disk stays. */
        public boolean isWhole() {
            return partitions().isEmpty();
        }

        /** The chosen ones, as {@code 2,3}; empty for the whole image. */
        private String partitions() {
            return options.getOrDefault("partitions", "");
        }

        /** {@code partitions 2,3 of office@4}. */
        public String part() {
            return "partitions " + partitions() + " of " + image + (version == 0 ? "" : "@" + version);
        }

        /** With the versions that it is begun with. */
        public Restore withVersions(int exact, List<String> exactAddOns) {
            return new Restore(image, exact, exactAddOns, disks, options);
        }

        /** Whether {@code begun}, whose versions were fixed when it began, is this. */
        public boolean became(Restore begun) {
            if (!image.equals(begun.image)
                    || !partitions().equals(begun.partitions())
                    || addOns.size() != begun.addOns.size()) {
                return false;
            }
            for (int i = 0; i < addOns.size(); i++) {
                if (!AddOnName.of(addOns.get(i)).means(AddOnName.of(begun.addOns.get(i)))) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String kind() {
            return "restore";
        }

        @Override
        public String words() {
            return "restore " + image + (version == 0 ? "" : " version " + version) + onDisks(disks)
                    + (addOns.isEmpty() ? "" : " with " + String.join(", ", addOns))
                    + (options.isEmpty() ? "" : " " + written(options));
        }
    }

    /** Takes part in a multicast session. */
    record Join(long session) implements Task {
        @Override
        public String kind() {
            return "join";
        }

        @Override
        public String words() {
            return "join session " + session;
        }
    }

    /** @param text what the imaging environment's shell runs */
    record Script(String name, String text) implements Task {
        @Override
        public String kind() {
            return "script";
        }

        @Override
        public String words() {
            return "script " + name;
        }
    }

    record Inventory() implements Task {
        @Override
        public String kind() {
            return "inventory";
        }

        @Override
        public String words() {
            return "inventory";
        }
    }

    record Maintenance() implements Task {
        @Override
        public String kind() {
            return "maintenance";
        }

        @Override
        public String words() {
            return "maintenance";
        }
    }

    record Wipe(List<String> disks, WipeMethod method) implements Task {
        public Wipe {
            disks = List.copyOf(disks);
        }

        @Override
        public String kind() {
            return "wipe";
        }

        @Override
        public String words() {
            return "wipe" + onDisks(disks) + " (" + method.words() + ")";
        }
    }

    /** How a disk is wiped. */
    enum WipeMethod {
        /** Partition tables and file system signatures only. */
        SIGNATURES("signatures only"),
        ZEROS("zeros"),
        RANDOM("random data"),
        /** The disk's own secure erase or sanitize. */
        DEVICE("the disk's own erase");

        private final String words;

        WipeMethod(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /** Whether it destroys what is on a disk: audited, and above the threshold held for a second person. */
    default boolean isDestructive() {
        return switch (this) {
            case Restore _, Join _, Script _, Wipe _ -> true;
            case Capture _, Inventory _, Maintenance _ -> false;
        };
    }

    /** Whether scripts can run before and after it: work on disks. */
    default boolean takesScripts() {
        return switch (this) {
            case Capture _, Restore _, Join _, Wipe _ -> true;
            case Script _, Inventory _, Maintenance _ -> false;
        };
    }

    /** Begun where {@code disk} is first: without it, the work does not go to the next one. One that names disks stays as it is. */
    default Task heldTo(HeldDisk disk) {
        return withUnnamed(disk.disks());
    }

    /** As somebody gave it, held to no disk. */
    default Task asGiven() {
        return withUnnamed(List.of());
    }

    /** As {@link #asGiven}, whoever gave it. */
    default Task asGivenByAnybody() {
        return asGiven() instanceof Capture capture ? capture.by("") : asGiven();
    }

    /** What it is held to. */
    default Optional<HeldDisk> held() {
        return switch (this) {
            case Capture capture -> HeldDisk.in(capture.disks);
            case Restore restore -> HeldDisk.in(restore.disks);
            case Wipe wipe -> HeldDisk.in(wipe.disks);
            case Join _, Script _, Inventory _, Maintenance _ -> Optional.empty();
        };
    }

    private Task withUnnamed(List<String> disks) {
        return switch (this) {
            case Capture capture
            when !HeldDisk.isNamed(capture.disks) -> new Capture(capture.image, disks, capture.options, capture.maker);
            case Restore restore
            when !HeldDisk.isNamed(restore.disks) ->
                new Restore(restore.image, restore.version, restore.addOns, disks, restore.options);
            case Wipe wipe when !HeldDisk.isNamed(wipe.disks) -> new Wipe(disks, wipe.method);
            case Capture _, Restore _, Wipe _, Join _, Script _, Inventory _, Maintenance _ -> this;
        };
    }

    private static String written(Map<String, String> options) {
        return String.join(
                " ",
                options.entrySet().stream()
                        .map(option -> option.getKey() + "=" + option.getValue())
                        .toList());
    }

    private static String onDisks(List<String> disks) {
        return HeldDisk.isNamed(disks) ? " on " + String.join(", ", disks) : "";
    }
}
