package firstlight.policy.work;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * A multicast session: several devices receive one image at once. Its members are the devices that have work to join it.
 * Changes by {@link SessionStep} only.
 *
 * @param version 0: the newest when the first member begins; fixed then, so that all get the same
 * @param disks as of a restore
 * @param clients begins when so many wait; 0: not by their number
 * @param minutes begins so long after the first one waits; 0: not by time
 * @param gathering since when somebody waits without a break
 * @param outcome one line: why it began, or how it ended
 */
public record Session(
        long id,
        String name,
        String image,
        int version,
        List<String> disks,
        int clients,
        int minutes,
        SessionState state,
        String createdBy,
        Instant created,
        Optional<Instant> gathering,
        Optional<Instant> started,
        Optional<Instant> ended,
        String outcome) {
    public static final int LONGEST_NAME = 100;
    public static final int MOST_CLIENTS = 10_000;
    public static final int MOST_MINUTES = 7 * 24 * 60;
    /** Where nothing is said. */
    public static final int USUAL_MINUTES = 15;

    public Session {
        disks = List.copyOf(disks);
    }

    public static Session fresh(
            String name,
            String image,
            int version,
            List<String> disks,
            int clients,
            int minutes,
            String createdBy,
            Instant now) {
        return new Session(
                0,
                name,
                image,
                version,
                disks,
                clients,
                minutes,
                SessionState.WAITING,
                createdBy,
                now,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "");
    }

    /** Whether it can still be joined. */
    public boolean isOpen() {
        return state == SessionState.WAITING || state == SessionState.RUNNING;
    }

    /** What each member does when it has begun. */
    public Task.Restore restore() {
        return Task.Restore.of(image, version, disks);
    }

    public String describe() {
        return "session " + id + " '" + name + "'";
    }

    /** For a person in front of a PC: {@code begins when 5 clients wait (2 do), or at 10:15 at the latest}. */
    public String waitsFor(Roster roster) {
        String byNumber = clients == 0 ? "" : "when " + clients + " clients wait (" + roster.waiting() + " do)";
        String byTime = deadline()
                .map(at -> "at " + at.truncatedTo(ChronoUnit.SECONDS) + " at the latest")
                .orElse(minutes == 0 ? "" : minutes + " minutes after the first one comes");
        String both = byNumber.isEmpty() || byTime.isEmpty() ? byNumber + byTime : byNumber + ", or " + byTime;
        return "begins " + (both.isEmpty() ? "when somebody starts it (" + roster.waiting() + " wait)" : both);
    }

    /** When it begins at the latest, as things stand. */
    public Optional<Instant> deadline() {
        return minutes == 0 ? Optional.empty() : gathering.map(since -> since.plus(Duration.ofMinutes(minutes)));
    }

    Session gathering(Optional<Instant> since) {
        return new Session(
                id, name, image, version, disks, clients, minutes, state, createdBy, created, since, started, ended,
                outcome);
    }

    Session begun(String why, Instant now) {
        return new Session(
                id,
                name,
                image,
                version,
                disks,
                clients,
                minutes,
                SessionState.RUNNING,
                createdBy,
                created,
                gathering,
                Optional.of(now),
                ended,
                why);
    }

    Session over(SessionState how, String why, Instant now) {
        return new Session(
                id,
                name,
                image,
                version,
                disks,
                clients,
                minutes,
                how,
                createdBy,
                created,
                gathering,
                started,
                Optional.of(now),
                why);
    }
}
