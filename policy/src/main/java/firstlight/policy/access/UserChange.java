package firstlight.policy.access;

/** What became of a change of a user. */
public sealed interface UserChange {
    /** As it is kept now. */
    record Kept(User user) implements UserChange {}

    /** Nothing was changed, and why. */
    enum Refused implements UserChange {
        /** Nobody has that number any more. */
        GONE,
        /** Another user has that name. */
        NAME_TAKEN,
        /** Nobody who may sign in would be an administrator. */
        LAST_ADMINISTRATOR
    }
}
