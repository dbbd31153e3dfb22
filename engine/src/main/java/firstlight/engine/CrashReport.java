package firstlight.engine;

import firstlight.wire.work.Progress;
import firstlight.wire.work.Result;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What an engine left behind that ended without a word, because its Java virtual machine crashed or the kernel killed it. The
 * first process starts another engine to tell the server, so that nobody has to stand at the PC's screen.
 */
final class CrashReport {
    private static final String PHASE = "crash";
    /** What one report carries at most: the server keeps a line of its transaction for it. */
    private static final int REPORT_LENGTH = 900;

    /** Characters of a line, which a crash may make of any length. */
    private static final int CAUSE_LENGTH = 300;

    private final List<String> lines;
    private final String status;

    /**
     * @param lines of the virtual machine's report, or of the kernel's log where it left none
     * @param status what the process ended with: 134 after a report of its own, 137 when it was killed
     */
    CrashReport(List<String> lines, String status) {
        this.lines = lines.stream()
                .map(line -> line.replaceFirst("^#", "").strip())
                .filter(line -> !line.isEmpty())
                .toList();
        this.status = status;
    }

    /**
     * Line for line into the transaction, then the end of the work. What the server refuses, as before any work, is shown.
     *
     * @throws IOException when the result cannot be told
     */
    void tell(Server server, Consumer<String> say) throws IOException {
        for (String note : notes()) {
            try {
                server.progress(new Progress(PHASE, 0, 0, 0, note));
            } catch (IOException unheard) { // no work had begun, or the line is bad: the result says the most of it
                say.accept("a part of the crash's report got lost: " + unheard.getMessage());
            }
        }
        server.result(result());
    }

    Result.Failed result() {
        if (signal().isEmpty()) {
            return new Result.Failed(
                    "The imaging engine ended without a word",
                    "its process ended with status " + status + (status.equals("137") ? ", it was killed" : "")
                            + (lines.isEmpty() ? "" : "; the kernel says: " + shortened(lines.getLast())),
                    "See whether the PC has memory enough (1 GB); if it stays so, test its memory modules");
        }
        return new Result.Failed(
                "The imaging engine's Java virtual machine crashed",
                shortened(signal() + frame()),
                "While the work has attempts left it is tried again; if it stays so, test the PC's memory modules, and report the"
                        + " lines of the transaction");
    }

    private String signal() {
        return lines.stream()
                .filter(line -> line.startsWith("SIG")
                        || line.contains("Internal Error")
                        || line.contains("insufficient memory"))
                .findFirst()
                .orElse("");
    }

    private String frame() {
        int at = lines.indexOf("Problematic frame:");
        return at < 0 || at + 1 >= lines.size() ? "" : ", in " + lines.get(at + 1);
    }

    private static String shortened(String text) {
        return text.substring(0, Math.min(text.length(), CAUSE_LENGTH));
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        StringBuilder note = new StringBuilder();
        for (String line : lines) {
            String part = shortened(line);
            if (!note.isEmpty() && note.length() + part.length() + 3 > REPORT_LENGTH) {
                notes.add(note.toString());
                note.setLength(0);
            }
            note.append(note.isEmpty() ? "" : " | ").append(part);
        }
        if (!note.isEmpty()) {
            notes.add(note.toString());
        }
        return notes;
    }
}
