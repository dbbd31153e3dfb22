package firstlight.engine;

import firstlight.wire.work.After;

/**
 * What the first process does when the engine has ended; the number is the engine's exit status. The numbers are those that the first
 * process' script asks for.
 */
enum Ending {
    REBOOT(0),
    POWER_OFF(10),
    /** Somebody stands at the PC, or a server gave maintenance. */
    SHELL(20),
    /** The first process restarts the PC after a minute, in which a person can read why. */
    FAILED(30),
    /**
     * Failed, and a thread waits for a disk that does not answer: this process cannot end, nor can anything be flushed. The first
     * process restarts the PC without either, likewise after a minute.
     */
    STUCK(40);

    private final int status;

    Ending(int status) {
        this.status = status;
    }

    int status() {
        return status;
    }

    static Ending of(After after) {
        return switch (after) {
            case REBOOT -> REBOOT;
            case POWER_OFF -> POWER_OFF;
        };
    }
}
