package firstlight.wire.work;

import firstlight.model.Facts;
import java.util.List;

/**
 * Work that a person at the maintenance prompt asks for, with the name and password that the server is to check. The
 * server gives it to this PC, and the engine's next hello is answered with it.
 *
 * @param image empty for a kind that needs none
 * @param version 0 for the newest
 * @param disks empty for the first internal disk
 * @param session its name; empty but for {@link Kind#JOIN}
 * @param ifUnreadable of {@link Kind#CAPTURE}
 * @param facts of this PC, by which it is registered when the server does not know it and the person may do that
 */
public record ManualWork(
        String user,
        String password,
        Kind kind,
        String image,
        int version,
        List<String> disks,
        String session,
        WorkOrder.Capture.IfUnreadable ifUnreadable,
        Facts facts) {
    public enum Kind {
        CAPTURE,
        RESTORE,
        JOIN
    }

    public ManualWork {
        disks = List.copyOf(disks);
        if (version < 0) {
            throw new IllegalArgumentException("version " + version);
        }
    }

    /** Without a person, and without facts. */
    public static ManualWork of(Kind kind, String image, int version, List<String> disks, String session) {
        return new ManualWork(
                "", "", kind, image, version, disks, session, WorkOrder.Capture.IfUnreadable.STOP, Facts.NONE);
    }

    public ManualWork by(String name, String secret) {
        return new ManualWork(name, secret, kind, image, version, disks, session, ifUnreadable, facts);
    }

    public ManualWork with(Facts known) {
        return new ManualWork(user, password, kind, image, version, disks, session, ifUnreadable, known);
    }

    public ManualWork with(WorkOrder.Capture.IfUnreadable choice) {
        return new ManualWork(user, password, kind, image, version, disks, session, choice, facts);
    }

    /** Without the password: this may be printed. */
    @Override
    public String toString() {
        return kind + " " + image + session + " by " + user;
    }
}
