package firstlight.policy.access;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The users, their tokens and their sign-ins, as they are kept. Good at every server that shares the database. */
public interface Accounts {
    /** By name. */
    List<User> users();

    /** In any case: {@code Ann} and {@code ann} are one user. */
    Optional<User> user(String name);

    Optional<User> user(long id);

    /** With its new number; empty when there is a user of that name already. */
    Optional<User> add(User user);

    /**
     * Keeps what {@code change} makes of the user as it is at this moment: of two changes in one moment, at whatever servers, neither
     * undoes the other. A user who may administer stays, whoever asks at the same time.
     */
    UserChange change(long id, UnaryOperator<User> change);

    /** As {@link #change}, by the word of a directory or provider: it may take the last administrator's role as well. */
    UserChange changeAsTold(long id, UnaryOperator<User> change);

    /** With all tokens and sign-ins; {@link UserChange.Kept} has who that was. A user who may administer stays. */
    UserChange remove(long id);

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
