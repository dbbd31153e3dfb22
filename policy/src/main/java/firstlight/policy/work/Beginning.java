package firstlight.policy.work;

/** What came of an engine's wish to begin its work. */
public sealed interface Beginning {
    record Begun(Work work) implements Beginning {}

    /** A newer boot, or another server, has it; or it was cancelled meanwhile. */
    record TakenElsewhere(String why) implements Beginning {}

    /** Its session has not begun: the engine waits for the other members and asks again. */
    record Gathering(String why) implements Beginning {}

    /** The engine waits and asks again. */
    record AtLimit(String why) implements Beginning {}
}
