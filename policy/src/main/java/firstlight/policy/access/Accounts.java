package firstlight.policy.access;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The users, their tokens and their sign-ins, as they are kept. Good at every server that shares the database. */
public interface Accounts {
    /** By name. */
    List<User> users();

    /** In any case: {@code Ann} and {@code ann} are one user. */
    Optional<User> user(String name);

    Optional<User> user(long id);

    /** With its new number; empty when there is a user of that name already. */
    Optional<User> add(User user);

    /** Keeps what changed of a user with a number; false when the name is another's or the user is gone. */
    boolean change(User user);

    /** With all tokens and sign-ins; false when there was none. */
    boolean remove(long user);

    /** Adds the very first user, and only that: empty when there is one already. Of two servers one gets it. */
    Optional<User> addFirst(User user);

    List<ApiToken> tokens();

    ApiToken add(ApiToken token);

    boolean removeToken(long id);

    Optional<ApiToken> token(String hash, Instant now);

    void add(SignIn signIn);

    Optional<SignIn> signIn(String hash, Instant now);

    /** Signs out; unknown hashes are fine. */
    void removeSignIn(String hash);
}
