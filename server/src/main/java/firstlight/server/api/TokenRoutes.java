package firstlight.server.api;

import firstlight.policy.access.Accounts;
import firstlight.policy.access.ApiToken;
import firstlight.policy.access.User;
import firstlight.server.access.Caller;
import firstlight.server.access.Permission;
import firstlight.server.access.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** {@code /tokens}: programs' ways in. Everybody makes and takes back his own; an administrator everybody's. */
final class TokenRoutes {
    /** A token lives so long where nobody says otherwise; 0 days is for ever. */
    private static final int USUAL_DAYS = 365;

    private final Accounts accounts;
    private final Acts acts;

    TokenRoutes(Accounts accounts, Acts acts) {
        this.accounts = accounts;
        this.acts = acts;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/tokens", Permission.SEE, this::list),
                Route.post("/tokens", Permission.SEE, this::add).fields("name", "days", "user"),
                Route.delete("/tokens/{token}", Permission.SEE, this::remove));
    }

    /** An administrator sees everybody's, others their own. Never a secret. */
    private Answer list(Request request) {
        return Answer.ok(Json.items(
                accounts.tokens().stream()
                        .filter(token -> mayTouch(request.caller(), token.user()))
                        .toList(),
                token -> view(token, request.now())));
    }

    /** 403 for a token that asks, and for another user's; 201 with the secret. */
    private Answer add(Request request) throws ApiProblem {
        Body body = request.body();
        Caller caller = request.caller();
        if (caller.by() == Caller.By.TOKEN) { // one that leaked would outlive its removal
            throw ApiProblem.of(ProblemKind.FORBIDDEN, "a token makes no further token", "sign in for that");
        }
        String name = body.text("name");
        if (name.length() > 100) {
            throw body.wrong("name", name, "at most 100 characters long");
        }
        int days = body.number("days", USUAL_DAYS, 0, 3650);
        Optional<String> given = body.optional("user");
        Optional<User> user = given.isPresent() ? accounts.user(given.get()) : accounts.user(caller.user());
        if (user.isEmpty()) {
            throw given.isPresent()
                    ? body.wrong("user", given.get(), "a user; see firstlight user list")
                    : ApiProblem.missing("user");
        }
        if (!mayTouch(caller, user.get().id())) {
            throw ApiProblem.of(ProblemKind.FORBIDDEN, "this would be another user's token", "ask an administrator");
        }
        if (days == 0 && user.get().origin() != User.Origin.LOCAL) {
            throw body.unfit(
                    "days", "0", "1 to 3650: nobody tells this server when somebody leaves the directory or provider");
        }
        String secret = Secret.fresh(Secret.TOKEN);
        Optional<Instant> expires =
                days == 0 ? Optional.empty() : Optional.of(request.now().plus(Duration.ofDays(days)));
        ApiToken token =
                accounts.add(new ApiToken(0, name, user.get().id(), Secret.hash(secret), request.now(), expires));
        acts.record(
                request,
                "token.add",
                List.of(),
                "token " + token.id() + " '" + name + "' of " + user.get().name());
        // The only time that it is shown: the database has its hash.
        return Answer.created(view(token, request.now()).put("secret", secret));
    }

    /** 404 also for another user's: that there is one is not told. */
    private Answer remove(Request request) throws ApiProblem {
        long number = request.number("token", "token", "see firstlight token list");
        Optional<ApiToken> token = accounts.tokens().stream()
                .filter(each -> each.id() == number && mayTouch(request.caller(), each.user()))
                .findFirst();
        if (token.isEmpty() || !accounts.removeToken(number)) {
            throw ApiProblem.notFound("there is no token " + number, "see firstlight token list");
        }
        acts.record(
                request,
                "token.remove",
                List.of(),
                "token " + number + " '" + token.get().name() + "'");
        return Answer.nothing();
    }

    private static boolean mayTouch(Caller caller, long user) {
        return caller.may(Permission.ADMINISTER) || caller.user() == user;
    }

    private ObjectNode view(ApiToken token, Instant now) {
        ObjectNode node = Json.object()
                .put("token", token.id())
                .put("name", token.name())
                .put("user", accounts.user(token.user()).map(User::name).orElse(""))
                .put("created", token.created().toString())
                .put("good", token.isGood(now));
        token.expires().ifPresent(expires -> node.put("expires", expires.toString()));
        return node;
    }
}
