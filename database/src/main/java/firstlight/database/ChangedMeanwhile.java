package firstlight.database;

/** Somebody else changed what an editor saw; nothing was kept. */
public final class ChangedMeanwhile extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ChangedMeanwhile() {
        super("it is no longer what was seen");
    }
}
