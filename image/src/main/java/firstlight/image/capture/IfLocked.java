package firstlight.image.capture;

/** What becomes of a partition of which it cannot be told what is in use: encrypted, hibernated, part of an array... */
public enum IfLocked {
    /** Every octet of it is in the image. */
    RAW,
    /** Nothing of it is; the partition itself stays in the table. */
    SKIP,
    /** There is no image. */
    STOP
}
