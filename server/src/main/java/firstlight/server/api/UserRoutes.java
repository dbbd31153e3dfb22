package firstlight.server.api;

import firstlight.policy.access.Accounts;
import firstlight.policy.access.AuditEntry;
import firstlight.policy.access.Role;
import firstlight.policy.access.User;
import firstlight.policy.access.UserChange;
import firstlight.server.access.Access;
import firstlight.server.access.AccessFailure;
import firstlight.server.access.Caller;
import firstlight.server.access.Passwords;
import firstlight.server.access.Permission;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** {@code /users}: who may sign in. */
final class UserRoutes {
    private static final String CURE = "see firstlight user list";

    private final Accounts accounts;
    private final GroupNames groups;
    private final Access access;
    private final Acts acts;

    UserRoutes(Accounts accounts, GroupNames groups, Access access, Acts acts) {
        this.access = access;
        this.accounts = accounts;
        this.groups = groups;
        this.acts = acts;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/users", Permission.ADMINISTER, this::list),
                Route.post("/users", Permission.ADMINISTER, this::add)
                        .fields("name", "fullName", "role", "groups", "password"),
                Route.get("/users/{user}", Permission.ADMINISTER, this::show),
                Route.patch("/users/{user}", Permission.ADMINISTER, this::change)
                        .fields("fullName", "role", "groups", "password", "enabled"),
                Route.delete("/users/{user}", Permission.ADMINISTER, this::remove),
                Route.put("/session/password", Permission.SEE, this::ownPassword)
                        .fields("former", "password"));
    }

    private Answer list(Request request) {
        return Answer.ok(Json.items(accounts.users(), this::view));
    }

    private Answer show(Request request) throws ApiProblem {
        return Answer.ok(view(user(request)));
    }

    /** Those of a directory or provider are made by their first sign-in, not here. 409 where the name is taken. */
    private Answer add(Request request) throws ApiProblem {
        Body body = request.body();
        String name = body.text("name");
        if (User.isOthers(name)) {
            throw body.wrong("name", name, "another: audit and images' histories call " + User.OTHERS_ARE + " so");
        }
        if (!User.isName(name)) {
            throw body.wrong("name", name, "up to 100 letters, digits and . _ @ + -");
        }
        Role role = body.word("role", Role.class);
        refuseToken(request, body);
        User user = new User(
                0,
                name,
                body.text("fullName", ""),
                User.Origin.LOCAL,
                role,
                groups(body, role),
                // Another server comes by a token; an empty hash lets nobody in by password.
                role == Role.PEER && !body.has("password") ? "" : Passwords.hash(password(body)),
                true,
                request.now());
        User added = accounts.add(user)
                .orElseThrow(() -> ApiProblem.conflict("there is a user '" + name + "' already", CURE));
        acts.record(request, "user.add", List.of(), "user " + name + ", " + Words.of(role));
        return Answer.created(view(added));
    }

    /** What is not named stays. 409 for the last administrator, and for what a directory or provider says of a user. */
    private Answer change(Request request) throws ApiProblem {
        Body body = request.body();
        User user = user(request);
        refuseToken(request, body);
        Optional<Role> newRole = body.has("role") ? Optional.of(body.word("role", Role.class)) : Optional.empty();
        Optional<Set<Long>> newGroups =
                body.has("groups") ? Optional.of(groups(body, newRole.orElse(user.role()))) : Optional.empty();
        String fullName = body.text("fullName", "");
        boolean enabled = body.flag("enabled", true);
        Optional<String> newHash = Optional.empty();
        if (body.has("password")) {
            localOnly(user);
            if (user.id() == request.caller().user()) {
                throw ApiProblem.of(
                        ProblemKind.FORBIDDEN,
                        "one's own password wants the former one",
                        "firstlight user password " + user.name() + ", or PUT /api/session/password");
            }
            newHash = Optional.of(Passwords.hash(password(body)));
        }
        Optional<String> hash = newHash;
        if (user.origin() != User.Origin.LOCAL && (body.has("role") || body.has("groups"))) {
            throw ApiProblem.conflict(
                    "role and groups of '" + user.name() + "' come from " + Words.of(user.origin()),
                    "change them there, or in access." + Words.of(user.origin()) + ".roles");
        }
        // Only what was named is changed of the user as it is then:
        // somebody else may be changing the rest in this moment.
        User changed = kept(user, accounts.change(user.id(), now -> {
            Role role = newRole.orElse(now.role());
            return new User(
                    now.id(),
                    now.name(),
                    body.has("fullName") ? fullName : now.fullName(),
                    now.origin(),
                    role,
                    role == Role.TECHNICIAN ? newGroups.orElse(now.groups()) : Set.of(),
                    hash.orElse(now.passwordHash()),
                    body.has("enabled") ? enabled : now.enabled(),
                    now.created());
        }));
        acts.record(
                request,
                "user.change",
                List.of(),
                "user " + user.name() + ": " + String.join(", ", body.node().propertyNames()));
        return Answer.ok(view(changed));
    }

    /** One that leaked would be a person, and as that outlive its removal. */
    private static void refuseToken(Request request, Body body) throws ApiProblem {
        if (request.caller().by() != Caller.By.TOKEN) {
            return;
        }
        if (body.has("password")) {
            throw ApiProblem.of(
                    ProblemKind.FORBIDDEN, "a token is a program's and gives nobody a password", "sign in for that");
        }
        if (body.has("role") && body.word("role", Role.class) == Role.ADMINISTRATOR) {
            throw ApiProblem.of(
                    ProblemKind.FORBIDDEN,
                    "a token is a program's and makes nobody an administrator",
                    "sign in for that");
        }
    }

    /** Sessions and tokens go with the user. 409 for the last administrator. */
    private Answer remove(Request request) throws ApiProblem {
        User user = user(request);
        kept(user, accounts.remove(user.id()));
        acts.record(request, "user.remove", List.of(), "user " + user.name());
        return Answer.nothing();
    }

    /** Wants the former one, and counts as a try to sign in when that is wrong. */
    private Answer ownPassword(Request request) throws ApiProblem {
        Caller caller = request.caller();
        User user = accounts.user(caller.user())
                .orElseThrow(() -> ApiProblem.conflict("this host's command line has no password", ""));
        localOnly(user);
        if (caller.by() == Caller.By.TOKEN) {
            throw ApiProblem.of(
                    ProblemKind.FORBIDDEN,
                    "a token is a program's and changes no password",
                    "sign in with the former one");
        }
        String password = password(request.body());
        isHis(user, request);
        String hash = Passwords.hash(password);
        kept(user, accounts.change(user.id(), now -> now.withPassword(hash)));
        acts.record(request, "user.password", List.of(), "own password");
        return Answer.nothing();
    }

    /** A browser that was left open for a minute must not be enough. */
    private void isHis(User user, Request request) throws ApiProblem {
        String address = request.origin().address();
        try {
            access.verify(user.name(), request.body().secret("former"), address, request.now());
        } catch (AccessFailure failure) {
            String text = "'" + user.name() + "', a new password: " + failure.getMessage();
            acts.record("-", address, request, AuditEntry.FAILED_SIGN_IN, List.of(), text);
            throw SignInRoutes.problem(failure);
        }
    }

    /** Somebody must be able to let people in. This host's command line always can; a site may not know that. */
    private static User kept(User user, UserChange change) throws ApiProblem {
        return switch (change) {
            case UserChange.Kept(User now) -> now;
            case UserChange.Refused.LAST_ADMINISTRATOR ->
                throw ApiProblem.conflict(
                        "'" + user.name() + "' is the last administrator", "make somebody else one first");
            case UserChange.Refused.GONE, UserChange.Refused.NAME_TAKEN ->
                throw ApiProblem.notFound("user '" + user.name() + "' is gone", CURE);
        };
    }

    private static void localOnly(User user) throws ApiProblem {
        if (user.origin() != User.Origin.LOCAL) {
            throw ApiProblem.conflict(
                    "the password of '" + user.name() + "' is kept by " + Words.of(user.origin()), "change it there");
        }
    }

    private static String password(Body body) throws ApiProblem {
        String password = body.text("password");
        if (!Passwords.isLongEnough(password)) {
            throw ApiProblem.notAllowed(
                    "password",
                    "the password has " + password.length() + " characters",
                    "use 10 to 200; length counts");
        }
        return password;
    }

    private Set<Long> groups(Body body, Role role) throws ApiProblem {
        if (!body.has("groups")) {
            return Set.of();
        }
        Set<Long> numbers = new HashSet<>();
        for (String name : body.texts("groups")) {
            numbers.add(groups.number(name)
                    .orElseThrow(() -> body.wrong("groups", name, "a group; see firstlight group list")));
        }
        if (!numbers.isEmpty() && role != Role.TECHNICIAN) {
            throw body.unfit("groups", "set", "empty: only a technician is limited to groups");
        }
        return numbers;
    }

    private User user(Request request) throws ApiProblem {
        String text = request.variable("user");
        Optional<User> user = accounts.user(text);
        return user.orElseThrow(() -> ApiProblem.notFound("there is no user '" + text + "'", CURE));
    }

    private ObjectNode view(User user) {
        ObjectNode node = Json.object()
                .put("name", user.name())
                .put("fullName", user.fullName())
                .put("role", Words.of(user.role()));
        node.set("groups", Json.texts(names(user.groups(), groups)));
        return node.put("origin", Words.of(user.origin()))
                .put("enabled", user.enabled())
                .put("created", user.created().toString());
    }

    /** Groups that are gone are left out. */
    static List<String> names(Collection<Long> numbers, GroupNames groups) {
        return numbers.stream()
                .flatMap(number -> groups.name(number).stream())
                .sorted()
                .toList();
    }
}
