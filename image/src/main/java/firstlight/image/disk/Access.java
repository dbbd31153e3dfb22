package firstlight.image.disk;

/** What a disk is opened for. */
public enum Access {
    /** For a capture: a block device is made read-only for everybody while it is open. */
    READ,
    READ_WRITE
}
