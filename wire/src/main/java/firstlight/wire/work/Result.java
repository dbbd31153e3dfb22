package firstlight.wire.work;

/** How the work ended. */
public sealed interface Result {
    /** One line: bytes, rate, what was verified. */
    record Done(String summary) implements Result {}

    /** What failed, why, and what a person can do about it. */
    record Failed(String what, String cause, String cure) implements Result {}
}
