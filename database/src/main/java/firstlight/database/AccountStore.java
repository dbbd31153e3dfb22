package firstlight.database;

import firstlight.policy.access.Accounts;
import firstlight.policy.access.ApiToken;
import firstlight.policy.access.Role;
import firstlight.policy.access.SignIn;
import firstlight.policy.access.User;
import firstlight.policy.access.UserChange;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * Users, tokens and sign-ins. Read from the database each time: a right that was taken away is gone at every server. Any thread may call.
 * Passwords, tokens and sign-ins come here as hashes; what they are made of is nobody's business here. Each method throws {@link
 * DatabaseUnreachable} while nothing can be read or written.
 */
final class AccountStore implements Accounts {
    private static final String INSERT_USER = "insert into account (name, name_key, full_name, origin, role, groups_of,"
            + " password, enabled, created) values (:name, :key, :fullName, :origin, :role, :groups, :password, :enabled,"
            + " :created) on conflict (name_key) do nothing returning id";

    private final Backend backend;

    AccountStore(Backend backend, Instant now) {
        this.backend = backend;
        forgetExpired(now);
    }

    void forgetExpired(Instant now) {
        backend.run(handle -> handle.execute("delete from sign_in where expires < ?", now.toEpochMilli()));
    }

    @Override
    public List<User> users() {
        return backend.read(handle -> handle.createQuery("select * from account order by name_key")
                .map((row, context) -> user(row))
                .list());
    }

    @Override
    public Optional<User> user(String name) {
        return backend.read(handle -> handle.createQuery("select * from account where name_key = ?")
                .bind(0, key(name))
                .map((row, context) -> user(row))
                .findOne());
    }

    @Override
    public Optional<User> user(long id) {
        return backend.read(handle -> handle.createQuery("select * from account where id = ?")
                .bind(0, id)
                .map((row, context) -> user(row))
                .findOne());
    }

    @Override
    public Optional<User> add(User user) {
        return backend.write(handle -> insert(handle, user));
    }

    @Override
    public Optional<User> addFirst(User user) {
        return backend.write(handle -> {
            backend.exclusively(handle, Backend.Matter.ACCESS);
            boolean none = handle.createQuery("select count(*) from account")
                            .mapTo(Long.class)
                            .one()
                    == 0;
            return none ? insert(handle, user) : Optional.empty();
        });
    }

    private static Optional<User> insert(Handle handle, User user) {
        return bind(handle.createQuery(INSERT_USER), user)
                .mapTo(Long.class)
                .findOne()
                .map(id -> withId(user, id));
    }

    @Override
    public UserChange change(long id, UnaryOperator<User> change) {
        return change(id, change, true);
    }

    @Override
    public UserChange changeAsTold(long id, UnaryOperator<User> change) {
        return change(id, change, false);
    }

    /**
     * @param oneAdministers whether the last administrator is refused to lose that role; not when a directory tells it, whose word counts
     */
    private UserChange change(long id, UnaryOperator<User> change, boolean oneAdministers) {
        return backend.write(handle -> {
            backend.exclusively(handle, Backend.Matter.ACCESS);
            Precondition.ask();
            Optional<User> former = user(id);
            if (former.isEmpty()) {
                return UserChange.Refused.GONE;
            }
            User user = withId(change.apply(former.get()), id);
            if (oneAdministers && !user.administers() && isLastAdministrator(former.get())) {
                return UserChange.Refused.LAST_ADMINISTRATOR;
            }
            // Whoever knew the former password may be signed in still. Programs' tokens are taken back one by one.
            handle.execute(
                    "delete from sign_in where account = ? and exists"
                            + " (select 1 from account where id = ? and password <> ?)",
                    user.id(),
                    user.id(),
                    user.passwordHash());
            boolean kept = bind(
                                    handle.createUpdate(
                                            "update account set name = :name, name_key = :key,"
                                                    + " full_name = :fullName, origin = :origin, role = :role, groups_of = :groups,"
                                                    + " password = :password, enabled = :enabled, created = :created where id = :id"
                                                    + " and not exists (select 1 from account where name_key = :key and id <> :id)"),
                                    user)
                            .bind("id", user.id())
                            .execute()
                    == 1;
            return kept ? new UserChange.Kept(user) : UserChange.Refused.NAME_TAKEN;
        });
    }

    @Override
    public UserChange remove(long id) {
        return backend.write(handle -> {
            backend.exclusively(handle, Backend.Matter.ACCESS);
            Precondition.ask();
            Optional<User> former = user(id);
            if (former.isEmpty()) {
                return UserChange.Refused.GONE;
            }
            if (isLastAdministrator(former.get())) {
                return UserChange.Refused.LAST_ADMINISTRATOR;
            }
            handle.execute("delete from api_token where account = ?", id);
            handle.execute("delete from sign_in where account = ?", id);
            handle.execute("delete from account where id = ?", id);
            return new UserChange.Kept(former.get());
        });
    }

    /** Asked in the transaction that would take the role away: two who take each other's at once are one after the other. */
    private boolean isLastAdministrator(User user) {
        return user.administers() && users().stream().filter(User::administers).count() == 1;
    }

    @Override
    public List<ApiToken> tokens() {
        return backend.read(handle -> handle.createQuery("select * from api_token order by id")
                .map((row, context) -> token(row))
                .list());
    }

    @Override
    public ApiToken add(ApiToken token) {
        long id = backend.write(handle -> handle.createQuery(
                        "insert into api_token (name, account, hash, created, expires)"
                                + " values (:name, :account, :hash, :created, :expires) returning id")
                .bind("name", token.name())
                .bind("account", token.user())
                .bind("hash", token.hash())
                .bind("created", token.created().toEpochMilli())
                .bind("expires", token.expires().map(Instant::toEpochMilli).orElse(null))
                .mapTo(Long.class)
                .one());
        return new ApiToken(id, token.name(), token.user(), token.hash(), token.created(), token.expires());
    }

    @Override
    public boolean removeToken(long id) {
        return backend.write(handle -> handle.execute("delete from api_token where id = ?", id) == 1);
    }

    @Override
    public Optional<ApiToken> token(String hash, Instant now) {
        return backend.read(handle -> handle.createQuery("select * from api_token where hash = ?")
                        .bind(0, hash)
                        .map((row, context) -> token(row))
                        .findOne())
                .filter(token -> token.isGood(now));
    }

    @Override
    public void add(SignIn signIn) {
        backend.run(handle -> handle.execute(
                "insert into sign_in (hash, account, whence, created, expires) values (?, ?, ?, ?, ?)",
                signIn.hash(),
                signIn.user(),
                signIn.from(),
                signIn.created().toEpochMilli(),
                signIn.expires().toEpochMilli()));
    }

    @Override
    public Optional<SignIn> signIn(String hash, Instant now) {
        return backend.read(handle -> handle.createQuery("select * from sign_in where hash = ?")
                        .bind(0, hash)
                        .map((row, context) -> new SignIn(
                                row.getString("hash"),
                                row.getLong("account"),
                                row.getString("whence"),
                                Instant.ofEpochMilli(row.getLong("created")),
                                Instant.ofEpochMilli(row.getLong("expires"))))
                        .findOne())
                .filter(signIn -> signIn.isGood(now));
    }

    @Override
    public void removeSignIn(String hash) {
        backend.run(handle -> handle.execute("delete from sign_in where hash = ?", hash));
    }

    private static <S extends SqlStatement<S>> S bind(S statement, User user) {
        return statement
                .bind("name", user.name())
                .bind("key", key(user.name()))
                .bind("fullName", user.fullName())
                .bind("origin", user.origin().name())
                .bind("role", user.role().name())
                .bind("groups", Numbers.write(user.groups()))
                .bind("password", user.passwordHash())
                .bind("enabled", user.enabled())
                .bind("created", user.created().toEpochMilli());
    }

    private static User user(ResultSet row) throws SQLException {
        return new User(
                row.getLong("id"),
                row.getString("name"),
                row.getString("full_name"),
                User.Origin.valueOf(row.getString("origin")),
                Role.valueOf(row.getString("role")),
                Set.copyOf(Numbers.read(row.getString("groups_of"))),
                row.getString("password"),
                row.getBoolean("enabled"),
                Instant.ofEpochMilli(row.getLong("created")));
    }

    private static User withId(User user, long id) {
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

    private static ApiToken token(ResultSet row) throws SQLException {
        long end = row.getLong("expires");
        Optional<Instant> expires = row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(end));
        return new ApiToken(
                row.getLong("id"),
                row.getString("name"),
                row.getLong("account"),
                row.getString("hash"),
                Instant.ofEpochMilli(row.getLong("created")),
                expires);
    }

    private static String key(String name) {
        return name.strip().toLowerCase(Locale.ROOT);
    }
}
