package firstlight.server.access;

import firstlight.policy.access.Accounts;
import firstlight.policy.access.ApiToken;
import firstlight.policy.access.Role;
import firstlight.policy.access.SignIn;
import firstlight.policy.access.User;
import firstlight.policy.access.UserChange;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signing in, and knowing who asks. Time is an argument; what is kept is in {@link Accounts}. For any thread; what a directory or
 * provider is asked holds the asking thread for up to some seconds. {@link firstlight.database.DatabaseUnreachable} comes out as it is.
 */
public final class Access {
    private static final Logger LOG = LoggerFactory.getLogger(Access.class);
    /** From the way to the provider to the way back: somebody types a password and a second factor there. */
    private static final Duration TO_COME_BACK = Duration.ofMinutes(10);

    /** A user's has at most 100 characters; a directory takes blanks around it. */
    private static final int LONGEST_NAME = 200;

    private final Accounts accounts;
    private final String localToken;
    private final AccessSettings settings;
    private final Function<String, Optional<Long>> groupByName;
    private final SignInLimit limit = new SignInLimit();
    private final Optional<LdapDirectory> ldap;
    private final Lookups lookups = new Lookups();
    private final Optional<OidcProvider> oidc;
    private final OidcStates states = new OidcStates();
    private final ToldOnce told = new ToldOnce(LOG);

    /**
     * A session that was opened; its secret is told once.
     *
     * @param secret for the cookie or the program; kept is its hash
     */
    public record Opened(String secret, User user, Instant expires) {}

    /**
     * A browser's way to the provider; it must bring {@code state} back in a cookie.
     *
     * @param to the provider's page
     */
    public record Departure(URI to, String state) {}

    /**
     * A sign-in without a browser (RFC 8628).
     *
     * @param code which the program shows again to ask whether it was entered; a secret
     * @param userCode that the person types at {@code verification}
     * @param seconds for which it is good
     * @param interval seconds between two questions of the program, at least
     */
    public record DeviceCode(String code, String userCode, URI verification, int seconds, int interval) {}

    /**
     * @param localToken opens everything from this host; whoever reads the data directory has it
     * @param groupByName Firstlight's groups, which roles of a directory name; empty for one that is not there
     */
    public Access(
            Accounts accounts,
            String localToken,
            AccessSettings settings,
            Function<String, Optional<Long>> groupByName) {
        this.accounts = accounts;
        this.localToken = localToken;
        this.settings = settings;
        this.groupByName = groupByName;
        this.ldap = settings.ldap().map(LdapDirectory::new);
        this.oidc = settings.oidc().map(OidcProvider::new);
    }

    public AccessSettings settings() {
        return settings;
    }

    /**
     * Makes the user {@code admin} when nobody is there yet; the password is
     * told once. Of two servers that start on one database one makes him.
     */
    public Optional<String> firstPassword(Instant now) {
        String password = Secret.password();
        if (!accounts.users().isEmpty()) {
            return Optional.empty();
        }
        User admin = new User(
                0, "admin", "", User.Origin.LOCAL, Role.ADMINISTRATOR, Set.of(), Passwords.hash(password), true, now);
        return accounts.addFirst(admin).map(_ -> password);
    }

    /**
     * Who sends this secret; empty when it opens nothing.
     *
     * @param secret token or session, as it was sent
     * @param address for the audit
     * @param loopback the local token opens only what comes from this host
     */
    public Optional<Caller> caller(String secret, boolean byCookie, String address, boolean loopback, Instant now) {
        if (loopback && !byCookie && same(secret, localToken)) {
            return Optional.of(new Caller(
                    0,
                    Caller.LOCAL,
                    Role.ADMINISTRATOR,
                    Set.of(),
                    address + " command line of this host",
                    Caller.By.SECRET));
        }
        String hash = Secret.hash(secret);
        if (secret.startsWith(Secret.TOKEN) && !byCookie) {
            Optional<ApiToken> token = accounts.token(hash, now).filter(each -> each.isGood(now));
            return token.flatMap(each -> accounts.user(each.user()))
                    .filter(User::enabled)
                    .flatMap(user -> still(user, now))
                    .map(user -> caller(user, address + " token " + token.get().name(), Caller.By.TOKEN));
        }
        return accounts.signIn(hash, now)
                .filter(each -> each.isGood(now))
                .flatMap(each -> accounts.user(each.user()))
                .filter(User::enabled)
                .flatMap(user -> still(user, now))
                .map(user -> caller(user, address + " session", byCookie ? Caller.By.COOKIE : Caller.By.SECRET));
    }

    /**
     * With what the directory says now and then that the user may; empty when it knows him no more, or gives him no role. While it does not
     * answer, what it said last counts.
     */
    private Optional<User> still(User user, Instant now) {
        return switch (user.origin()) {
            case LOCAL -> Optional.of(user);
            case OIDC -> oidc.isPresent() ? Optional.of(user) : gone(user, "access.oidc");
            case LDAP -> ldap.isPresent() ? still(user, ldap.get(), now) : gone(user, "access.ldap");
        };
    }

    /** Whoever takes the directory or provider out of the configuration lets nobody of it in any more. */
    private Optional<User> gone(User user, String key) {
        told.warn("'" + user.name() + "' came by " + key
                + ", which this server's configuration has no more: sessions and" + " tokens open nothing");
        return Optional.empty();
    }

    private Optional<User> still(User user, LdapDirectory directory, Instant now) {
        if (!lookups.isDue(user.id(), now)) {
            return Optional.of(user).filter(each -> lookups.isThere(each.id()));
        }
        Optional<User> known = Optional.empty();
        try {
            Optional<Person> person = directory.find(user.name());
            if (person.isPresent()) {
                known = Optional.of(keep(
                        person.get(),
                        User.Origin.LDAP,
                        settings.ldap().orElseThrow().roles(),
                        now));
            }
        } catch (AccessFailure failure) {
            if (failure.kind() == AccessFailure.Kind.UNAVAILABLE) {
                LOG.warn("whether '{}' is still in the directory is not known: {}", user.name(), failure.getMessage());
                return Optional.of(user).filter(each -> lookups.isThere(each.id()));
            }
        }
        lookups.note(user.id(), known.isPresent(), now);
        if (known.isEmpty()) {
            LOG.warn("'{}' has no role by the directory any more: sessions and tokens open nothing", user.name());
        }
        return known;
    }

    /** The caller of a request that was kept, with what that user may do now; 0 is this host's command line. */
    public Optional<Caller> again(long user, String from, Instant now) {
        return user == 0
                ? Optional.of(new Caller(0, Caller.LOCAL, Role.ADMINISTRATOR, Set.of(), from, Caller.By.SECRET))
                : accounts.user(user)
                        .filter(User::enabled)
                        .flatMap(each -> still(each, now))
                        .map(each -> caller(each, from, Caller.By.SECRET));
    }

    private static Caller caller(User user, String from, Caller.By by) {
        return new Caller(user.id(), user.name(), user.role(), user.groups(), from, by);
    }

    /**
     * By password: a local user's own, else the directory's.
     *
     * @param address whence, which failures are counted for
     * @throws AccessFailure of every kind but those of device codes
     */
    public Opened signIn(String name, String password, String address, Instant now) throws AccessFailure {
        return open(verify(name, password, address, now), address, now);
    }

    /**
     * As {@link #signIn}, for this once: no session is opened. The limit is asked before the password is judged, and told afterwards how
     * it went, whatever was thrown.
     */
    public User verify(String name, String password, String address, Instant now) throws AccessFailure {
        if (name.length() > LONGEST_NAME) { // nobody's, and not to be kept
            throw wrong();
        }
        Optional<SignInLimit.Wait> wait = limit.begun(name, address, now);
        if (wait.isPresent()) {
            boolean failed = wait.get().failed();
            throw new AccessFailure(
                    failed ? AccessFailure.Kind.TOO_MANY : AccessFailure.Kind.BUSY,
                    failed
                            ? "too many failed sign-ins"
                            : "too many sign-ins of this name or from this address are being checked at once",
                    "try again in " + (wait.get().time().toSeconds() + 1) + " s");
        }
        SignInLimit.Outcome outcome = SignInLimit.Outcome.UNKNOWN;
        try {
            User user = verified(name, password, now);
            outcome = SignInLimit.Outcome.RIGHT;
            return user;
        } catch (AccessFailure failure) {
            if (failure.kind() == AccessFailure.Kind.REFUSED) {
                outcome = SignInLimit.Outcome.WRONG;
            }
            throw failure;
        } finally {
            limit.ended(name, address, outcome, now);
        }
    }

    private User verified(String name, String password, Instant now) throws AccessFailure {
        Optional<User> user = accounts.user(name);
        // A local user's name is never asked of the directory: whoever has it there would be that user.
        if ((user.isPresent() && user.get().origin() == User.Origin.LOCAL) || ldap.isEmpty()) {
            boolean right = Passwords.isRight(
                    password.strip(), // as it was kept; a directory's is taken as it is
                    user.filter(each -> each.origin() == User.Origin.LOCAL)
                            .map(User::passwordHash)
                            .orElse(""));
            if (!right || !user.get().enabled()) {
                throw wrong();
            }
            return user.get();
        }
        Person person = ldap.get().signIn(name, password).orElseThrow(Access::wrong);
        User known =
                keep(person, User.Origin.LDAP, settings.ldap().orElseThrow().roles(), now);
        lookups.note(known.id(), true, now); // who was gone a minute ago is back
        return known;
    }

    /** @throws AccessFailure when none is set up, or it does not answer */
    public Departure sendToProvider(Instant now) throws AccessFailure {
        OidcProvider.Pending pending = states.fresh(now);
        return new Departure(provider().authorization(pending), pending.state());
    }

    /**
     * {@code stateOfBrowser} is its cookie: nobody can be made to come back with another's code.
     *
     * @param code as the provider gave it to the browser; good once
     * @param state as it stands in the URL
     */
    public Opened backFromProvider(String code, String state, String stateOfBrowser, String address, Instant now)
            throws AccessFailure {
        OidcProvider provider = provider();
        Optional<OidcProvider.Pending> pending =
                same(state, stateOfBrowser) ? states.pending(state, TO_COME_BACK, now) : Optional.empty();
        if (pending.isEmpty()) {
            throw new AccessFailure(
                    AccessFailure.Kind.REFUSED, "this sign-in was not begun here, or too long ago", "begin again");
        }
        Person person = provider.redeem(code, pending.get());
        return open(keep(person, User.Origin.OIDC, settings.oidc().orElseThrow().roles(), now), address, now);
    }

    /** @throws AccessFailure also when the provider has no device sign-in */
    public DeviceCode beginDeviceCode() throws AccessFailure {
        OidcProvider.Device device = provider().beginDevice();
        return new DeviceCode(
                device.code(), device.userCode(), device.verification(), device.seconds(), device.interval());
    }

    /** @throws AccessFailure PENDING and SLOW_DOWN while nobody has entered the code */
    public Opened redeemDeviceCode(String code, String address, Instant now) throws AccessFailure {
        Person person = provider().redeemDevice(code);
        return open(keep(person, User.Origin.OIDC, settings.oidc().orElseThrow().roles(), now), address, now);
    }

    /** The keys of the configuration that name this group, which nobody is put into any more when it has another name or is gone. */
    public List<String> rolesNaming(String group) {
        List<String> keys = new ArrayList<>();
        settings.ldap().filter(each -> each.roles().names(group)).ifPresent(_ -> keys.add("access.ldap.roles"));
        settings.oidc().filter(each -> each.roles().names(group)).ifPresent(_ -> keys.add("access.oidc.roles"));
        return keys;
    }

    /** No error for one that is over. */
    public void signOut(String secret) {
        accounts.removeSignIn(Secret.hash(secret));
    }

    private OidcProvider provider() throws AccessFailure {
        return oidc.orElseThrow(() -> new AccessFailure(
                AccessFailure.Kind.NOT_SET_UP,
                "no OpenID provider is set up",
                "access.oidc in the configuration; docs/access.md"));
    }

    /** The directory or provider says anew at each sign-in what somebody may. */
    private User keep(Person person, User.Origin origin, RoleMapping mapping, Instant now) throws AccessFailure {
        if (!User.isName(person.name())) {
            throw new AccessFailure(
                    AccessFailure.Kind.NO_ROLE,
                    "'" + person.name() + "' cannot be a user's name here",
                    User.isOthers(person.name())
                            ? "audit and images' histories call " + User.OTHERS_ARE + " so: take another there"
                            : "a name has up to 100 letters, digits and . _ @ + -");
        }
        RoleMapping.Mapped mapped = mapping.of(person.memberships())
                .orElseThrow(() -> new AccessFailure(
                        AccessFailure.Kind.NO_ROLE,
                        "'" + person.name() + "' is in no group that has a role here",
                        "an administrator can map one of their groups (access."
                                + origin.name().toLowerCase(Locale.ROOT) + ".roles)"));
        Set<Long> groups = groups(mapped, origin);
        Optional<User> known = accounts.user(person.name());
        if (known.isPresent() && known.get().origin() != origin) {
            throw new AccessFailure(
                    AccessFailure.Kind.NO_ROLE,
                    "there is a user '" + person.name() + "' already, who does not come from "
                            + (origin == User.Origin.LDAP ? "the directory" : "the provider"),
                    "remove or rename that one");
        }
        if (known.isPresent() && !known.get().enabled()) {
            throw switchedOff(person.name());
        }
        User said = new User(0, person.name(), person.fullName(), origin, mapped.role(), groups, "", true, now);
        if (known.isEmpty()) {
            return accounts.add(said).orElseThrow(Access::wrong);
        }
        // Who is switched off while the directory answers stays so.
        UserChange change = accounts.changeAsTold(known.get().id(), said::inPlaceOf);
        return switch (change) {
            case UserChange.Kept(User user) when user.enabled() -> user;
            case UserChange.Kept(User user) -> throw switchedOff(user.name());
            case UserChange.Refused _ -> throw wrong();
        };
    }

    private Set<Long> groups(RoleMapping.Mapped mapped, User.Origin origin) {
        Set<Long> groups = new HashSet<>();
        for (String name : mapped.groups()) {
            Optional<Long> group = groupByName.apply(name);
            group.ifPresent(groups::add);
            if (group.isEmpty()) { // renamed perhaps: nobody of that row reaches its PCs any more
                told.warn("access." + origin.name().toLowerCase(Locale.ROOT) + ".roles names the group '" + name
                        + "', which there is not: see firstlight group list");
            }
        }
        return groups;
    }

    private static AccessFailure switchedOff(String name) {
        return new AccessFailure(AccessFailure.Kind.NO_ROLE, "'" + name + "' is switched off here", "");
    }

    /** It ends at its time, however much it is used. */
    private Opened open(User user, String address, Instant now) {
        String secret = Secret.fresh(Secret.SESSION);
        Instant expires = now.plus(settings.session());
        accounts.add(new SignIn(Secret.hash(secret), user.id(), address, now, expires));
        return new Opened(secret, user, expires);
    }

    private static AccessFailure wrong() {
        return new AccessFailure(AccessFailure.Kind.REFUSED, "name or password is wrong", "");
    }

    /** Takes as long wherever the first difference is. */
    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
