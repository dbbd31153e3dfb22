package firstlight.netboot.tftp;

import firstlight.netboot.files.BootPath;
import firstlight.netboot.files.Requester;
import java.time.Duration;
import java.util.Locale;

/**
 * What became of one transfer.
 *
 * @param octets the size of what was asked for
 * @param repeats how many windows were sent more than once
 */
public record TransferReport(
        Requester requester, String name, Outcome outcome, long octets, Terms terms, Duration took, long repeats) {
    /** One line for people. */
    public String text() {
        String how = switch (outcome) {
            case Outcome.Delivered(boolean confirmed) ->
                String.format(
                        Locale.ROOT,
                        "sent %d bytes in %.3f s (blksize %d, windowsize %d, %d repeats)%s",
                        octets,
                        took.toNanos() / 1e9,
                        terms.blockSize(),
                        terms.windowSize(),
                        repeats,
                        confirmed ? "" : ", last ACK never came");
            case Outcome.Probed() -> "asked for the size";
            case Outcome.Aborted(int code, String text) -> "the client gave up: ERROR " + code + " \"" + text + "\"";
            case Outcome.TimedOut() -> "the client fell silent";
            case Outcome.Denied(String reason) -> reason;
            case Outcome.Failed(String reason) -> reason;
        };
        return "TFTP " + requester.client() + " " + BootPath.shown(name) + ": " + how;
    }
}
