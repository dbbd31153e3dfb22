package firstlight.database;

/** What a change is about; its key is the number of the row, or 0 for "look at all of it". */
public enum Topic {
    DEVICE,
    WORK,
    /** A boot: its state or its device. */
    TRANSACTION,
    /** Groups, values, rules, shared adapters. */
    POLICY,
    QUESTION,
    SCHEDULE,
    ALARM,
    /** A multicast session. */
    SESSION,
    ACCESS
}
