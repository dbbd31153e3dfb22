package firstlight.database;

/**
 * Somebody else changed what an editor saw; nothing was kept. Thrown by
 * the check of {@link Database#provided}; the API answers it with 412.
 */
public final class ChangedMeanwhile extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ChangedMeanwhile() {
        super("it is no longer what was seen");
    }
}
