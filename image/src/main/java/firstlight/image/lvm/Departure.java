package firstlight.image.lvm;

/** When a volume's extents go to another physical volume, where they have no room on their own. */
public enum Departure {
    /** Before others that can go whole. */
    FIRST,
    USUAL,
    /** When no other one can. */
    LAST
}
