package firstlight.policy.work;

/**
 * How a session's members stand.
 *
 * @param waiting those whose engines wait at their PCs now
 * @param open those whose work has not ended, the waiting ones among them
 */
public record Roster(int waiting, int open) {}
