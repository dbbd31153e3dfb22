package firstlight.server.api;

import firstlight.policy.access.AuditEntry;
import firstlight.server.access.Access;
import firstlight.server.access.AccessFailure;
import firstlight.server.access.Caller;
import firstlight.server.access.Permission;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** {@code /sign-in}, {@code /session}: by password, by the provider with a browser, by the provider with a code. */
final class SignInRoutes {
    /** Binds what the provider sends back to the browser that was sent there (RFC 6749 10.12). */
    private static final String STATE_COOKIE = "firstlight-sign-in";

    private static final String OIDC = "/sign-in/oidc";

    private final Access access;
    private final Acts acts;
    private final GroupNames groups;

    SignInRoutes(Access access, Acts acts, GroupNames groups) {
        this.access = access;
        this.acts = acts;
        this.groups = groups;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/sign-in", Permission.NONE, this::ways),
                Route.post("/sign-in", Permission.NONE, this::password).fields("name", "password"),
                Route.get(OIDC, Permission.NONE, this::leave),
                Route.get(OIDC + "/callback", Permission.NONE, this::back)
                        .query("code", "state", "error", "error_description")
                        .passingOverOthers(), // RFC 6749 4.1.2: what a provider sends besides is ignored
                Route.post("/sign-in/device", Permission.NONE, this::beginDevice),
                Route.post("/sign-in/device/token", Permission.NONE, this::deviceToken)
                        .fields("code"),
                Route.get("/session", Permission.SEE, this::session),
                Route.delete("/session", Permission.SEE, this::signOut));
    }

    /** For the sign-in page, before anybody is known. */
    private Answer ways(Request request) {
        return Answer.ok(Json.object()
                .put("password", true)
                .put("directory", access.settings().ldap().isPresent())
                .put("provider", access.settings().oidc().isPresent()));
    }

    /** 401 for a wrong name or password alike, 429 after too many tries. */
    private Answer password(Request request) throws ApiProblem {
        String name = request.body().text("name");
        String password = request.body().secret("password");
        try {
            return opened(
                    request, access.signIn(name, password, request.origin().address(), request.now()));
        } catch (AccessFailure failure) {
            throw refused(request, name, failure);
        }
    }

    /** To the provider's page; the browser comes {@linkplain #back back} from there. */
    private Answer leave(Request request) throws ApiProblem {
        try {
            Access.Departure departure = access.sendToProvider(request.now());
            return Answer.seeOther(departure.to().toString())
                    // Ten minutes, as Access waits for who was sent there.
                    .with("Set-Cookie", cookie(STATE_COOKIE, departure.state(), 600, "/api" + OIDC, request));
        } catch (AccessFailure failure) {
            throw problem(failure);
        }
    }

    /** A browser's, so an error is a problem as of any other route; whoever was let in goes on to the pages. */
    private Answer back(Request request) throws ApiProblem {
        try {
            Optional<String> error = request.query("error");
            if (error.isPresent()) {
                throw ApiProblem.of(
                        ProblemKind.NOT_SIGNED_IN,
                        "the provider refuses: " + error.get() + " "
                                + request.query("error_description").orElse(""),
                        "begin again");
            }
            Access.Opened opened = access.backFromProvider(
                    request.query("code").orElse(""),
                    request.query("state").orElse(""),
                    request.origin().cookies().getOrDefault(STATE_COOKIE, ""),
                    request.origin().address(),
                    request.now());
            acts.record(
                    opened.user().name(), request.origin().address(), request, "sign-in", List.of(), "by the provider");
            return Answer.seeOther("/").with("Set-Cookie", sessionCookie(request, opened.secret(), opened));
        } catch (AccessFailure failure) {
            throw refused(request, "-", failure);
        }
    }

    /** RFC 8628: for a command line without a browser. */
    private Answer beginDevice(Request request) throws ApiProblem {
        try {
            Access.DeviceCode code = access.beginDeviceCode();
            return Answer.ok(Json.object()
                    .put("code", code.code())
                    .put("userCode", code.userCode())
                    .put("verification", code.verification().toString())
                    .put("seconds", code.seconds())
                    .put("interval", code.interval()));
        } catch (AccessFailure failure) {
            throw problem(failure);
        }
    }

    /**
     * 202 while the person has not confirmed at the provider; {@code slowDown}
     * asks for five seconds more between two tries (RFC 8628 3.5).
     */
    private Answer deviceToken(Request request) throws ApiProblem {
        try {
            return opened(
                    request,
                    access.redeemDeviceCode(
                            request.body().text("code"), request.origin().address(), request.now()));
        } catch (AccessFailure failure) {
            if (failure.kind() == AccessFailure.Kind.PENDING || failure.kind() == AccessFailure.Kind.SLOW_DOWN) {
                return Answer.accepted(Json.object()
                        .put("pending", true)
                        .put("slowDown", failure.kind() == AccessFailure.Kind.SLOW_DOWN));
            }
            throw refused(request, "-", failure);
        }
    }

    private Answer opened(Request request, Access.Opened opened) {
        String name = opened.user().name();
        acts.record(name, request.origin().address(), request, "sign-in", List.of(), "signed in");
        ObjectNode node = Json.object()
                .put("secret", opened.secret())
                .put("name", name)
                .put("role", Words.of(opened.user().role()))
                .put("expires", opened.expires().toString());
        return Answer.ok(node).with("Set-Cookie", sessionCookie(request, opened.secret(), opened));
    }

    private Answer session(Request request) {
        Caller caller = request.caller();
        ObjectNode node = Json.object().put("name", caller.name()).put("role", Words.of(caller.role()));
        node.set("groups", Json.texts(UserRoutes.names(caller.groups(), groups)));
        return Answer.ok(node);
    }

    /** An empty cookie of no age makes the browser forget its own. */
    private Answer signOut(Request request) {
        access.signOut(request.origin().secret());
        return Answer.nothing().with("Set-Cookie", cookie(ApiPort.SESSION_COOKIE, "", 0, "/", request));
    }

    /** Each failed try is in the audit log, under nobody's name: whoever it was, nobody was let in. */
    private ApiProblem refused(Request request, String name, AccessFailure failure) {
        acts.record(
                "-",
                request.origin().address(),
                request,
                AuditEntry.FAILED_SIGN_IN,
                List.of(),
                "'" + AuditEntry.typed(name) + "': " + failure.getMessage());
        return problem(failure);
    }

    static ApiProblem problem(AccessFailure failure) {
        ProblemKind kind = switch (failure.kind()) {
            case REFUSED, PENDING, SLOW_DOWN -> ProblemKind.NOT_SIGNED_IN;
            case NO_ROLE -> ProblemKind.FORBIDDEN;
            case TOO_MANY, BUSY -> ProblemKind.TOO_MANY;
            case UNAVAILABLE -> ProblemKind.UNAVAILABLE;
            case NOT_SET_UP -> ProblemKind.NOT_SET_UP;
        };
        return ApiProblem.of(kind, String.valueOf(failure.getMessage()), failure.cure());
    }

    private String sessionCookie(Request request, String secret, Access.Opened opened) {
        long seconds = Duration.between(request.now(), opened.expires()).toSeconds();
        return cookie(ApiPort.SESSION_COOKIE, secret, seconds, "/", request);
    }

    /** Lax, for the provider's redirect is a navigation from another site. */
    private static String cookie(String name, String value, long seconds, String path, Request request) {
        String secure = request.origin().own().startsWith("https") ? "; Secure" : "";
        return name + "=" + value + "; Path=" + path + "; Max-Age=" + seconds + "; HttpOnly; SameSite=Lax" + secure;
    }
}
