package firstlight.server.imaging;

import firstlight.database.Boot;
import firstlight.database.Database;
import firstlight.policy.Device;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Why an engine may not go on with what it does: for the screen of its PC, so that whoever stands there knows what to do.
 *
 * @param cause stands behind a title that says what is refused
 * @param cure what the person at the PC can do
 */
record NotItsWork(String cause, String cure) {
    /** A device's works, among them the one that a boot of a day ago began. */
    private static final int RECENT = 50;

    static NotItsWork of(Boot boot, Database database, Instant now) {
        Optional<Work> current =
                database.works().current(boot.device(), now).filter(work -> work.state() == WorkState.RUNNING);
        Optional<Work> own = database.works().of(boot.device(), RECENT).stream()
                .filter(work -> work.transaction() == boot.id())
                .findFirst();
        if (current.isPresent() && current.get().transaction() != boot.id()) {
            return takenOver(boot, current.get(), database, now);
        }
        if (current.isPresent()) {
            return new NotItsWork(
                    current.get().describe() + " does not name it, or what it names is not in the store any more",
                    "see firstlight image list");
        }
        return own.map(NotItsWork::ended)
                .orElseGet(() -> new NotItsWork(
                        "no work of this PC was begun by this boot (transaction " + boot.id() + ")",
                        "start this PC again, and see firstlight work list"));
    }

    /** The engine of the earlier boot still speaks: one of two PCs must not be called by that name. */
    private static NotItsWork takenOver(Boot boot, Work work, Database database, Instant now) {
        String later = work.describe() + " was begun by a later boot (transaction " + work.transaction() + ")";
        String name = database.devices().find(boot.device()).map(Device::name).orElse("device " + boot.device());
        database.alarms()
                .raise(
                        boot.device(),
                        "two PCs work as " + name + " at once (MAC address " + boot.mac() + "): " + later
                                + " while the engine of transaction " + boot.id()
                                + " still runs and is turned away; is one a copy of the other?",
                        now);
        return new NotItsWork(
                later + ", so another PC has this one's MAC address " + boot.mac() + " or UUID",
                "give each its own (copied virtual machines have the same), then start this PC again");
    }

    private static NotItsWork ended(Work work) {
        return switch (work.state()) {
            case CANCELLED ->
                new NotItsWork(work.describe() + " was cancelled", "assign it again if that was a mistake");
            case DONE, FAILED ->
                new NotItsWork(
                        work.describe() + " has ended: "
                                + work.state().name().toLowerCase(Locale.ROOT)
                                + (work.outcome().isEmpty() ? "" : ", " + work.outcome()),
                        "start this PC again for its next work");
            case QUEUED, RUNNING ->
                new NotItsWork(
                        work.describe() + " waits for the next boot of this PC"
                                + (work.outcome().isEmpty() ? "" : " after " + work.outcome()),
                        "start this PC again");
        };
    }
}
