package firstlight.database;

/** What came of a wish to keep something. */
public sealed interface Kept<T> {
    record Done<T>(T value) implements Kept<T> {}

    /** Nothing was kept; {@code why} is for the person who asked. */
    record Refused<T>(String why) implements Kept<T> {}

    /** What was to be changed is not there any more. */
    record Gone<T>() implements Kept<T> {}
}
