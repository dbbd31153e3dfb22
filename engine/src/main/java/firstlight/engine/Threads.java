package firstlight.engine;

/** How many threads of a pipeline a PC has: each takes about 10 MB, and one with 1 GB and 64 processors has to stay alive. */
public final class Threads {
    private static final int MOST = 16;

    private Threads() {}

    public static int count() {
        return Math.min(MOST, Runtime.getRuntime().availableProcessors() + 2);
    }

    /** Two more, so that the network need not wait while the others write and read back. */
    static int ofRestore() {
        return Math.min(MOST, count() + 2);
    }
}
