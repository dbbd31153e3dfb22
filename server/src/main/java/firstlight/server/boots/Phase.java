package firstlight.server.boots;

/** The phases of docs/transaction-server.md, 1 to 8, as far as an event tells; 0 for none. */
final class Phase {
    private Phase() {}

    /** @param text of the event; of a transfer, which names its file */
    static int of(String kind, String text) {
        return switch (kind) {
            case "offer",
                    "silence",
                    "hotkey",
                    "first-answer",
                    "no-lease",
                    "unsent",
                    "untaken",
                    "refused-lease",
                    "repeated-offer",
                    "other-offer",
                    "loop" -> 1;
            case "question" -> 3;
            case "decision" -> 4;
            case "hello", "order", "progress", "image", "result", "slow", "silent", "heard" -> 8;
            case "transfer" -> ofFile(text);
            default -> 0;
        };
    }

    /**
     * By what is loaded: firmware loads the preboot client (2), which loads its script (3) or its parts and configuration (5, 6), and
     * then the environment (7).
     */
    private static int ofFile(String text) {
        if (text.contains("environment/")) {
            return 7;
        }
        if (text.contains("pxelinux.cfg/") || text.contains("grub.cfg")) {
            return 6;
        }
        if (text.contains("pxelinux/")) {
            return 5;
        }
        return text.contains("autoexec.ipxe") || text.contains("boot.ipxe") ? 3 : 2;
    }
}
