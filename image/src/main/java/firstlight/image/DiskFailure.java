package firstlight.image;

/** A disk that did not do what it was told to. Whoever knows the disk's model and serial number adds them. */
public final class DiskFailure extends ImageFailure {
    private static final long serialVersionUID = 1;

    private final String disk;

    /** @param disk its {@link Disk#name} */
    public DiskFailure(String disk, String what, String cause, String cure) {
        super(what, cause, cure);
        this.disk = disk;
    }

    /** When {@code reason} is all that is known of the cause. */
    public DiskFailure(String disk, String what, Throwable reason, String cure) {
        super(what, reason, cure);
        this.disk = disk;
    }

    /** As {@link Disk#name} has it. */
    public String disk() {
        return disk;
    }
}
