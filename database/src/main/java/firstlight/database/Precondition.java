package firstlight.database;

/**
 * What must still be so when an editor's change is written. It is asked by the first write of the change, in its transaction, when the
 * rows are locked and this server's picture of them is as they are: nobody can come between, at whatever server. One for the thread's
 * change, however many writes that makes: only the first asks.
 */
final class Precondition {
    private static final ScopedValue<Precondition> CURRENT = ScopedValue.newInstance();

    private final Runnable check;
    private boolean asked;

    private Precondition(Runnable check) {
        this.check = check;
    }

    static <T, X extends Exception> T during(Runnable check, ScopedValue.CallableOp<T, X> change) throws X {
        return ScopedValue.where(CURRENT, new Precondition(check)).call(change);
    }

    /** Whether the write that is about to begin must lock, look and {@link #ask}. */
    static boolean isOpen() {
        return CURRENT.isBound() && !CURRENT.get().asked;
    }

    /** @throws ChangedMeanwhile when it is not so any more, which ends the transaction */
    static void ask() {
        if (isOpen()) {
            CURRENT.get().asked = true;
            CURRENT.get().check.run();
        }
    }
}
