package firstlight.image.disk;

/** How much of the processors a thread claims when others want them too. */
public final class Niceness {
    private Niceness() {}

    /**
     * From now on the thread that calls this gets what the others leave. On Linux priorities are a thread's own, and without
     * privileges nothing leads back: for a thread that ends with its task. A system that refuses leaves it as it was.
     */
    public static void lowest() {
        int ignored = Native.setpriority(19);
    }
}
