package firstlight.image.manifest;

/** Which partition an add-on is for: what makes sense on every PC, not one PC's device name. */
public sealed interface PartitionChoice {
    /** The one with the operating system: a Linux root, or Windows. */
    record OfSystem() implements PartitionChoice {
        @Override
        public String toString() {
            return "system";
        }
    }

    /** By its number in the partition table. */
    record Numbered(int number) implements PartitionChoice {
        @Override
        public String toString() {
            return String.valueOf(number);
        }
    }

    /** By its file system's label. */
    record Labelled(String label) implements PartitionChoice {
        @Override
        public String toString() {
            return "label=" + label;
        }
    }

    /** The EFI system partition. */
    record Esp() implements PartitionChoice {
        @Override
        public String toString() {
            return "esp";
        }
    }

    /** The option of a work that says it in place of the add-ons themselves. */
    String OPTION = "add-on-partition";

    PartitionChoice SYSTEM = new OfSystem();

    /**
     * Reads {@code system}, {@code esp}, {@code 3} or {@code label=DATA}; "" is {@code system}. Its text is read again.
     *
     * @throws IllegalArgumentException for anything else
     */
    static PartitionChoice of(String text) {
        if (text.isEmpty() || text.equals("system")) {
            return SYSTEM;
        }
        if (text.equals("esp")) {
            return new Esp();
        }
        if (text.matches("[1-9][0-9]{0,3}")) {
            return new Numbered(Integer.parseInt(text));
        }
        if (text.startsWith("label=") && text.length() > "label=".length() && text.length() <= 80) {
            return new Labelled(text.substring("label=".length()));
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no partition: write system, esp, a number such as 3, or label=DATA");
    }
}
