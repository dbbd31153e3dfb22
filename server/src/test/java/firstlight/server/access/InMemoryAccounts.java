package firstlight.server.access;

import firstlight.policy.access.Accounts;
import firstlight.policy.access.ApiToken;
import firstlight.policy.access.SignIn;
import firstlight.policy.access.User;
import firstlight.policy.access.UserChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** As the database's, without a database. */
public final class InMemoryAccounts implements Accounts {
    private final List<User> users = new ArrayList<>();
    private final List<ApiToken> tokens = new ArrayList<>();
    private final List<SignIn> signIns = new ArrayList<>();
    private long last;

    @Override
    public List<User> users() {
        return users.stream().sorted(Comparator.comparing(User::name)).toList();
    }

    @Override
    public Optional<User> user(String name) {
        return users.stream().filter(user -> user.name().equalsIgnoreCase(name)).findFirst();
    }

    @Override
    public Optional<User> user(long id) {
        return users.stream().filter(user -> user.id() == id).findFirst();
    }

    @Override
    public Optional<User> add(User user) {
        if (user(user.name()).isPresent()) {
            return Optional.empty();
        }
        User added = with(user, ++last);
        users.add(added);
        return Optional.of(added);
    }

    private static User with(User user, long id) {
        return new User(
                id,
                user.name(),
                user.fullName(),
                user.origin(),
                user.role(),
                user.groups(),
                user.passwordHash(),
                user.enabled(),
                user.created());
    }

    @Override
    public UserChange change(long id, UnaryOperator<User> change) {
        Optional<User> former = user(id);
        if (former.isEmpty()) {
            return UserChange.Refused.GONE;
        }
        User user = change.apply(former.get());
        users.set(users.indexOf(former.get()), user);
        return new UserChange.Kept(user);
    }

    @Override
    public UserChange changeAsTold(long id, UnaryOperator<User> change) {
        return change(id, change);
    }

    @Override
    public UserChange remove(long id) {
        Optional<User> former = user(id);
        tokens.removeIf(token -> token.user() == id);
        signIns.removeIf(signIn -> signIn.user() == id);
        users.removeIf(each -> each.id() == id);
        return former.<UserChange>map(UserChange.Kept::new).orElse(UserChange.Refused.GONE);
    }

    @Override
    public Optional<User> addFirst(User user) {
        return users.isEmpty() ? add(user) : Optional.empty();
    }

    @Override
    public List<ApiToken> tokens() {
        return List.copyOf(tokens);
    }

    @Override
    public ApiToken add(ApiToken token) {
        ApiToken added =
                new ApiToken(++last, token.name(), token.user(), token.hash(), token.created(), token.expires());
        tokens.add(added);
        return added;
    }

    @Override
    public boolean removeToken(long id) {
        return tokens.removeIf(token -> token.id() == id);
    }

    @Override
    public Optional<ApiToken> token(String hash, Instant now) {
        return tokens.stream()
                .filter(token -> token.hash().equals(hash) && token.isGood(now))
                .findFirst();
    }

    @Override
    public void add(SignIn signIn) {
        signIns.add(signIn);
    }

    @Override
    public Optional<SignIn> signIn(String hash, Instant now) {
        return signIns.stream()
                .filter(signIn -> signIn.hash().equals(hash) && signIn.isGood(now))
                .findFirst();
    }

    @Override
    public void removeSignIn(String hash) {
        signIns.removeIf(signIn -> signIn.hash().equals(hash));
    }
}
