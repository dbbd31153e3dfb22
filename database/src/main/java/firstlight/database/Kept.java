package firstlight.database;

/**
 * What came of a wish to keep something. Answers that are nobody's fault; what the database cannot do is thrown ({@link
 * DatabaseUnreachable}).
 */
public sealed interface Kept<T> {
    /** @param value as it was kept: with its number and its position */
    record Done<T>(T value) implements Kept<T> {}

    /** Nothing was kept; {@code why} is for the person who asked. */
    record Refused<T>(String why) implements Kept<T> {}

    /** What was to be changed is not there any more. */
    record Gone<T>() implements Kept<T> {}
}
