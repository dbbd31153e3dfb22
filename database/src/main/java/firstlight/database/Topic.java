package firstlight.database;

/**
 * What a change is about; its key is the number of the row, or 0 for "look at all of it". Their names stand in rows that servers of other
 * versions read: one is never renamed.
 */
public enum Topic {
    /** A device's row: also that it was seen. */
    DEVICE,
    /** A work's row: its state, its attempts, and that its engine was heard. */
    WORK,
    /** A boot: its state or its device. */
    TRANSACTION,
    /** Groups, values, rules, shared adapters. */
    POLICY,
    QUESTION,
    SCHEDULE,
    ALARM,
    /** A multicast session. */
    SESSION
}
