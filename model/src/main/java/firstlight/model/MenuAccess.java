package firstlight.model;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** What a person at a PC asks through its boot menu. Called with what was typed there: nothing of it is to be trusted. */
public interface MenuAccess {
    /** What came of it. */
    sealed interface Admission {
        /**
         * @param mayRegister whether the person may register a PC that is not registered yet
         * @param groups by number, whose devices are the person's to work on; what is below them is meant as well
         * @param person as the server calls the person: a directory may know another name, which was typed; empty where nobody signed in
         */
        record Granted(boolean mayRegister, Set<Long> groups, String person) implements Admission {
            public Granted {
                groups = Set.copyOf(groups);
            }

            public Granted(boolean mayRegister) {
                this(mayRegister, Set.of(), "");
            }
        }

        /** @param why one line for the PC's screen; says no more than a stranger may know */
        record Refused(String why) implements Admission {}
    }

    /** Refuses everybody. */
    MenuAccess CLOSED = new MenuAccess() {
        @Override
        public Admission signIn(
                long transaction, String user, String password, String entry, String address, Instant now) {
            return new Admission.Refused("this server lets nobody sign in at a PC");
        }

        @Override
        public Admission register(long transaction, Facts facts, Optional<String> name, Instant now) {
            return new Admission.Refused("this server lets nobody register a PC at the PC");
        }
    };

    /**
     * May {@code user} use the locked entry titled {@code entry} in this boot?
     *
     * @param transaction the boot, whose device a technician must be entitled to
     * @param address whence it is asked: guessing is slowed down by it, for what a PC says of itself is as it pleases
     */
    Admission signIn(long transaction, String user, String password, String entry, String address, Instant now);

    /**
     * Registers the PC that shows {@code facts}, or approves it when it waits for that.
     *
     * @param transaction the boot, which becomes that PC's
     * @param name as a person typed it; empty: the MAC address, or the name under which it waits
     */
    Admission register(long transaction, Facts facts, Optional<String> name, Instant now);
}
