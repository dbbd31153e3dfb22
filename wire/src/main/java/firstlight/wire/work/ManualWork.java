package firstlight.wire.work;

import java.util.List;

/**
 * Work that a person at the maintenance prompt asks for, with the name and password that the server is to check. The
 * server gives it to this PC, and the engine's next hello is answered with it.
 *
 * @param image empty for a kind that needs none
 * @param version 0 for the newest
 * @param disks empty for the first internal disk
 * @param session its name; empty but for {@link Kind#JOIN}
 */
public record ManualWork(
        String user, String password, Kind kind, String image, int version, List<String> disks, String session) {
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

    /** Without the password: this may be printed. */
    @Override
    public String toString() {
        return kind + " " + image + session + " by " + user;
    }
}
