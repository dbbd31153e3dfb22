package firstlight.server;

/** Long work on a terminal: one line that is written over. Elsewhere, one line a step. */
public final class ProgressLine {
    private final boolean terminal = isTerminal();
    private String step = "";

    public void show(String name, long done, long total) {
        String share = total == 0 ? "" : " " + done * 100 / total + " %";
        if (terminal) {
            System.err.print("\r\u001b[K" + name + share);
            System.err.flush();
        } else if (!name.equals(step)) {
            System.err.println(name);
        }
        step = name;
    }

    public void end() {
        if (terminal && !step.isEmpty()) {
            System.err.print("\r\u001b[K");
            System.err.flush();
        }
    }

    @SuppressWarnings("SystemConsoleNull") // it still is null when jdk.internal.le is not in the runtime
    private static boolean isTerminal() {
        return System.console() != null && System.console().isTerminal();
    }
}
